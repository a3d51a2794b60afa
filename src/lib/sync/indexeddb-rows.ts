import type { IndexeddbPersistence } from 'y-indexeddb';
import * as Y from 'yjs';

/**
 * Resolves when all rows that were written to the database before are on disk.
 *
 * A strict transaction that writes nothing does not sync the disk, so one key is put in `custom`; never in `updates`, whose rows
 * are applied as updates. Overlapping transactions over one object store commit in the order in which they began.
 */
export function commitBarrier(db: IDBDatabase): Promise<void> {
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(['updates', 'custom'], 'readwrite', {
      durability: 'strict',
    });
    transaction.objectStore('custom').put(1, 'barrier');
    transaction.oncomplete = () => {
      resolve();
    };
    transaction.onabort = () => {
      reject(transaction.error ?? new Error('the browser gave the transaction up'));
    };
  });
}

/**
 * Reads the rows that other tabs wrote since, then replaces all rows by one with the whole state, in one strict transaction.
 *
 * y-indexeddb's own `storeState` is not used: it deletes rows that it has not read when it is destroyed while it runs.
 *
 * @returns the bytes of the state
 */
export function compact(db: IDBDatabase, provider: IndexeddbPersistence): Promise<number> {
  return new Promise((resolve, reject) => {
    const transaction = db.transaction(['updates'], 'readwrite', { durability: 'strict' });
    const updates = transaction.objectStore('updates');
    let bytes = 0;
    let key = 0;
    const fresh: IDBRequest<unknown[]> = updates.getAll(IDBKeyRange.lowerBound(provider._dbref));
    fresh.onsuccess = () => {
      if (provider._destroyed) {
        transaction.abort();
        return;
      }
      Y.transact(
        provider.doc,
        () => {
          for (const row of fresh.result)
            if (row instanceof Uint8Array) Y.applyUpdate(provider.doc, row, provider);
        },
        provider,
        false,
      );
      const state = Y.encodeStateAsUpdate(provider.doc);
      bytes = state.byteLength;
      const added = updates.add(state);
      added.onsuccess = () => {
        key = Number(added.result);
        updates.delete(IDBKeyRange.upperBound(key, true));
      };
    };
    transaction.oncomplete = () => {
      provider._dbref = key + 1;
      resolve(bytes);
    };
    transaction.onabort = () => {
      reject(transaction.error ?? new Error('the copy was closed'));
    };
  });
}

export function countRows(db: IDBDatabase): Promise<number> {
  return new Promise((resolve, reject) => {
    const request = db.transaction(['updates'], 'readonly').objectStore('updates').count();
    request.onsuccess = () => {
      resolve(request.result);
    };
    request.onerror = () => {
      reject(request.error ?? new Error('the rows could not be counted'));
    };
  });
}
