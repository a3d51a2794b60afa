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
    const isCancelled = await this.#change(async (transaction) => {
      const entry = await this.#read(transaction, id);
      if (entry === null || !mayBeTakenBack(entry)) return false;
      transaction.remove('outbox', id);
      return true;
    });
    return isCancelled;
  }

  async dismiss(id: CommandId): Promise<void> {
    await this.#change(async (transaction) => {
      const entry = await this.#read(transaction, id);
      if (entry?.state === 'settled' || entry?.state === 'refused')
        transaction.remove('outbox', id);
    });
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
    await this.#change(async (transaction) => {
      const entry = await this.#read(transaction, id);
      if (entry !== null) this.#put(transaction, next(entry));
    });
  }

  async updateAll(next: (entry: OutboxEntry) => OutboxEntry): Promise<void> {
    if (this.entries.read().length === 0) return;
    await this.#change(async (transaction) => {
      for (const entry of await this.#list(transaction)) {
        const changed = next(entry);
        if (changed !== entry) this.#put(transaction, changed);
      }
    });
  }

  /** Reads the entries again: at the start, and after another tab changed them. */
  async reload(): Promise<void> {
    this.entries.set(
      await this.#options.tables.transact(['outbox'], (transaction) => this.#list(transaction)),
    );
  }

  async #write(command: Command, summary: string): Promise<void> {
    const bytes = new TextEncoder().encode(canonicalJson(toJson(command))).byteLength;
    if (bytes > limits.commandBytesMax)
      throw new FailureError(
        'too_large',
        `expected a command of at most ${String(limits.commandBytesMax)} bytes, got ${String(bytes)}`,
      );
    await this.#change(async (transaction) => {
      const entries = await this.#list(transaction);
      const leaving = toMakeRoom(entries, limits.outboxEntriesMax);
      if (leaving === null)
        throw new FailureError(
          'too_many',
          `expected fewer than ${String(limits.outboxEntriesMax)} commands that wait, got ${String(entries.length)}`,
        );
      for (const id of leaving) transaction.remove('outbox', id);
      this.#put(transaction, {
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
      });
    });
    this.#options.deliver('when due');
  }

  async #change<T>(work: (transaction: TableTransaction) => T | Promise<T>): Promise<T> {
    const result = await this.#options.tables.transact(['outbox'], work);
    await this.reload();
    this.#options.announce();
    return result;
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
      .sort((a, b) => a.order - b.order || (a.command.id < b.command.id ? -1 : 1));
  }

  #put(transaction: TableTransaction, entry: OutboxEntry): void {
    transaction.put('outbox', entry.command.id, {
      v: 1,
      bridgeId: this.#options.bridgeId,
      entry,
    });
  }
}

/** A command as it travels: what JSON keeps of it. */
const toJson = (command: Command): Json => JSON.parse(JSON.stringify(command)) as Json;
