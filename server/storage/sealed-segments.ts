import type { SealedSegment } from '#lib/domain/transcript.ts';
import type { SessionRow } from './contract.ts';

/** A session's row with everything that was ever sealed: what is sealed never becomes open again. */
export function withSealed(row: SessionRow, segments: readonly SealedSegment[]): SessionRow {
  const byNumber = new Map<number, SealedSegment>();
  for (const segment of [...row.sealed, ...segments]) byNumber.set(segment.n, segment);
  const sealed = [...byNumber.values()].sort((a, b) => a.n - b.n);
  const next = (sealed.at(-1)?.n ?? -1) + 1;
  return { ...row, sealed, openSegment: Math.max(row.openSegment, next) };
}
