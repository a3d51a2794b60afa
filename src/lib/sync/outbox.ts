import * as z from 'zod/mini';
import { canonicalJson, type Json } from '#lib/domain/canonical.ts';
import type { Clock, Random } from '#lib/domain/clock.ts';
import { commandSchema, type Command, type CommandKind } from '#lib/domain/command.ts';
import { FailureError } from '#lib/domain/failure.ts';
import { newCommandId, type BridgeId, type CommandId } from '#lib/domain/ids.ts';
import { limits } from '#lib/domain/limits.ts';
import { outboxEntrySchema, type OutboxEntry } from '#lib/domain/outbox.ts';
import type { KnownPosition } from './bridge-position.ts';
import type { CommandRequest, Outbox } from './contract.ts';
import { askedAgain, mayBeTakenBack, toMakeRoom } from './outbox-entries.ts';
import { SettableSource } from './settable-source.ts';
import type { TableTransaction, Tables } from './tables.ts';

const rowSchema = z.object({ v: z.literal(1), bridgeId: z.string(), entry: outboxEntrySchema });

export interface OutboxOptions {
  readonly tables: Tables;
  readonly bridgeId: BridgeId;
  readonly clock: Clock;
  readonly random: Random;
  readonly position: () => KnownPosition;
  /** Tells the other tabs. */
  readonly announce: () => void;
  /** Something waits: try to deliver it; `asked` when a person did, so that no delay holds. */
  readonly deliver: (how: 'when due' | 'asked') => void;
}

/** {@link Outbox} in the device's own database, which all tabs of a browser share. */
export class DeviceOutbox implements Outbox {
  readonly entries = new SettableSource<readonly OutboxEntry[]>([]);
  readonly #options: OutboxOptions;
  #shows = 0;

  constructor(options: OutboxOptions) {
    this.#options = options;
  }

  async send<K extends CommandKind>(kind: K, request: CommandRequest<K>): Promise<CommandId> {
    const { clock, position, random } = this.#options;
    const id = newCommandId(clock, random);
    const optional = {
      ...(request.sessionId === undefined ? {} : { sessionId: request.sessionId }),
      ...(request.projectId === undefined ? {} : { projectId: request.projectId }),
      ...(request.after === undefined ? {} : { after: [...request.after] }),
    };
    const parsed = commandSchema.safeParse({
      v: 1,
      id,
      kind,
      params: request.params,
      expects: [],
      seen: position(),
      createdAt: clock.now(),
      ...optional,
    });
    if (!parsed.success)
      throw new FailureError(
        'bad_request',
        `expected a valid ${kind}, got: ${z.prettifyError(parsed.error)}`,
      );
    await this.#write(parsed.data, request.summary);
    return id;
  }

  deliverNow(): void {
    void this.askAgain().then(() => {
      this.#options.deliver('asked');
    });
  }

  async cancel(id: CommandId): Promise<boolean> {
    return await this.#remove(id, mayBeTakenBack);
  }

  async dismiss(id: CommandId): Promise<void> {
    await this.#remove(id, ({ state }) => state === 'settled' || state === 'refused');
  }

  async offerAgain(id: CommandId): Promise<CommandId | null> {
    const old = this.entries.read().find(({ command }) => command.id === id);
    if (old === undefined) return null;
    const { clock, position, random } = this.#options;
    const command = commandSchema.parse({
      ...old.command,
      id: newCommandId(clock, random),
      seen: position(),
      createdAt: clock.now(),
    });
    await this.#write(command, old.summary);
    await this.dismiss(id);
    return command.id;
  }

  /** Begins the plan of delays anew for everything that waits: a person or a new connection asks. */
  async askAgain(): Promise<void> {
    await this.updateAll((entry) => askedAgain(entry));
  }

  /** Rewrites one entry as it is on disk now; does nothing when it is gone. */
  async update(id: CommandId, next: (entry: OutboxEntry) => OutboxEntry): Promise<void> {
    await this.#updateSome([id], next);
  }

  async updateAll(next: (entry: OutboxEntry) => OutboxEntry): Promise<void> {
    const changed = this.entries.read().filter((entry) => next(entry) !== entry);
    await this.#updateSome(
      changed.map(({ command }) => command.id),
      next,
    );
  }

  /** Reads the entries again: at the start, and after another tab changed them. */
  async reload(): Promise<void> {
    for (;;) {
      const before = this.#shows;
      const entries = await this.#options.tables.transact(['outbox'], (transaction) =>
        this.#list(transaction),
      );
      // What was shown meanwhile may not have been on disk when this was read.
      if (before !== this.#shows) continue;
      this.entries.set(entries);
      return;
    }
  }

  async #write(command: Command, summary: string): Promise<void> {
    const bytes = new TextEncoder().encode(canonicalJson(toJson(command))).byteLength;
    if (bytes > limits.commandBytesMax)
      throw new FailureError(
        'too_large',
        `expected a command of at most ${String(limits.commandBytesMax)} bytes, got ${String(bytes)}`,
      );
    // Other tabs may write at the same moment: a number that two entries have is told apart by their ids.
    const entries = this.entries.read();
    const leaving = toMakeRoom(entries, limits.outboxEntriesMax);
    if (leaving === null)
      throw new FailureError(
        'too_many',
        `expected fewer than ${String(limits.outboxEntriesMax)} commands that wait, got ${String(entries.length)}`,
      );
    const entry: OutboxEntry = {
      v: 1,
      order: (entries.at(-1)?.order ?? 0) + 1,
      command,
      summary,
      state: 'waiting',
      attempts: 0,
      lastError: null,
      nextAttemptAt: null,
      operationState: null,
      message: null,
    };
    this.#show(new Map([...leaving.map((id) => [id, null] as const), [command.id, entry]]));
    await this.#options.tables.transact(['outbox'], (transaction) => {
      for (const id of leaving) transaction.remove('outbox', id);
      this.#put(transaction, entry);
    });
    this.#options.announce();
    this.#options.deliver('when due');
  }

  async #updateSome(
    ids: readonly CommandId[],
    next: (entry: OutboxEntry) => OutboxEntry,
  ): Promise<void> {
    if (ids.length === 0) return;
    const changed = await this.#options.tables.transact(['outbox'], async (transaction) => {
      const found = new Map<CommandId, OutboxEntry>();
      for (const id of ids) {
        const entry = await this.#read(transaction, id);
        const changedEntry = entry === null ? null : next(entry);
        if (changedEntry === null || changedEntry === entry) continue;
        this.#put(transaction, changedEntry);
        found.set(id, changedEntry);
      }
      return found;
    });
    if (changed.size === 0) return;
    this.#show(changed);
    this.#options.announce();
  }

  async #remove(id: CommandId, mayGo: (entry: OutboxEntry) => boolean): Promise<boolean> {
    const isGone = await this.#options.tables.transact(['outbox'], async (transaction) => {
      const entry = await this.#read(transaction, id);
      if (entry === null || !mayGo(entry)) return false;
      transaction.remove('outbox', id);
      return true;
    });
    if (!isGone) return false;
    this.#show(new Map([[id, null]]));
    this.#options.announce();
    return true;
  }

  /** Shows what was written; `null` for what was removed. */
  #show(changes: ReadonlyMap<CommandId, OutboxEntry | null>): void {
    this.#shows += 1;
    const kept = this.entries.read().filter(({ command }) => !changes.has(command.id));
    const put = [...changes.values()].filter((entry) => entry !== null);
    this.entries.set([...kept, ...put].sort(inOrder));
  }

  async #read(transaction: TableTransaction, id: CommandId): Promise<OutboxEntry | null> {
    const row = rowSchema.safeParse(await transaction.get('outbox', id));
    return row.success && row.data.bridgeId === this.#options.bridgeId ? row.data.entry : null;
  }

  async #list(transaction: TableTransaction): Promise<readonly OutboxEntry[]> {
    const rows = await transaction.list('outbox');
    return rows
      .flatMap(({ value }) => {
        const row = rowSchema.safeParse(value);
        return row.success && row.data.bridgeId === this.#options.bridgeId ? [row.data.entry] : [];
      })
      .sort(inOrder);
  }

  #put(transaction: TableTransaction, entry: OutboxEntry): void {
    transaction.put('outbox', entry.command.id, {
      v: 1,
      bridgeId: this.#options.bridgeId,
      entry,
    });
  }
}

const inOrder = (a: OutboxEntry, b: OutboxEntry): number =>
  a.order - b.order || (a.command.id < b.command.id ? -1 : 1);

/** A command as it travels: what JSON keeps of it. */
const toJson = (command: Command): Json => JSON.parse(JSON.stringify(command)) as Json;
