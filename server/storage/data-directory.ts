import { chmodSync, closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';

const directoryMode = 0o700;
const fileMode = 0o600;

/** The files of one bridge's storage, all in one directory that only its user can enter. */
export interface DataFiles {
  readonly directory: string;
  readonly database: string;
  readonly highWaterMark: string;
  readonly lock: string;
  /** Process id of the holder of the lock, for the message a second bridge gives. */
  readonly lockHolder: string;
}

/** Makes the directory where it is missing, and closes it to other users. */
export function prepareDataDirectory(directory: string): DataFiles {
  mkdirSync(directory, { recursive: true, mode: directoryMode });
  chmodSync(directory, directoryMode);
  return {
    directory,
    database: join(directory, 'rejoin.sqlite'),
    highWaterMark: join(directory, 'high-water-mark.json'),
    lock: join(directory, 'lock.sqlite'),
    lockHolder: join(directory, 'lock.pid'),
  };
}

/** SQLite gives its journal files the mode of the database, so the database is made before SQLite would make it. */
export function makePrivateFile(path: string): void {
  if (!existsSync(path)) closeSync(openSync(path, 'a', fileMode));
  chmodSync(path, fileMode);
}
