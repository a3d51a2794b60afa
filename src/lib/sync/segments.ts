import * as z from 'zod/mini';
import { failure } from '#lib/domain/failure.ts';
import type { SessionId } from '#lib/domain/ids.ts';
import {
  transcriptItemSchema,
  type SealedSegment,
  type TranscriptItem,
} from '#lib/domain/transcript.ts';
import type { BlobCache } from './blob-cache.ts';
import type { SegmentContent } from './contract.ts';
import type { Tables } from './tables.ts';

/** What every item has, whatever its kind. */
const anyItemSchema = z.looseObject({
  id: transcriptItemSchema.def.options[0].shape.id,
  seq: z.number(),
  at: z.number(),
});

/**
 * Sealed segments of transcripts: immutable, fetched once by their hash, kept apart from the blobs so that neither takes the
 * other's place.
 */
export class Segments {
  readonly #tables: Tables;
  readonly #blobs: BlobCache;

  constructor(tables: Tables, blobs: BlobCache) {
    this.#tables = tables;
    this.#blobs = blobs;
  }

  async get(sessionId: SessionId, sealed: SealedSegment): Promise<SegmentContent> {
    const key = `${sessionId}/${String(sealed.n)}`;
    const held = await this.#tables.transact(['segments'], (transaction) =>
      transaction.get('segments', sealed.sha256),
    );
    const bytes = held instanceof Uint8Array ? held : await this.#blobs.fetch(sealed.sha256);
    if (bytes === null) return { kind: 'not_here', bytes: sealed.bytes };
    const items = parseSegment(bytes);
    if (items === null)
      return {
        kind: 'failed',
        failure: failure('internal', `segment ${key} is not a list of items`),
      };
    if (held === undefined)
      await this.#tables.transact(['segments', 'segmentInfo'], (transaction) => {
        transaction.put('segments', sealed.sha256, bytes);
        transaction.put('segmentInfo', sealed.sha256, { key, bytes: bytes.byteLength });
      });
    return { kind: 'items', items };
  }

  async bytesHeld(): Promise<number> {
    const rows = await this.#tables.transact(['segmentInfo'], (transaction) =>
      transaction.list('segmentInfo'),
    );
    const infoSchema = z.object({ bytes: z.number() });
    return rows.reduce((sum, { value }) => sum + (infoSchema.safeParse(value).data?.bytes ?? 0), 0);
  }
}

/** The items of a segment's bytes (one JSON value a line); an item that this version cannot read is shown raw, never dropped. */
export function parseSegment(bytes: Uint8Array): readonly TranscriptItem[] | null {
  const lines = new TextDecoder().decode(bytes).split('\n');
  // The last line is ended too.
  if (lines.pop() !== '') return null;
  try {
    return lines.flatMap((line) => readItem(JSON.parse(line)));
  } catch {
    return null;
  }
}

function readItem(raw: unknown): TranscriptItem[] {
  const item = transcriptItemSchema.safeParse(raw);
  if (item.success) return [item.data];
  const known = anyItemSchema.safeParse(raw);
  if (!known.success) return [];
  const { at, id, seq } = known.data;
  return [
    {
      v: 1,
      id,
      seq,
      turnId: null,
      at,
      kind: 'unknown',
      source: 'a newer version of Rejoin',
      raw: JSON.stringify(raw),
    },
  ];
}
