import type * as Y from 'yjs';
import type { Source } from '#lib/crdt/source.ts';
import type { StorageState } from './contract.ts';

/**
 * One document's copy on this device. One suite (`tests/contract/persistence.ts`) holds for every implementation.
 *
 * Every update of the document is written, whoever made it. Several tabs may hold copies of one name at once; none loses what
 * another wrote.
 */
export interface DocumentPersistence {
  /** Resolves when what was kept is in the document, or when the database did not open in time. Never rejects. */
  readonly whenLoaded: Promise<void>;
  /** Whether what was kept is in the document: false while the database does not open. */
  readonly loaded: Source<boolean>;
  readonly storage: Source<StorageState>;
  /** Whether an update was read from this copy. */
  isOrigin(origin: unknown): boolean;
  /**
   * Resolves when all edits made before the call are on disk. Calls that wait at the same time share one disk write.
   *
   * @throws Error when they are not: refused, full, closed
   */
  whenDurable(): Promise<void>;
  /** Reads what other tabs wrote since; afterwards the document holds all that is on disk. @throws Error when it cannot be read */
  catchUp(): Promise<void>;
  /** Finishes writing, then lets go of the database; the document stays as it is. */
  close(): Promise<void>;
  /** Lets go at once and writes nothing more: the copy is about to be erased or replaced. */
  abandon(): Promise<void>;
}

/** Is asked before a row is written: what must be on disk before it; `null` when all of it is. */
export type BeforeRow = () => Promise<void> | null;

/** All copies of documents on this device. */
export interface DocumentDatabases {
  open(name: string, doc: Y.Doc, beforeRow: BeforeRow): DocumentPersistence;
  /** The names that begin so; `null` where the browser cannot tell. */
  names(prefix: string): Promise<readonly string[] | null>;
  /** Makes `state` all that the copy holds, in one step. @throws Error when it could not be written */
  replace(name: string, state: Uint8Array): Promise<void>;
  erase(name: string): Promise<void>;
}
