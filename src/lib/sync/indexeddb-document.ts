import { IndexeddbPersistence } from 'y-indexeddb';
import type * as Y from 'yjs';
import type { Cancel, Scheduler } from '#lib/domain/clock.ts';
import { reasonOf } from '#lib/domain/failure.ts';
import { limits } from '#lib/domain/limits.ts';
import type { StorageState } from './contract.ts';
import type { BeforeRow, DocumentPersistence } from './document-persistence.ts';
import { UpdatesConnection } from './indexeddb-connection.ts';
import { openUpdatesDatabase } from './indexeddb-updates.ts';
import { SettableSource } from './settable-source.ts';
import { full, kept, opening } from './storage-states.ts';

/** After the first attempt, which is made at once. */
const reopenDelaysMs = { first: 800, longest: 30_000 } as const;
const refillDelaysMs = { first: 500, longest: 30_000 } as const;

/** {@link DocumentPersistence} in IndexedDB: opened again after every loss, filled again after every refusal. */
export class IndexeddbDocument implements DocumentPersistence {
  readonly whenLoaded: Promise<void>;
  readonly loaded = new SettableSource(false);
  readonly storage = new SettableSource<StorageState>(opening);
  readonly #name: string;
  readonly #doc: Y.Doc;
  readonly #scheduler: Scheduler;
  readonly #beforeRow: BeforeRow;
  #connection: UpdatesConnection | null = null;
  #isOpen = false;
  #ended = false;
  /** Ends when the attempt that is under way succeeded, failed or took too long. */
  #attempt: Promise<void>;
  /** Rows that wait for what must be on disk before them, and all rows behind them. */
  #gate: Promise<void> | null = null;
  #reopenMs = 0;
  #isRefilling = false;
  #cancelRetry: Cancel = () => undefined;
  #onLost: () => void = () => undefined;
  #runningBarrier: Promise<void> | null = null;
  #waitingBarrier: Promise<void> | null = null;

  constructor(name: string, doc: Y.Doc, scheduler: Scheduler, beforeRow: BeforeRow) {
    this.#name = name;
    this.#doc = doc;
    this.#scheduler = scheduler;
    this.#beforeRow = beforeRow;
    this.#attempt = this.#open();
    this.whenLoaded = this.#attempt;
  }

  isOrigin(origin: unknown): boolean {
    return origin instanceof IndexeddbPersistence;
  }

  async whenDurable(): Promise<void> {
    if (this.#runningBarrier === null) return await this.#startBarrier();
    this.#waitingBarrier ??= this.#runningBarrier
      .catch(() => undefined)
      .then(() => {
        this.#waitingBarrier = null;
        return this.#startBarrier();
      });
    return await this.#waitingBarrier;
  }

  async catchUp(): Promise<void> {
    await this.#attempt;
    const connection = this.#present();
    // One that runs may have read before the other tab wrote.
    await connection.idle();
    await connection.compactNow();
    this.#filled(connection);
  }

  async close(): Promise<void> {
    await this.whenDurable().catch(() => undefined);
    await this.abandon();
  }

  async abandon(): Promise<void> {
    this.#ended = true;
    this.#cancelRetry();
    const connection = this.#connection;
    this.#connection = null;
    await connection?.end();
  }

  /** Resolves as said at {@link #attempt}; a database that opens later than that is taken too. */
  #open(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#scheduler.after(limits.databaseOpenMsMax, () => {
        const why = 'the browser does not open the database of this document';
        if (this.#connection === null) this.#memoryOnly(why);
        else this.#lose(this.#connection, why);
        resolve();
      });
      this.#connect()
        .catch((thrown: unknown) => {
          this.#memoryOnly(reasonOf(thrown));
          this.#reopenLater();
        })
        .finally(() => {
          cancel();
          resolve();
        });
    });
  }

  async #connect(): Promise<void> {
    // y-indexeddb neither reports a refused opening nor lets its rejection be caught, so it is tried here first.
    const tried = await openUpdatesDatabase(this.#name);
    tried.close();
    await Promise.all([this.#gate, this.#beforeRow()]);
    if (this.#ended) return;
    const connection = new UpdatesConnection(this.#name, this.#doc, {
      write: (row) => {
        this.#inOrder(row);
      },
      lost: (why) => {
        this.#lose(connection, why);
      },
      refused: () => {
        this.#refused(connection);
      },
    });
    this.#connection = connection;
    const lost = new Promise<void>((resolve) => {
      this.#onLost = resolve;
    });
    await Promise.race([connection.opened(), lost]);
    if (this.#connection !== connection) return;
    this.#isOpen = true;
    this.#reopenMs = 0;
    this.#filled(connection);
    this.loaded.set(true);
  }

  /** Runs the row once what must precede it is on disk, after all rows before it. */
  #inOrder(row: () => void): void {
    const precondition = this.#beforeRow();
    const before = this.#gate;
    if (precondition === null && before === null) {
      row();
      return;
    }
    const gate: Promise<void> = Promise.allSettled([before, precondition]).then(() => {
      row();
      if (this.#gate === gate) this.#gate = null;
    });
    this.#gate = gate;
  }

  #lose(connection: UpdatesConnection, why: string): void {
    if (this.#connection !== connection) return;
    this.#connection = null;
    this.#isOpen = false;
    void connection.end();
    this.#onLost();
    if (this.#ended) return;
    this.#memoryOnly(why);
    this.#reopenLater();
  }

  #memoryOnly(why: string): void {
    if (!this.#ended) this.storage.set({ kind: 'memory_only', why });
  }

  #reopenLater(): void {
    const delay = this.#reopenMs;
    this.#reopenMs = Math.min(Math.max(delay * 2, reopenDelaysMs.first), reopenDelaysMs.longest);
    if (this.#ended) return;
    if (delay === 0) this.#attempt = this.#open();
    else
      this.#cancelRetry = this.#scheduler.after(delay, () => {
        if (!this.#ended) this.#attempt = this.#open();
      });
  }

  #refused(connection: UpdatesConnection): void {
    if (this.#connection !== connection) return;
    this.storage.set(full);
    if (!this.#isRefilling) void this.#refill();
  }

  /** Writes the whole state again and again until the disk takes it. */
  async #refill(): Promise<void> {
    this.#isRefilling = true;
    for (
      let delay: number = refillDelaysMs.first;
      this.#connection?.hasHole === true;
      delay = Math.min(delay * 2, refillDelaysMs.longest)
    ) {
      await new Promise<void>((resolve) => {
        this.#scheduler.after(delay, resolve);
      });
      const connection = this.#connection;
      await connection?.compactNow().catch(() => undefined);
      if (connection !== null) this.#filled(connection);
    }
    this.#isRefilling = false;
  }

  #filled(connection: UpdatesConnection): void {
    if (this.#connection !== connection || connection.hasHole) return;
    this.storage.set(kept);
  }

  #startBarrier(): Promise<void> {
    const barrier = this.#barrier().finally(() => {
      this.#runningBarrier = null;
    });
    this.#runningBarrier = barrier;
    return barrier;
  }

  async #barrier(): Promise<void> {
    await this.#attempt;
    while (this.#gate !== null) await this.#gate;
    const connection = this.#present();
    await connection.barrier();
    if (this.#connection !== connection) throw new Error('the database was lost meanwhile');
  }

  #present(): UpdatesConnection {
    if (this.#connection !== null && this.#isOpen) return this.#connection;
    const state = this.storage.read();
    throw new Error(
      state.kind === 'memory_only'
        ? `the document is in memory only: ${state.why}`
        : 'the copy of the document is closed',
    );
  }
}
