import type { BridgeInfo } from '#lib/domain/bridge.ts';
import { isSettled, type Operation } from '#lib/domain/operation.ts';
import type { OutboxEntry } from '#lib/domain/outbox.ts';
import type { Workspace } from '#lib/sync/contract.ts';
import { sourceOf, type Documents } from './documents.ts';
import { IdentityView } from './identity.svelte.ts';
import { observe, type Observed } from './observe.svelte.ts';

/** A bridge whose database was restored: what it holds back, and who may release it. */
export class PausedBridge {
  readonly #workspace: Workspace;
  readonly #identity: IdentityView;
  readonly #info: Observed<BridgeInfo | null>;
  readonly #operations: Observed<readonly Operation[]>;
  readonly #outbox: Observed<readonly OutboxEntry[]>;

  constructor(workspace: Workspace, documents: Documents) {
    this.#workspace = workspace;
    this.#identity = new IdentityView(documents);
    this.#info = observe(sourceOf(documents.bridge, (document) => document.info));
    this.#operations = observe(sourceOf(documents.bridge, (document) => document.operations));
    this.#outbox = observe(workspace.outbox.entries);
  }

  get isPaused(): boolean {
    return this.#info.current?.paused ?? false;
  }

  /** Operations that run once it is released, in the order in which they will. */
  get held(): readonly Operation[] {
    return this.#operations.current
      .filter(({ state }) => !isSettled(state))
      .toSorted((a, b) => a.number - b.number);
  }

  get mayRelease(): boolean {
    return this.#identity.mayCommand('bridge.release');
  }

  /** Whether this device asked for it already. */
  get releaseAsked(): boolean {
    const epoch = this.#info.current?.epoch;
    return this.#outbox.current.some(
      ({ command, state }) =>
        command.kind === 'bridge.release' &&
        command.params.epoch === epoch &&
        state !== 'refused' &&
        state !== 'settled',
    );
  }

  async release(summary: string): Promise<void> {
    const info = this.#info.current;
    if (info === null || !info.paused) return;
    await this.#workspace.outbox.send('bridge.release', {
      params: { epoch: info.epoch },
      summary,
    });
  }
}
