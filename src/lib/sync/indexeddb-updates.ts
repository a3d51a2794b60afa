/** Opens a document's database as y-indexeddb makes it. @throws Error when it is refused or holds something else */
export function openUpdatesDatabase(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    // Throws at once where IndexedDB is denied; inside of a promise that is a rejection.
    const request = indexedDB.open(name);
    request.onupgradeneeded = () => {
      request.result.createObjectStore('updates', { autoIncrement: true });
      request.result.createObjectStore('custom');
    };
    request.onsuccess = () => {
      const stores = request.result.objectStoreNames;
      if (stores.contains('updates') && stores.contains('custom')) resolve(request.result);
      else {
        request.result.close();
        reject(new Error(`the database ${name} holds something else than a document`));
      }
    };
    request.onerror = () => {
      reject(request.error ?? new Error(`the database ${name} was not opened`));
    };
  });
}
