import { IndexeddbPersistence } from 'y-indexeddb';
import type * as Y from 'yjs';
import type { Cancel, Scheduler } from '#lib/domain/clock.ts';
import { reasonOf } from '#lib/domain/failure.ts';
import { limits } from '#lib/domain/limits.ts';
import type { StorageState } from './contract.ts';
import type { BeforeRow, DocumentPersistence } from './document-persistence.ts';
import { commitBarrier, compact, countRows } from './indexeddb-rows.ts';
import { openUpdatesDatabase } from './indexeddb-updates.ts';
import { SettableSource } from './settable-source.ts';

const reopenDelaysMs = { first: 800, longest: 30_000 } as const;
const retryDelaysMs = { first: 500, longest: 30_000 } as const;

/** One life of the wrapped provider: from its database's opening to its loss. */
interface Connection {
  readonly provider: IndexeddbPersistence;
  readonly db: IDBDatabase;
  /** An update could not be written: rows after it cannot be read without it, until the whole state was written. */
  hole: boolean;
  rows: number;
  bytes: number;
  snapshotBytes: number;
  compaction: Promise<void> | null;
}

/**
 * {@link DocumentPersistence} over y-indexeddb 9.0.12, which is wrapped and not changed. What it lacks is added here: a barrier
 * that tells what is on disk, errors that are seen and recovered, and compaction while updates stream in. It uses the members
 * `db`, `_dbref`, `_dbsize`, `_destroyed`, `_storeUpdate` and `synced` of exactly that version.
 */
export class IndexeddbDocument implements DocumentPersistence {
  readonly whenLoaded: Promise<void>;
  readonly loaded = new SettableSource(false);
  readonly storage = new SettableSource<StorageState>({ kind: 'opening' });
  readonly #name: string;
  readonly #doc: Y.Doc;
  readonly #scheduler: Scheduler;
  readonly #beforeRow: BeforeRow;
  readonly #firstOpening = Promise.withResolvers<undefined>();
  #connection: Connection | null = null;
  #ended = false;
  /** Rows that wait for what must be on disk before them; also the order of all rows. */
  #gate: Promise<void> | null = null;
  #reopenMs = 0;
  #cancelRetry: Cancel | null = null;
  #retryMs: number = retryDelaysMs.first;
  #runningBarrier: Promise<void> | null = null;
  #waitingBarrier: Promise<void> | null = null;

  constructor(name: string, doc: Y.Doc, scheduler: Scheduler, beforeRow: BeforeRow) {
    this.#name = name;
    this.#doc = doc;
    this.#scheduler = scheduler;
    this.#beforeRow = beforeRow;
    this.whenLoaded = this.#firstOpening.promise;
    void this.#open();
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
    await this.whenLoaded;
    // One that runs may have read before the other tab wrote.
    await this.#connection?.compaction?.catch(() => undefined);
    await this.#compactNow(this.#present());
  }

  async close(): Promise<void> {
    await this.whenDurable().catch(() => undefined);
    await this.abandon();
  }

  async abandon(): Promise<void> {
    this.#ended = true;
    this.#cancelRetry?.();
    this.#firstOpening.resolve(undefined);
    const connection = this.#connection;
    if (connection === null) return;
    this.#connection = null;
    // Destroying the provider under a running compaction would lose rows of other tabs.
    await connection.compaction?.catch(() => undefined);
    await connection.provider.destroy();
  }

  async #open(): Promise<void> {
    const cancel = this.#scheduler.after(limits.databaseOpenMsMax, () => {
      const why = 'the browser does not open the database of this document';
      if (this.#connection === null) this.#memoryOnly(why);
      else this.#lose(this.#connection, why);
    });
    try {
      // y-indexeddb neither reports a refused open nor lets its rejection be caught, so it is tried here first.
      await openUpdatesDatabase(this.#name).then((db) => {
        db.close();
      });
      await Promise.all([this.#gate, this.#beforeRow()]);
      if (this.#ended) return;
      await this.#connect(cancel);
      this.#reopenMs = 0;
    } catch (thrown) {
      this.#memoryOnly(reasonOf(thrown));
      this.#reopenLater();
    } finally {
      cancel();
    }
  }

  async #connect(opened: Cancel): Promise<void> {
    const provider = new IndexeddbPersistence(this.#name, this.#doc);
    let connection: Connection | null = null;
    const raw = provider._storeUpdate;
    const guarded = (update: Uint8Array, origin: unknown): void => {
      if (origin === provider) return;
      this.#write(() => {
        // Before the database is open the provider itself writes the whole state.
        if (provider.db === null || this.#ended || provider._destroyed) return;
        // Keeps y-indexeddb from its own compaction at 500 rows, which can lose rows of other tabs.
        provider._dbsize = 0;
        try {
          raw(update, origin);
        } catch (thrown) {
          if (connection !== null) this.#lose(connection, reasonOf(thrown));
          return;
        }
        if (connection !== null) this.#count(connection, update.byteLength);
      });
    };
    this.#doc.off('update', raw);
    provider._storeUpdate = guarded;
    this.#doc.on('update', guarded);

    const db = await provider._db.catch((thrown: unknown) => {
      this.#doc.off('update', guarded);
      throw thrown;
    });
    const present: Connection = {
      provider,
      db,
      hole: false,
      rows: 0,
      bytes: 0,
      snapshotBytes: 0,
      compaction: null,
    };
    connection = present;
    if (this.#ended) {
      await provider.destroy();
      return;
    }
    this.#connection = present;
    this.#listen(present);
    // Pending for ever when the database is lost meanwhile: then another connection has taken over.
    await provider.whenSynced;
    opened();
    if (this.#connection !== present) return;
    this.#retryMs = retryDelaysMs.first;
    this.storage.set({ kind: 'kept' });
    this.loaded.set(true);
    this.#firstOpening.resolve(undefined);
    present.rows += await countRows(db).catch(() => 0);
    this.#count(present, 0);
  }

  #listen(connection: Connection): void {
    const { db } = connection;
    const lost = (why: string) => (): void => {
      this.#lose(connection, why);
    };
    db.addEventListener('versionchange', lost('another tab changes the database'));
    db.addEventListener('close', lost('the browser closed the database'));
    db.addEventListener('abort', (event) => {
      const error = event.target instanceof IDBTransaction ? event.target.error : null;
      // Our own compaction aborts on purpose when the provider is gone; that has no error.
      if (error === null || this.#connection !== connection) return;
      connection.hole = true;
      this.storage.set({ kind: 'full' });
      this.#fillLater(connection);
    });
  }

  /** Runs `row` once what must precede it is on disk, after all rows before it. */
  #write(row: () => void): void {
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

  #lose(connection: Connection, why: string): void {
    if (this.#connection !== connection) return;
    this.#connection = null;
    void connection.provider.destroy();
    if (this.#ended) return;
    this.#memoryOnly(why);
    this.#reopenLater();
  }

  #memoryOnly(why: string): void {
    if (this.#ended) return;
    this.storage.set({ kind: 'memory_only', why });
    this.#firstOpening.resolve(undefined);
  }

  #reopenLater(): void {
    const delay = this.#reopenMs;
    this.#reopenMs = Math.min(Math.max(delay * 2, reopenDelaysMs.first), reopenDelaysMs.longest);
    this.#cancelRetry = this.#scheduler.after(delay, () => {
      if (!this.#ended) void this.#open();
    });
  }

  /** Writes the whole state until the disk takes it, which closes the hole. */
  #fillLater(connection: Connection): void {
    const delay = this.#retryMs;
    this.#retryMs = Math.min(delay * 2, retryDelaysMs.longest);
    this.#cancelRetry?.();
    this.#cancelRetry = this.#scheduler.after(delay, () => {
      // A refusal comes as the next abort event.
      if (this.#connection === connection) this.#compactNow(connection).catch(() => undefined);
    });
  }

  #count(connection: Connection, bytes: number): void {
    connection.rows += 1;
    connection.bytes += bytes;
    const enoughBytes = Math.max(limits.compactBytesMin, connection.snapshotBytes / 2);
    if (connection.rows < limits.compactRowsMin && connection.bytes < enoughBytes) return;
    if (connection.compaction === null) this.#compactNow(connection).catch(() => undefined);
  }

  #compactNow(connection: Connection): Promise<void> {
    connection.compaction ??= this.#compact(connection).finally(() => {
      connection.compaction = null;
    });
    return connection.compaction;
  }

  async #compact(connection: Connection): Promise<void> {
    connection.rows = 0;
    connection.bytes = 0;
    connection.snapshotBytes = await compact(connection.db, connection.provider);
    if (this.#connection !== connection) return;
    connection.hole = false;
    this.#retryMs = retryDelaysMs.first;
    this.storage.set({ kind: 'kept' });
  }

  #startBarrier(): Promise<void> {
    const barrier = this.#barrier().finally(() => {
      this.#runningBarrier = null;
    });
    this.#runningBarrier = barrier;
    return barrier;
  }

  async #barrier(): Promise<void> {
    await this.whenLoaded;
    while (this.#gate !== null) await this.#gate;
    const connection = this.#present();
    await commitBarrier(connection.db);
    // The barrier of a full disk commits although the row before it was aborted; that abort was seen first.
    if (connection.hole || this.#connection !== connection)
      throw new Error('the edit is not on disk: the browser did not take it');
  }

  #present(): Connection {
    const connection = this.#connection;
    if (connection !== null) return connection;
    const state = this.storage.read();
    throw new Error(
      state.kind === 'memory_only'
        ? `the document is in memory only: ${state.why}`
        : 'the copy of the document is closed',
    );
  }
}
