import * as Y from 'yjs';
import type { StorageState } from './contract.ts';
import type { BeforeRow, DocumentDatabases, DocumentPersistence } from './document-persistence.ts';
import { SettableSource } from './settable-source.ts';
import { kept, opening } from './storage-states.ts';

/** Copies that end with the process; several instances over one `disk` are several tabs or lives of a browser. */
export class MemoryDocuments implements DocumentDatabases {
  readonly #disk: Map<string, Uint8Array[]>;

  constructor(disk = new Map<string, Uint8Array[]>()) {
    this.#disk = disk;
  }

  open(name: string, doc: Y.Doc, beforeRow: BeforeRow): DocumentPersistence {
    let rows = this.#disk.get(name);
    if (rows === undefined) this.#disk.set(name, (rows = []));
    return new MemoryDocument(rows, doc, beforeRow);
  }

  names(prefix: string): Promise<readonly string[]> {
    return Promise.resolve([...this.#disk.keys()].filter((name) => name.startsWith(prefix)));
  }

  replace(name: string, state: Uint8Array): Promise<void> {
    const rows = this.#disk.get(name) ?? [];
    rows.splice(0, rows.length, state);
    this.#disk.set(name, rows);
    return Promise.resolve();
  }

  erase(name: string): Promise<void> {
    this.#disk.delete(name);
    return Promise.resolve();
  }
}

class MemoryDocument implements DocumentPersistence {
  readonly whenLoaded: Promise<void>;
  readonly loaded = new SettableSource(false);
  readonly storage = new SettableSource<StorageState>(opening);
  readonly #rows: Uint8Array[];
  readonly #doc: Y.Doc;
  readonly #onUpdate: (update: Uint8Array, origin: unknown) => void;
  #read = 0;
  #written: Promise<void> = Promise.resolve();
  #open = true;

  constructor(rows: Uint8Array[], doc: Y.Doc, beforeRow: BeforeRow) {
    this.#rows = rows;
    this.#doc = doc;
    this.#onUpdate = (update, origin) => {
      if (origin === this) return;
      const gate = beforeRow();
      this.#written = this.#written.then(async () => {
        await gate;
        if (this.#open) rows.push(update);
      });
    };
    doc.on('update', this.#onUpdate);
    this.whenLoaded = Promise.resolve().then(() => {
      if (!this.#open) return;
      const early = Y.encodeStateAsUpdate(doc);
      this.#apply();
      if (early.length > 2) rows.push(early);
      this.storage.set(kept);
      this.loaded.set(true);
    });
  }

  isOrigin(origin: unknown): boolean {
    return origin === this;
  }

  async whenDurable(): Promise<void> {
    await this.whenLoaded;
    await this.#written;
    if (!this.#open) throw new Error('the copy of the document is closed');
  }

  async catchUp(): Promise<void> {
    await this.whenDurable();
    this.#apply();
  }

  async close(): Promise<void> {
    await this.whenLoaded;
    this.#doc.off('update', this.#onUpdate);
    await this.#written;
    this.#open = false;
  }

  abandon(): Promise<void> {
    this.#doc.off('update', this.#onUpdate);
    this.#open = false;
    return Promise.resolve();
  }

  #apply(): void {
    const fresh = this.#rows.slice(this.#read);
    this.#read = this.#rows.length;
    this.#doc.transact(() => {
      for (const row of fresh) Y.applyUpdate(this.#doc, row, this);
    }, this);
  }
}
