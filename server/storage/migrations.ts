import type { DatabaseSync } from 'node:sqlite';
import { FailureError } from '#lib/domain/failure.ts';

/**
 * Steps of the database's shape; the number of a step is its place here, from 1, and is kept in `user_version`. A step that
 * was released is never changed: what must become different is a further step.
 */
const migrations: readonly string[] = [
  `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

  CREATE TABLE rooms (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, deleted INTEGER NOT NULL) STRICT;
  CREATE TABLE room_rows (
    room INTEGER NOT NULL REFERENCES rooms (id),
    seq INTEGER NOT NULL,
    snapshot INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    crc INTEGER NOT NULL,
    PRIMARY KEY (room, seq)
  ) STRICT;
  CREATE TABLE attributions (
    room INTEGER NOT NULL REFERENCES rooms (id),
    client INTEGER NOT NULL,
    device TEXT NOT NULL,
    PRIMARY KEY (room, client)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE records (
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (kind, id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE operations (
    id TEXT PRIMARY KEY,
    seq INTEGER NOT NULL UNIQUE,
    number INTEGER NOT NULL,
    json TEXT NOT NULL,
    payload_hash TEXT NOT NULL,
    command TEXT NOT NULL
  ) STRICT;
  CREATE INDEX operations_by_number ON operations (number);

  CREATE TABLE items (
    session TEXT NOT NULL,
    seq INTEGER NOT NULL,
    segment INTEGER NOT NULL,
    prompt TEXT,
    json TEXT NOT NULL,
    PRIMARY KEY (session, seq)
  ) STRICT;
  CREATE INDEX items_of_prompts ON items (session, prompt) WHERE prompt IS NOT NULL;
  CREATE TABLE segments (
    session TEXT NOT NULL,
    n INTEGER NOT NULL,
    json TEXT NOT NULL,
    PRIMARY KEY (session, n)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE blobs (sha256 TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
  CREATE TABLE time_marks (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL) STRICT;
  `,
];

/** The newest shape that this build knows. */
export const databaseVersion = migrations.length;

/**
 * Refuses a database of a newer build, before anything of it is changed.
 *
 * @throws FailureError `conflict`
 */
export function refuseNewer(database: DatabaseSync, path: string): void {
  const version = versionOf(database);
  if (version > databaseVersion)
    throw new FailureError(
      'conflict',
      `expected ${path} to be of version ${String(databaseVersion)} or older, but a newer Rejoin made it ` +
        `(version ${String(version)}); nothing was changed: start that newer Rejoin, or use another data directory`,
    );
}

/** Brings the database to the newest shape, each step in a transaction of its own. */
export function migrate(database: DatabaseSync): void {
  for (let version = versionOf(database); version < databaseVersion; version += 1)
    database.exec(
      `BEGIN IMMEDIATE; ${migrations[version] ?? ''}; PRAGMA user_version = ${String(version + 1)}; COMMIT`,
    );
}

function versionOf(database: DatabaseSync): number {
  const version = database.prepare('PRAGMA user_version').get()?.['user_version'];
  return typeof version === 'number' ? version : 0;
}
