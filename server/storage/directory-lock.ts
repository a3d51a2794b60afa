import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { FailureError } from '#lib/domain/failure.ts';
import { makePrivateFile, type DataFiles } from './data-directory.ts';

/** Gives the directory back. */
export type ReleaseDirectory = () => void;

/**
 * Takes the data directory for this process. The lock is an open exclusive transaction on a database of its own: the
 * operating system ends it with the process, however the process ends, and no file that is left over can be mistaken for it.
 *
 * @throws FailureError `unavailable`, naming the process that has it
 */
export function lockDirectory(files: DataFiles): ReleaseDirectory {
  makePrivateFile(files.lock);
  const lock = new DatabaseSync(files.lock);
  try {
    lock.exec('PRAGMA journal_mode = DELETE; PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
  } catch (cause) {
    lock.close();
    throw new FailureError(
      'unavailable',
      `expected ${files.directory} to be free, but ${holderOf(files)} uses it; ` +
        'one bridge serves one data directory: stop that one, or give this one another with --data',
      { cause },
    );
  }
  writeFileSync(files.lockHolder, `${String(process.pid)}\n`, { mode: 0o600 });
  return () => {
    rmSync(files.lockHolder, { force: true });
    lock.close();
  };
}

function holderOf(files: DataFiles): string {
  try {
    const pid = readFileSync(files.lockHolder, 'utf8').trim();
    return /^\d+$/.test(pid) ? `process ${pid}` : 'another process';
  } catch {
    // The holder may be between taking the lock and writing its number.
    return 'another process';
  }
}
