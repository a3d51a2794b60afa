import type { Source } from '#lib/crdt/source.ts';
import type { StorageState } from './contract.ts';

/**
 * What this device keeps beside its documents, by table: row by key. `facts`: single values (identity, device key, cursor).
 * `rooms`: when a
 * document was last exchanged. `marks`: rooms with unacknowledged edits, one row per room and tab. `blobInfo` and `segmentInfo`: sizes and last use.
 */
export const tableNames = [
  'facts',
  'outbox',
  'marks',
  'rooms',
  'notAccepted',
  'preferences',
  'blobs',
  'blobInfo',
  'segments',
  'segmentInfo',
] as const;
export type TableName = (typeof tableNames)[number];

/**
 * The device's own database. One suite (`tests/contract/tables.ts`) holds for every implementation.
 *
 * Values are whatever the structured clone algorithm keeps; readers parse them, since an earlier version may have written them.
 */
export interface Tables {
  /**
   * `kept`: what was written is on disk. `full` and `memory_only`: what was written since is held in memory, read as if it were
   * there, and written once the disk takes it.
   */
  readonly storage: Source<StorageState>;
  /**
   * Reads and writes in one transaction: all of it is kept or nothing, and other tabs see all or nothing. Resolves when it is on
   * disk, or when `storage` says that it is not.
   *
   * @param work may await nothing but the transaction's own reads; what it throws undoes the transaction and is thrown here
   */
  transact<T>(
    tables: readonly TableName[],
    work: (transaction: TableTransaction) => T | Promise<T>,
  ): Promise<T>;
  close(): Promise<void>;
}

export interface TableTransaction {
  get(table: TableName, key: string): Promise<unknown>;
  /** Rows in order of their keys (code units). */
  list(table: TableName): Promise<readonly Row[]>;
  put(table: TableName, key: string, value: unknown): void;
  remove(table: TableName, key: string): void;
}

export interface Row {
  readonly key: string;
  readonly value: unknown;
}
