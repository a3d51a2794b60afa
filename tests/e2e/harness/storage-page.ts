import * as Y from 'yjs';
import { browserScheduler } from '#lib/sync/browser-environment.ts';
import type { StorageState } from '#lib/sync/contract.ts';
import type { DocumentPersistence } from '#lib/sync/document-persistence.ts';
import { IndexeddbDocuments } from '#lib/sync/indexeddb-documents.ts';
import { OwnDatabase } from '#lib/sync/own-database.ts';
import type { Case } from '../../contract/case.ts';
import { persistenceCases } from '../../contract/persistence.ts';
import { tablesCases } from '../../contract/tables.ts';

/** What the storage specs ask the page to do: the app's own modules over the browser's own IndexedDB. */
export class StorageHarness {
  readonly #documents = new IndexeddbDocuments(browserScheduler);
  readonly #copies = new Map<string, { readonly doc: Y.Doc; readonly copy: DocumentPersistence }>();
  #tables: OwnDatabase | null = null;

  /** Runs one case of a contract; resolves with why it failed, or `null`. */
  async runCase(suite: 'persistence' | 'tables', name: string): Promise<string | null> {
    const unique = (): string => `case ${crypto.randomUUID()}`;
    const tableName = unique();
    const subjects = {
      databases: () => new IndexeddbDocuments(browserScheduler),
      newName: unique,
      open: () => new OwnDatabase(tableName, browserScheduler),
    };
    const cases: readonly Case<typeof subjects>[] =
      suite === 'persistence' ? persistenceCases : tablesCases;
    const found = cases.find((one) => one.name === name);
    if (found === undefined) return `there is no case "${name}"`;
    try {
      await found.run(subjects);
      return null;
    } catch (thrown) {
      return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    }
  }

  open(name: string): void {
    const doc = new Y.Doc();
    this.#copies.set(name, { doc, copy: this.#documents.open(name, doc, () => null) });
  }

  async loaded(name: string): Promise<void> {
    await this.#of(name).copy.whenLoaded;
  }

  /** Sets a key to `bytes` random bytes, which do not compress. */
  set(name: string, key: string, bytes = 1): void {
    const value = new Uint8Array(bytes);
    for (let from = 0; from < bytes; from += 65_536)
      crypto.getRandomValues(value.subarray(from, from + 65_536));
    this.#of(name).doc.getMap('m').set(key, value);
  }

  /** @returns whether the edits so far are on disk; `false` when the copy says that they are not */
  async isDurable(name: string): Promise<boolean> {
    return await this.#of(name)
      .copy.whenDurable()
      .then(
        () => true,
        () => false,
      );
  }

  storage(name: string): StorageState {
    return this.#of(name).copy.storage.read();
  }

  async close(name: string): Promise<void> {
    await this.#of(name).copy.close();
    this.#copies.delete(name);
  }

  /** The keys as the next life reads them. */
  async stored(name: string): Promise<readonly string[]> {
    const doc = new Y.Doc();
    const copy = this.#documents.open(name, doc, () => null);
    await copy.whenLoaded;
    await copy.close();
    return [...doc.getMap('m').keys()].sort();
  }

  async rows(name: string): Promise<number> {
    const db = await request(indexedDB.open(name));
    const count = await request(db.transaction('updates').objectStore('updates').count());
    db.close();
    return count;
  }

  /** As another tab that erases or upgrades the database does. */
  async erase(name: string): Promise<void> {
    await request(indexedDB.deleteDatabase(name));
  }

  async upgrade(name: string): Promise<void> {
    const db = await request(indexedDB.open(name, 2));
    db.close();
  }

  openTables(): void {
    this.#tables = new OwnDatabase('own', browserScheduler);
  }

  tablesState(): StorageState | null {
    return this.#tables?.storage.read() ?? null;
  }

  async putRow(key: string, bytes = 1): Promise<void> {
    const value = crypto.getRandomValues(new Uint8Array(Math.min(bytes, 65_536)));
    await this.#tables?.transact(['outbox'], (transaction) => {
      transaction.put(
        'outbox',
        key,
        Array.from({ length: Math.ceil(bytes / 65_536) }, () => value.slice()),
      );
    });
  }

  async rowKeys(): Promise<readonly string[]> {
    const rows = await this.#tables?.transact(['outbox'], (transaction) =>
      transaction.list('outbox'),
    );
    return (rows ?? []).map(({ key }) => key);
  }

  #of(name: string) {
    const open = this.#copies.get(name);
    if (open === undefined) throw new Error(`expected an open copy ${name}`);
    return open;
  }
}

function request<T>(asked: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => {
      resolve(asked.result);
    };
    asked.onerror = () => {
      reject(asked.error ?? new Error('the request failed'));
    };
  });
}

declare global {
  interface Window {
    storageHarness: StorageHarness;
  }
}

window.storageHarness = new StorageHarness();
