import type { Failure } from '#lib/domain/failure.ts';

/** Which explanation a failed pairing gets. A link that ran down and one that was used look alike, so that nobody can probe. */
export function failureKind(
  { code }: Failure,
  online: boolean,
): 'expired' | 'offline' | 'unreachable' | 'other' {
  if (code === 'unauthorized' || code === 'gone' || code === 'not_found') return 'expired';
  if (code === 'unavailable') return online ? 'unreachable' : 'offline';
  return 'other';
}
