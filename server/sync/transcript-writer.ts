import {
  appendItem,
  dropLive,
  extendLive,
  putLive,
  transcriptDocument,
  type GrowingItem,
} from '#lib/crdt/transcript-document.ts';
import type { Cancel, Clock, Scheduler } from '#lib/domain/clock.ts';
import { assertNever, FailureError, reasonOf } from '#lib/domain/failure.ts';
import type { ItemId, SessionId } from '#lib/domain/ids.ts';
import { limits } from '#lib/domain/limits.ts';
import type { Room } from '#lib/domain/room.ts';
import type { LiveItem, TranscriptItem } from '#lib/domain/transcript.ts';
import type { Write } from '../storage/contract.ts';
import type { Log } from '../storage/log.ts';
import type * as Y from 'yjs';
import type { Documents } from './documents.ts';
import type { RoomDocument } from './room-document.ts';
import { lineBytes, segmentBlob, type SegmentBlob } from './segment-blob.ts';

/** What happens to a transcript, in order. */
type Action =
  | { readonly kind: 'append'; readonly item: TranscriptItem }
  | { readonly kind: 'head'; readonly item: LiveItem }
  | { readonly kind: 'text'; readonly id: ItemId; readonly text: string }
  | { readonly kind: 'close'; readonly id: ItemId; readonly item: TranscriptItem }
  /** Nothing; settles after what came before it. */
  | { readonly kind: 'look'; readonly look: (doc: Y.Doc) => void };

interface Waiting {
  readonly action: Action;
  readonly bytes: number;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** How full the open segment is, and what still grows in it. */
interface Fill {
  items: number;
  bytes: number;
  firstAt: number | null;
  readonly live: Set<string>;
}

export interface TranscriptParts {
  readonly sessionId: SessionId;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Log;
  /** Takes note of work that was begun by time, not by a call. */
  readonly noted: (work: Promise<void>) => void;
  /** Puts the manifest with the new segment into `state/<session>`, together with these writes. */
  readonly publish: (blob: SegmentBlob, also: readonly Write[]) => Promise<void>;
}

/**
 * Writes the transcript of one session: actions are queued at once and applied in order, those of one moment in one
 * transaction. A segment that is full is sealed between two actions, when nothing in it grows (DESIGN 4.1).
 */
export class TranscriptWriter {
  readonly #parts: TranscriptParts;
  readonly #texts = new Map<ItemId, string>();
  #waiting: Waiting[] = [];
  #running = false;
  #flush: Cancel | null = null;
  /** After a sealing that failed: how many items there must be before it is tried again. */
  #sealFrom = 0;
  #fill: { readonly of: Y.Doc; readonly fill: Fill } | null = null;

  constructor(parts: TranscriptParts) {
    this.#parts = parts;
  }

  append(item: TranscriptItem): Promise<void> {
    return this.#queue({ kind: 'append', item }, lineBytes(item));
  }

  /** Begins a growing item, or replaces its head. */
  putLive(item: LiveItem): Promise<void> {
    return this.#queue({ kind: 'head', item }, JSON.stringify(item).length);
  }

  /** Collects text of a growing item; it is written every `limits.liveFlushMs`, at most. */
  extend(id: ItemId, text: string): void {
    this.#texts.set(id, (this.#texts.get(id) ?? '') + text);
    this.#flush ??= this.#parts.scheduler.after(limits.liveFlushMs, () => {
      this.writeCollected();
    });
  }

  /** Writes what was collected, now. */
  writeCollected(): void {
    this.#flush?.();
    this.#flush = null;
    for (const [id, collected] of this.#texts)
      for (const text of pieces(collected))
        this.#parts.noted(this.#queue({ kind: 'text', id, text }, text.length * 3));
    this.#texts.clear();
  }

  closeLive(id: ItemId, item: TranscriptItem): Promise<void> {
    // What was collected is part of the finished item.
    this.#texts.delete(id);
    return this.#queue({ kind: 'close', id, item }, lineBytes(item));
  }

  async growing(): Promise<readonly GrowingItem[]> {
    let found: readonly GrowingItem[] = [];
    await this.#queue(
      {
        kind: 'look',
        look: (doc) => {
          found = transcriptDocument(doc).growing.read();
        },
      },
      0,
    );
    return found;
  }

  get #segment(): number {
    return this.#parts.documents.directory.segments(this.#parts.sessionId).open;
  }

  get #room(): Room {
    return { kind: 'transcript', sessionId: this.#parts.sessionId, segment: this.#segment };
  }

  #queue(action: Action, bytes: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ action, bytes, resolve, reject });
      if (this.#running) return;
      this.#running = true;
      queueMicrotask(() => void this.#run());
    });
  }

  async #run(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const document = await this.#parts.documents.open(this.#room);
        const release = document.hold();
        try {
          const fill = this.#fillOf(document.doc);
          this.#apply(document, this.#nextGroup(fill));
          if (this.#isFull(fill)) await this.#seal(document, fill);
        } finally {
          release();
        }
      }
      this.#running = false;
    } catch (error) {
      this.#running = false;
      const failed = new FailureError('unavailable', reasonOf(error), { cause: error });
      for (const { reject } of this.#waiting.splice(0)) reject(failed);
    }
  }

  /** Takes actions up to the bound of a transaction, or to the one that fills the segment. */
  #nextGroup(fill: Fill): Waiting[] {
    const group: Waiting[] = [];
    let bytes = 0;
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (group.length > 0 && bytes + next.bytes > limits.bridgeEditBytesMax) break;
      if (this.#isFull(fill)) break;
      this.#waiting.shift();
      group.push(next);
      bytes += next.bytes;
      count(fill, next);
    }
    return group;
  }

  #apply(document: RoomDocument, group: readonly Waiting[]): void {
    if (group.length === 0) return;
    const items = group.flatMap(({ action }): Write[] =>
      action.kind === 'append' || action.kind === 'close'
        ? [
            {
              kind: 'item',
              sessionId: this.#parts.sessionId,
              segment: this.#segment,
              item: action.item,
            },
          ]
        : [],
    );
    document
      .edit((doc) => {
        for (const { action } of group) applyAction(doc, action);
      }, items)
      .then(
        () => {
          for (const { resolve } of group) resolve();
        },
        (error: unknown) => {
          for (const { reject } of group) reject(error);
        },
      );
  }

  #isFull(fill: Fill): boolean {
    if (fill.live.size > 0 || fill.firstAt === null || fill.items < this.#sealFrom) return false;
    return (
      fill.items >= limits.segmentItemsMax ||
      fill.bytes >= limits.segmentBytesMax ||
      this.#parts.clock.now() - fill.firstAt >= limits.segmentAgeMsMax
    );
  }

  /** On failure the segment stays open, and a tenth of a segment later it is tried again. */
  async #seal(document: RoomDocument, fill: Fill): Promise<void> {
    const { documents, sessionId, log, publish } = this.#parts;
    try {
      await document.settled;
      const items = transcriptDocument(document.doc)
        .items.read()
        .map((entry) => {
          if (entry.kind !== 'value')
            throw new Error(`expected item ${entry.key} of the open segment to be readable`);
          return entry.value;
        });
      const blob = segmentBlob(this.#segment, items);
      await publish(blob, [
        { kind: 'blob', sha256: blob.segment.sha256, bytes: blob.bytes },
        { kind: 'segment_sealed', sessionId, segment: blob.segment },
        { kind: 'room_deleted', room: document.name },
      ]);
      documents.segmentSealed(sessionId, blob.segment);
      this.#sealFrom = 0;
    } catch (error) {
      this.#sealFrom = fill.items + limits.segmentItemsMax / 10;
      log.error({ sessionId, reason: reasonOf(error) }, 'a segment could not be sealed');
    }
  }

  #fillOf(doc: Y.Doc): Fill {
    if (this.#fill?.of === doc) return this.#fill.fill;
    const { items, growing } = transcriptDocument(doc);
    const fill: Fill = { items: 0, bytes: 0, firstAt: null, live: new Set() };
    for (const entry of items.read()) if (entry.kind === 'value') countItem(fill, entry.value);
    for (const { item } of growing.read()) fill.live.add(item.id);
    this.#fill = { of: doc, fill };
    return fill;
  }
}

function applyAction(doc: Y.Doc, action: Action): void {
  switch (action.kind) {
    case 'append':
      appendItem(doc, action.item);
      return;
    case 'head':
      putLive(doc, action.item);
      return;
    case 'text':
      extendLive(doc, action.id, action.text);
      return;
    case 'close':
      dropLive(doc, action.id);
      appendItem(doc, action.item);
      return;
    case 'look':
      action.look(doc);
      return;
    default:
      assertNever(action);
  }
}

function count(fill: Fill, { action }: Waiting): void {
  if (action.kind === 'head') fill.live.add(action.item.id);
  if (action.kind === 'close') fill.live.delete(action.id);
  if (action.kind === 'append' || action.kind === 'close') countItem(fill, action.item);
}

function countItem(fill: Fill, item: TranscriptItem): void {
  fill.items += 1;
  fill.bytes += lineBytes(item);
  fill.firstAt ??= item.at;
}

/** Text cut so that each piece fits one transaction; never between the halves of a surrogate pair. */
function* pieces(text: string): Generator<string> {
  const most = Math.floor(limits.bridgeEditBytesMax / 3);
  for (let from = 0; from < text.length;) {
    let to = Math.min(text.length, from + most);
    const last = text.charCodeAt(to - 1);
    if (to < text.length && last >= 0xd800 && last <= 0xdbff) to -= 1;
    yield text.slice(from, to);
    from = to;
  }
}
