import { IndexeddbPersistence } from 'y-indexeddb';
import type * as Y from 'yjs';
import { reasonOf } from '#lib/domain/failure.ts';
import { limits } from '#lib/domain/limits.ts';
import { commitBarrier, compact, countRows } from './indexeddb-rows.ts';

export interface ConnectionHooks {
  /** Runs the writing of a row when it may be written, in order. */
  write(row: () => void): void;
  /** The database is gone; this connection is of no use any more. */
  lost(why: string): void;
  /** A write was refused: the disk is full. */
  refused(): void;
}

/**
 * One life of a document's database, over y-indexeddb 9.0.12, which is wrapped and not changed: its writes are guarded, so that a
 * database that went away throws nothing into the code that edits; its errors are told; its compaction is replaced. It uses the
 * members `db`, `_db`, `_dbref`, `_dbsize`, `_destroyed` and `_storeUpdate` of exactly that version.
 */
export class UpdatesConnection {
  readonly #provider: IndexeddbPersistence;
  readonly #doc: Y.Doc;
  readonly #hooks: ConnectionHooks;
  #db: IDBDatabase | null = null;
  /** An update was not written: rows after it cannot be read without it, until the whole state was. */
  #hasHole = false;
  #rows = 0;
  #bytes = 0;
  #snapshotBytes = 0;
  #compaction: Promise<void> | null = null;
  #ended = false;

  /** Begins to open and read it; what is in the document now is written first. */
  constructor(name: string, doc: Y.Doc, hooks: ConnectionHooks) {
    this.#doc = doc;
    this.#hooks = hooks;
    this.#provider = new IndexeddbPersistence(name, doc);
    const raw = this.#provider._storeUpdate;
    doc.off('update', raw);
    this.#provider._storeUpdate = (update: Uint8Array, origin: unknown): void => {
      if (origin === this.#provider) return;
      hooks.write(() => {
        this.#writeRow(update, () => {
          raw(update, origin);
        });
      });
    };
    doc.on('update', this.#provider._storeUpdate);
  }

  get hasHole(): boolean {
    return this.#hasHole;
  }

  /** Resolves when what was kept is in the document; stays pending when the database is lost before, which is told. */
  async opened(): Promise<void> {
    const db = await this.#provider._db;
    if (this.#ended) return;
    this.#db = db;
    this.#listen(db);
    await this.#provider.whenSynced;
    this.#rows += await countRows(db).catch(() => 0);
    this.#compactIfDue();
  }

  /** Resolves when all rows so far are on disk. @throws Error when they are not */
  async barrier(): Promise<void> {
    if (this.#db === null) throw new Error('the database of this document is not open');
    await commitBarrier(this.#db);
    // The barrier of a full disk commits although a row before it was aborted; that abort was seen first.
    if (this.#hasHole || this.#ended)
      throw new Error('the edit is not on disk: the browser did not take it');
  }

  /** Reads what other tabs wrote, then writes the whole state, which closes a hole. */
  compactNow(): Promise<void> {
    this.#compaction ??= this.#compact().finally(() => {
      this.#compaction = null;
    });
    return this.#compaction;
  }

  /** Resolves when no compaction runs. */
  async idle(): Promise<void> {
    await this.#compaction?.catch(() => undefined);
  }

  /** Writes nothing more; resolves when the database is closed. */
  async end(): Promise<void> {
    this.#ended = true;
    this.#doc.off('update', this.#provider._storeUpdate);
    // Destroying the provider under a running compaction would lose rows of other tabs.
    await this.idle();
    await this.#provider.destroy().catch(() => undefined);
  }

  #writeRow(update: Uint8Array, store: () => void): void {
    // Before the database is open the provider itself writes the whole state.
    if (this.#ended || this.#provider.db === null) return;
    // Keeps y-indexeddb from its own compaction at 500 rows, which can delete rows of other tabs that it has not read.
    this.#provider._dbsize = 0;
    try {
      store();
    } catch (thrown) {
      this.#hooks.lost(reasonOf(thrown));
      return;
    }
    this.#rows += 1;
    this.#bytes += update.byteLength;
    this.#compactIfDue();
  }

  #listen(db: IDBDatabase): void {
    const lost = (why: string) => (): void => {
      if (!this.#ended) this.#hooks.lost(why);
    };
    db.addEventListener('versionchange', lost('another tab changes the database'));
    db.addEventListener('close', lost('the browser closed the database'));
    db.addEventListener('abort', (event) => {
      const error = event.target instanceof IDBTransaction ? event.target.error : null;
      // A compaction that gives up because the provider is gone has no error.
      if (error === null || this.#ended) return;
      this.#hasHole = true;
      this.#hooks.refused();
    });
  }

  #compactIfDue(): void {
    const enough = Math.max(limits.compactBytesMin, this.#snapshotBytes / 2);
    if (this.#rows >= limits.compactRowsMin || this.#bytes >= enough)
      this.compactNow().catch(() => undefined);
  }

  async #compact(): Promise<void> {
    if (this.#db === null) throw new Error('the database of this document is not open');
    this.#rows = 0;
    this.#bytes = 0;
    this.#snapshotBytes = await compact(this.#db, this.#provider);
    this.#hasHole = false;
  }
}
