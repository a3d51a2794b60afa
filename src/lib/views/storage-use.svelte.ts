import { reasonOf } from '#lib/domain/failure.ts';
import { isUndelivered, type OutboxEntry } from '#lib/domain/outbox.ts';
import type { StorageState, StorageUse, WaitingChange, Workspace } from '#lib/sync/contract.ts';
import { observe, type Observed } from './observe.svelte.ts';

/** What reading the use of the storage came to. An older reading stays while a new one is on its way. */
export type StorageReading =
  | { readonly kind: 'reading' }
  | { readonly kind: 'read'; readonly use: StorageUse }
  | { readonly kind: 'failed'; readonly reason: string };

/** What the browser said when it was asked to keep the data. */
export type PersistAnswer = 'not_asked' | 'asking' | 'granted' | 'declined';

/** What this device holds, and whether its browser promised to keep it. */
export class StorageUseView {
  readonly #workspace: Workspace;
  readonly #storage: Observed<StorageState>;
  readonly #changes: Observed<readonly WaitingChange[]>;
  readonly #entries: Observed<readonly OutboxEntry[]>;
  #reading = $state.raw<StorageReading>({ kind: 'reading' });
  #answer = $state.raw<PersistAnswer>('not_asked');
  #asked = 0;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
    this.#storage = observe(workspace.storage);
    this.#changes = observe(workspace.waiting);
    this.#entries = observe(workspace.outbox.entries);
  }

  get reading(): StorageReading {
    return this.#reading;
  }

  get answer(): PersistAnswer {
    return this.#answer;
  }

  /** Whether edits reach this browser's disk at all. */
  get storage(): StorageState {
    return this.#storage.current;
  }

  /** What is on this device and nowhere else. */
  get onlyHere(): { readonly changes: number; readonly commands: number } {
    return {
      changes: this.#changes.current.length,
      commands: this.#entries.current.filter(isUndelivered).length,
    };
  }

  async refresh(): Promise<void> {
    const asked = (this.#asked += 1);
    const reading = await this.#read();
    if (asked === this.#asked) this.#reading = reading;
  }

  async askToPersist(): Promise<void> {
    this.#answer = 'asking';
    try {
      this.#answer = (await this.#workspace.askToPersist()) ? 'granted' : 'declined';
    } catch {
      // A browser that cannot even be asked does not keep anything on request.
      this.#answer = 'declined';
    }
    await this.refresh();
  }

  async #read(): Promise<StorageReading> {
    try {
      return { kind: 'read', use: await this.#workspace.storageUse() };
    } catch (thrown) {
      return { kind: 'failed', reason: reasonOf(thrown) };
    }
  }
}
