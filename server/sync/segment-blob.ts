import { createHash } from 'node:crypto';
import { canonicalJson } from '#lib/domain/canonical.ts';
import { sha256Schema } from '#lib/domain/ids.ts';
import type { SealedSegment, TranscriptItem } from '#lib/domain/transcript.ts';

export interface SegmentBlob {
  readonly segment: SealedSegment;
  readonly bytes: Uint8Array;
}

/** The size that an item has in a sealed segment. */
export const lineBytes = (item: TranscriptItem): number =>
  Buffer.byteLength(canonicalJson(item)) + 1;

/** A sealed segment: one item a line, canonical JSON, in order of `seq`, each line ended by a line feed. */
export function segmentBlob(n: number, items: readonly TranscriptItem[]): SegmentBlob {
  const ordered = items.toSorted((a, b) => a.seq - b.seq);
  const bytes = new TextEncoder().encode(
    ordered.map((item) => `${canonicalJson(item)}\n`).join(''),
  );
  const sha256 = sha256Schema.parse(createHash('sha256').update(bytes).digest('hex'));
  return {
    segment: {
      n,
      sha256,
      firstSeq: ordered[0]?.seq ?? 0,
      lastSeq: ordered.at(-1)?.seq ?? 0,
      items: ordered.length,
      bytes: bytes.length,
    },
    bytes,
  };
}
