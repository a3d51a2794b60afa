import { commandSchema, type CommandKind } from '#lib/domain/command.ts';
import { newCommandId, type CommandId } from '#lib/domain/ids.ts';
import { isUndelivered, type OutboxEntry } from '#lib/domain/outbox.ts';
import type { CommandRequest, Outbox } from '#lib/sync/contract.ts';
import type { BrowserEnvironment } from '#lib/sync/environment.ts';
import { SettableSource } from '#lib/sync/settable-source.ts';
import { here } from './people.ts';

/** An outbox in memory; a bridge that is connected accepts at once. */
export class MemoryOutbox implements Outbox {
  readonly entries = new SettableSource<readonly OutboxEntry[]>([]);
  readonly #environment: BrowserEnvironment;
  readonly #isOnline: () => boolean;

  constructor(environment: BrowserEnvironment, isOnline: () => boolean) {
    this.#environment = environment;
    this.#isOnline = isOnline;
  }

  send<K extends CommandKind>(kind: K, request: CommandRequest<K>): Promise<CommandId> {
    const { clock, random } = this.#environment;
    const { summary, ...rest } = request;
    const command = commandSchema.parse({
      v: 1,
      id: newCommandId(clock, random),
      kind,
      expects: [],
      seen: { epoch: here.epoch, seq: 1 },
      createdAt: clock.now(),
      ...rest,
    });
    this.put({
      v: 1,
      order: this.entries.read().length + 1,
      command,
      summary,
      state: this.#isOnline() ? 'accepted' : 'waiting',
      attempts: 0,
      lastError: null,
      nextAttemptAt: null,
      operationState: null,
      message: null,
    });
    return Promise.resolve(command.id);
  }

  put(entry: OutboxEntry): void {
    this.entries.set([...this.entries.read(), entry]);
  }

  deliverNow(): void {
    if (!this.#isOnline()) return;
    this.entries.set(
      this.entries
        .read()
        .map((entry) => (isUndelivered(entry) ? { ...entry, state: 'accepted' as const } : entry)),
    );
  }

  cancel(id: CommandId): Promise<boolean> {
    const entry = this.#find(id);
    if (entry === undefined || !isUndelivered(entry)) return Promise.resolve(false);
    this.#remove(id);
    return Promise.resolve(true);
  }

  dismiss(id: CommandId): Promise<void> {
    this.#remove(id);
    return Promise.resolve();
  }

  offerAgain(id: CommandId): Promise<CommandId | null> {
    const entry = this.#find(id);
    if (entry === undefined) return Promise.resolve(null);
    this.#remove(id);
    const { clock, random } = this.#environment;
    const command = { ...entry.command, id: newCommandId(clock, random) };
    this.put({ ...entry, command, state: 'waiting', attempts: 0, lastError: null, message: null });
    return Promise.resolve(command.id);
  }

  #find(id: CommandId): OutboxEntry | undefined {
    return this.entries.read().find(({ command }) => command.id === id);
  }

  #remove(id: CommandId): void {
    this.entries.set(this.entries.read().filter(({ command }) => command.id !== id));
  }
}
