import type * as Y from 'yjs';
import type { BeforeRow, DocumentDatabases } from '#lib/sync/document-persistence.ts';
import { MemoryDocuments } from '#lib/sync/memory-documents.ts';
import { MemoryTables, type MemoryDisk } from '#lib/sync/memory-tables.ts';
import type { Tables } from '#lib/sync/tables.ts';

const never = (): Promise<never> => new Promise(() => undefined);

/** Tables of a tab that may die: from then on it writes nothing, whatever it had begun. */
export function mortalTables(disk: MemoryDisk, isAlive: () => boolean): Tables {
  const tables = new MemoryTables(disk);
  return {
    storage: tables.storage,
    transact: async (names, work) => {
      if (!isAlive()) return await never();
      return await tables.transact(names, async (transaction) => {
        const result = await work(transaction);
        // Throwing undoes the transaction, as the browser does when a tab goes.
        if (!isAlive()) throw new Error('the tab is gone');
        return result;
      });
    },
    close: () => tables.close(),
  };
}

/** Copies of documents of a tab that may die. */
export function mortalDocuments(
  disk: Map<string, Uint8Array[]>,
  isAlive: () => boolean,
): DocumentDatabases {
  const documents = new MemoryDocuments(disk);
  return {
    open(name: string, doc: Y.Doc, beforeRow: BeforeRow) {
      // A dead tab's rows wait for ever for what must be on disk before them.
      return documents.open(name, doc, () => (isAlive() ? beforeRow() : never()));
    },
    names: (prefix) => documents.names(prefix),
    replace: async (name, state) => {
      if (!isAlive()) return await never();
      await documents.replace(name, state);
    },
    erase: (name) => documents.erase(name),
  };
}
