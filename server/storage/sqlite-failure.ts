import { FailureError, reasonOf } from '#lib/domain/failure.ts';

const sqliteFull = 13;

/** The failure that a thrown SQLite or file system error is to the rest of the bridge. */
export function sqliteFailure(thrown: unknown): FailureError {
  if (thrown instanceof FailureError) return thrown;
  if (isFull(thrown))
    return new FailureError(
      'disk_full',
      'the disk of the data directory is full: nothing of this change was written',
      { cause: thrown },
    );
  return new FailureError('internal', `the database refused a change: ${reasonOf(thrown)}`, {
    cause: thrown,
  });
}

function isFull(thrown: unknown): boolean {
  if (!(thrown instanceof Error)) return false;
  if ('errcode' in thrown && thrown.errcode === sqliteFull) return true;
  return 'code' in thrown && (thrown.code === 'ENOSPC' || thrown.code === 'EDQUOT');
}
