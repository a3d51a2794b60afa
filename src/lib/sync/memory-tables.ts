import type { Source } from '#lib/crdt/source.ts';
import type { StorageState } from './contract.ts';
import { SettableSource } from './settable-source.ts';
import { kept } from './storage-states.ts';
import { TableChanges } from './table-changes.ts';
import type { TableName, Tables, TableTransaction } from './tables.ts';

/** What the tables of several tabs, or of several lives of one browser, share. */
export class MemoryDisk {
  readonly rows = new TableChanges();
  /** Settles when the transactions so far have: they run one after the other, over all tabs. */
  last: Promise<unknown> = Promise.resolve();
}

/** Tables that end with the process: for programs and for simulations of browsers. */
export class MemoryTables implements Tables {
  readonly storage: Source<StorageState> = new SettableSource<StorageState>(kept);
  readonly #disk: MemoryDisk;

  constructor(disk: MemoryDisk = new MemoryDisk()) {
    this.#disk = disk;
  }

  transact<T>(
    _tables: readonly TableName[],
    work: (transaction: TableTransaction) => T | Promise<T>,
  ): Promise<T> {
    const run = this.#disk.last.then(async () => {
      const changes = new TableChanges();
      const result = await work(transactionOver(this.#disk.rows, changes));
      this.#disk.rows.addAll(changes);
      return result;
    });
    this.#disk.last = run.catch(() => undefined);
    return run;
  }

  async close(): Promise<void> {
    await this.#disk.last;
  }
}

/** A transaction that reads `rows` under `changes` and writes to `changes` only. */
export function transactionOver(rows: TableChanges, changes: TableChanges): TableTransaction {
  return {
    get(table, key) {
      const change = changes.get(table, key) ?? rows.get(table, key);
      return Promise.resolve(change?.kind === 'put' ? structuredClone(change.value) : undefined);
    },
    list: (table) =>
      Promise.resolve(structuredClone(changes.appliedTo(table, rows.appliedTo(table, [])))),
    put(table, key, value) {
      changes.set(table, key, { kind: 'put', value: structuredClone(value) });
    },
    remove(table, key) {
      changes.set(table, key, { kind: 'remove' });
    },
  };
}
