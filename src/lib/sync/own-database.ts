import { openDB, type IDBPDatabase, type IDBPTransaction } from 'idb';
import type { Scheduler } from '#lib/domain/clock.ts';
import { reasonOf } from '#lib/domain/failure.ts';
import { limits } from '#lib/domain/limits.ts';
import type { StorageState } from './contract.ts';
import { transactionOver } from './memory-tables.ts';
import { SettableSource } from './settable-source.ts';
import { full, kept, opening } from './storage-states.ts';
import { TableChanges } from './table-changes.ts';
import { tableNames, type TableName, type Tables, type TableTransaction } from './tables.ts';

/** Raised with every change of the tables; `#upgrade` brings an older database up to it. */
const databaseVersion = 1;

/** Tables whose values are too big to be held in memory as well. */
const onDiskOnly: ReadonlySet<TableName> = new Set(['blobs', 'segments']);

type WriteTransaction = IDBPTransaction<unknown, TableName[], 'readwrite'>;

/** Thrown inside for what the disk refused, as opposed to what the caller's work threw. */
class DiskError extends Error {}

/**
 * {@link Tables} in one IndexedDB database. What the disk does not take (refused, full, closed by the browser) is held in memory,
 * said in `storage`, and written as soon as the disk takes it: reads see it meanwhile.
 */
export class OwnDatabase implements Tables {
  readonly storage = new SettableSource<StorageState>(opening);
  readonly #name: string;
  readonly #scheduler: Scheduler;
  readonly #opened: Promise<void>;
  #db: IDBPDatabase | null = null;
  #closed = false;
  #last: Promise<unknown> = Promise.resolve();
  /** What was read or written last, for the time in which the disk cannot be asked. */
  readonly #seen = new TableChanges();
  readonly #unwritten = new TableChanges();
  #retryMs = 0;
  #retryPlanned = false;

  constructor(name: string, scheduler: Scheduler) {
    this.#name = name;
    this.#scheduler = scheduler;
    this.#opened = this.#open();
  }

  transact<T>(
    tables: readonly TableName[],
    work: (transaction: TableTransaction) => T | Promise<T>,
  ): Promise<T> {
    const run = this.#last.then(() => this.#run(tables, work));
    this.#last = run.catch(() => undefined);
    return run;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#last;
    this.#db?.close();
    this.#db = null;
  }

  async #run<T>(
    tables: readonly TableName[],
    work: (transaction: TableTransaction) => T | Promise<T>,
  ): Promise<T> {
    await this.#opened;
    // A connection that the browser closed is found by the first use; the second attempt has a new one.
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const db = this.#db;
      if (db === null) break;
      try {
        return await this.#onDisk(db, tables, work);
      } catch (thrown) {
        if (!(thrown instanceof DiskError)) throw thrown;
        if (isQuota(thrown.cause)) {
          this.storage.set(full);
          break;
        }
        this.#lose(db, reasonOf(thrown.cause));
        await this.#open();
      }
    }
    return await this.#inMemory(work);
  }

  async #onDisk<T>(
    db: IDBPDatabase,
    tables: readonly TableName[],
    work: (transaction: TableTransaction) => T | Promise<T>,
  ): Promise<T> {
    const changes = new TableChanges();
    const names = [...new Set([...tables, ...this.#unwritten.tables()])];
    if (names.length === 0) return await work(transactionOver(changes, changes));
    let transaction: WriteTransaction;
    try {
      transaction = db.transaction(names, 'readwrite', { durability: 'strict' });
    } catch (thrown) {
      throw new DiskError('not opened', { cause: thrown });
    }
    const done = transaction.done.catch((thrown: unknown) => {
      throw new DiskError('not committed', { cause: transaction.error ?? thrown });
    });
    done.catch(() => undefined);
    let result: T;
    try {
      result = await work(this.#reading(transaction, changes));
      await writeAll(transaction, this.#unwritten);
      await writeAll(transaction, changes);
    } catch (thrown) {
      if (thrown instanceof DiskError) await done;
      transaction.abort();
      await done.catch(() => undefined);
      throw thrown;
    }
    await done;
    this.#remember(changes);
    this.#unwritten.clear();
    this.#retryMs = 0;
    this.storage.set(kept);
    return result;
  }

  async #inMemory<T>(work: (transaction: TableTransaction) => T | Promise<T>): Promise<T> {
    const changes = new TableChanges();
    const known = new TableChanges();
    known.addAll(this.#seen);
    known.addAll(this.#unwritten);
    const result = await work(transactionOver(known, changes));
    this.#unwritten.addAll(changes);
    if (!changes.isEmpty) this.#retryLater();
    return result;
  }

  #reading(transaction: WriteTransaction, changes: TableChanges): TableTransaction {
    const overlay = (table: TableName, key: string) =>
      changes.get(table, key) ?? this.#unwritten.get(table, key);
    return {
      get: async (table, key) => {
        const change = overlay(table, key);
        if (change !== undefined) return change.kind === 'put' ? change.value : undefined;
        const value: unknown = await onDisk(transaction.objectStore(table).get(key));
        if (!onDiskOnly.has(table))
          this.#seen.set(
            table,
            key,
            value === undefined ? { kind: 'remove' } : { kind: 'put', value },
          );
        return value;
      },
      list: async (table) => {
        const store = transaction.objectStore(table);
        const [keys, values] = await Promise.all([
          onDisk(store.getAllKeys()),
          onDisk(store.getAll()),
        ]);
        const rows = keys.map((key, index) => ({
          key: String(key),
          value: values[index] as unknown,
        }));
        if (!onDiskOnly.has(table)) {
          for (const { key } of this.#seen.appliedTo(table, []))
            this.#seen.set(table, key, { kind: 'remove' });
          for (const { key, value } of rows) this.#seen.set(table, key, { kind: 'put', value });
        }
        return changes.appliedTo(table, this.#unwritten.appliedTo(table, rows));
      },
      put(table, key, value) {
        changes.set(table, key, { kind: 'put', value });
      },
      remove(table, key) {
        changes.set(table, key, { kind: 'remove' });
      },
    };
  }

  #remember(changes: TableChanges): void {
    for (const source of [this.#unwritten, changes])
      for (const [table, key, change] of source)
        if (!onDiskOnly.has(table)) this.#seen.set(table, key, change);
  }

  /** Resolves when the database is open, refused, or did not open in time; in the last two cases it is tried again later. */
  #open(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#scheduler.after(limits.databaseOpenMsMax, () => {
        this.#memoryOnly('the browser does not open its database');
        resolve();
      });
      this.#connect()
        .then((db) => {
          if (this.#closed) db.close();
          else this.#db = db;
          if (this.#unwritten.isEmpty) this.storage.set(kept);
          else this.#retryLater();
        })
        .catch((thrown: unknown) => {
          this.#memoryOnly(whyNotOpened(thrown));
          this.#retryLater();
        })
        .finally(() => {
          cancel();
          resolve();
        });
    });
  }

  async #connect(): Promise<IDBPDatabase> {
    const db: IDBPDatabase = await openDB(this.#name, databaseVersion, {
      upgrade: (opened, oldVersion) => {
        if (oldVersion === 0) this.#bringBack();
        for (const table of tableNames)
          if (!opened.objectStoreNames.contains(table)) opened.createObjectStore(table);
      },
      // Another tab upgrades or erases it and waits for us.
      blocking: () => {
        this.#lose(db, 'another tab changes the database');
        this.#retryLater();
      },
      terminated: () => {
        this.#lose(db, 'the browser closed the database');
        this.#retryLater();
      },
    });
    return db;
  }

  /** The database is new although this tab has rows of it: it was erased under us, and what people wrote must not go with it. */
  #bringBack(): void {
    if (this.#closed) return;
    for (const [table, key, change] of this.#seen)
      if (change.kind === 'put' && this.#unwritten.get(table, key) === undefined)
        this.#unwritten.set(table, key, change);
  }

  #lose(db: IDBPDatabase, why: string): void {
    db.close();
    if (this.#db !== db) return;
    this.#db = null;
    this.#memoryOnly(why);
  }

  #memoryOnly(why: string): void {
    if (!this.#closed) this.storage.set({ kind: 'memory_only', why });
  }

  #retryLater(): void {
    if (this.#retryPlanned || this.#closed) return;
    this.#retryPlanned = true;
    this.#scheduler.after(this.#retryMs, () => {
      this.#retryPlanned = false;
      if (this.#closed) return;
      void this.#retry();
    });
    this.#retryMs = Math.min(Math.max(this.#retryMs * 2, 500), 30_000);
  }

  async #retry(): Promise<void> {
    if (this.#db === null) await this.#open();
    if (this.#db === null) {
      this.#retryLater();
      return;
    }
    await this.transact([], () => undefined);
    if (this.#unwritten.isEmpty) this.#retryMs = 0;
    else this.#retryLater();
  }
}

const whyNotOpened = (thrown: unknown): string =>
  thrown instanceof DOMException && thrown.name === 'VersionError'
    ? 'a newer version of Rejoin changed the database; reload this page'
    : reasonOf(thrown);

const isQuota = (thrown: unknown): boolean =>
  thrown instanceof DOMException && thrown.name === 'QuotaExceededError';

async function onDisk<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (thrown) {
    throw new DiskError('not read', { cause: thrown });
  }
}

async function writeAll(transaction: WriteTransaction, changes: TableChanges): Promise<void> {
  const requests: Promise<unknown>[] = [];
  for (const [table, key, change] of changes) {
    const store = transaction.objectStore(table);
    const request: Promise<unknown> =
      change.kind === 'put' ? store.put(change.value, key) : store.delete(key);
    requests.push(onDisk(request));
  }
  await Promise.all(requests);
}
