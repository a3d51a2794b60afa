import type { Entry } from '#lib/crdt/plain-values.ts';
import type { GrowingItem } from '#lib/crdt/transcript-document.ts';
import type { Failure } from '#lib/domain/failure.ts';
import type { SealedSegment, ToolCall, TranscriptItem } from '#lib/domain/transcript.ts';

export type ItemOf<K extends TranscriptItem['kind']> = Extract<TranscriptItem, { kind: K }>;

/** A thought or a call that only looks (reads, searches): shown folded, several in one line. */
export type Step =
  | {
      readonly kind: 'thought';
      readonly itemId: string;
      readonly text: string;
      readonly at: number;
      /** `null` while it grows. */
      readonly endedAt: number | null;
      readonly cut: boolean;
    }
  | { readonly kind: 'look'; readonly itemId: string; readonly call: ToolCall };

interface RowHead {
  /** Stable for the life of the row: what grows, is finished or is loaded again keeps it. */
  readonly key: string;
  readonly seq: number;
}

/** One line of the transcript as it is read. */
export type TranscriptRow = RowHead &
  (
    | { readonly kind: 'prompt'; readonly item: ItemOf<'prompt'> }
    | {
        readonly kind: 'answer';
        readonly itemId: string;
        readonly text: string;
        readonly at: number;
        readonly turnId: string | null;
        readonly progress: 'growing' | 'whole' | 'cut';
      }
    | { readonly kind: 'steps'; readonly steps: readonly Step[]; readonly at: number }
    | {
        readonly kind: 'tool';
        readonly itemId: string;
        readonly call: ToolCall;
        readonly at: number;
      }
    | { readonly kind: 'permission'; readonly item: ItemOf<'permission'> }
    | { readonly kind: 'turn_end'; readonly item: ItemOf<'turn_end'> }
    | { readonly kind: 'notice'; readonly item: ItemOf<'notice'> }
    | { readonly kind: 'unknown'; readonly item: ItemOf<'unknown'> }
    /** Written by a newer version, or of no shape that is known: shown raw, never dropped. */
    | { readonly kind: 'foreign'; readonly v: number | null; readonly raw: string }
    /** Older ones that this device has not read; the newest of them comes next. */
    | {
        readonly kind: 'away';
        readonly segment: SealedSegment;
        readonly loading: SegmentLoading;
        readonly items: number;
      }
  );
export type RowOf<K extends TranscriptRow['kind']> = Extract<TranscriptRow, { kind: K }>;

/** Where a sealed segment's items are, as far as this device went to get them. */
export type SegmentLoading =
  | { readonly kind: 'not_asked' }
  | { readonly kind: 'asked' }
  | { readonly kind: 'not_here'; readonly bytes: number }
  | { readonly kind: 'failed'; readonly failure: Failure };

/** One segment's items. Equal identity means that nothing in it changed. */
export interface HeldSegment {
  readonly n: number;
  readonly entries: readonly Entry<TranscriptItem>[];
  readonly growing: readonly GrowingItem[];
}

/** What a device has of a transcript: a run of segments up to the newest, and what is older than they are. */
export interface TranscriptParts {
  readonly older: RowOf<'away'> | null;
  /** Oldest first. */
  readonly held: readonly HeldSegment[];
}
