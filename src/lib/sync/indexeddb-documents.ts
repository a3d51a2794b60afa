import { deleteDB } from 'idb';
import type * as Y from 'yjs';
import type { Scheduler } from '#lib/domain/clock.ts';
import type { BeforeRow, DocumentDatabases, DocumentPersistence } from './document-persistence.ts';
import { IndexeddbDocument } from './indexeddb-document.ts';
import { openUpdatesDatabase } from './indexeddb-updates.ts';

/** Copies of documents in IndexedDB, one database each, as y-indexeddb keeps them. */
export class IndexeddbDocuments implements DocumentDatabases {
  readonly #scheduler: Scheduler;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  open(name: string, doc: Y.Doc, beforeRow: BeforeRow): DocumentPersistence {
    return new IndexeddbDocument(name, doc, this.#scheduler, beforeRow);
  }

  async names(prefix: string): Promise<readonly string[] | null> {
    try {
      const known = await indexedDB.databases();
      return known.flatMap(({ name }) => (name?.startsWith(prefix) === true ? [name] : []));
    } catch {
      return null;
    }
  }

  async replace(name: string, state: Uint8Array): Promise<void> {
    const db = await openUpdatesDatabase(name);
    try {
      await new Promise<void>((resolve, reject) => {
        const transaction = db.transaction(['updates'], 'readwrite', { durability: 'strict' });
        transaction.objectStore('updates').clear();
        transaction.objectStore('updates').add(state);
        transaction.oncomplete = () => {
          resolve();
        };
        transaction.onabort = () => {
          reject(transaction.error ?? new Error(`${name} could not be written`));
        };
      });
    } finally {
      db.close();
    }
  }

  async erase(name: string): Promise<void> {
    await deleteDB(name);
  }
}
