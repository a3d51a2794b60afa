import * as Y from 'yjs';
import type { ItemId } from '#lib/domain/ids.ts';
import {
  liveItemSchema,
  transcriptItemSchema,
  type LiveItem,
  type TranscriptItem,
} from '#lib/domain/transcript.ts';
import { classify, observed, type Entry } from './plain-values.ts';
import type { Source } from './source.ts';

/** An item that still grows, with its text so far ('' for a tool call). */
export interface GrowingItem {
  readonly item: LiveItem;
  readonly text: string;
}

/**
 * Room `transcript/<session>/<n>`: root array `items` (finished items, plain values in order of finishing; views order by
 * `seq`), root maps `live` (id → head of a growing item) and `liveText` (id → Y.Text). Only the bridge writes it.
 */
export interface TranscriptDocument {
  /** Finished items in order of finishing; entries that cannot be read are there as such. */
  readonly items: Source<readonly Entry<TranscriptItem>[]>;
  readonly growing: Source<readonly GrowingItem[]>;
}

export function transcriptDocument(doc: Y.Doc): TranscriptDocument {
  const itemArray = doc.getArray<unknown>('items');
  const live = doc.getMap<unknown>('live');
  const liveText = doc.getMap<Y.Text>('liveText');
  let items: readonly Entry<TranscriptItem>[] | null = null;
  let growing: readonly GrowingItem[] | null = null;
  const known = new Map<string, { readonly raw: unknown; readonly found: GrowingItem }>();
  itemArray.observe((event) => {
    // Append-only by one writer: what was parsed stays parsed; anything else (a recovered room) is read anew.
    items =
      event.changes.deleted.size === 0 && event.changes.delta[0]?.retain === items?.length
        ? extended(items, itemArray)
        : null;
  });
  const forget = (): void => {
    growing = null;
  };
  live.observe(forget);
  liveText.observeDeep(forget);
  return {
    items: {
      read: () => (items ??= extended([], itemArray)),
      subscribe: (listener) => observed(itemArray, listener),
    },
    growing: {
      read: () => (growing ??= readGrowing(live, liveText, known)),
      subscribe(listener) {
        const handler = (): void => {
          listener();
        };
        live.observe(handler);
        liveText.observeDeep(handler);
        return () => {
          live.unobserve(handler);
          liveText.unobserveDeep(handler);
        };
      },
    },
  };
}

function extended(
  known: readonly Entry<TranscriptItem>[] | null,
  array: Y.Array<unknown>,
): readonly Entry<TranscriptItem>[] {
  const before = known ?? [];
  const fresh = array
    .slice(before.length)
    .map((raw, index) => classify(transcriptItemSchema, String(before.length + index), raw));
  return [...before, ...fresh];
}

/** What did not grow since it was last read keeps its identity, so that a token concerns the one item that it is part of. */
function readGrowing(
  live: Y.Map<unknown>,
  liveText: Y.Map<Y.Text>,
  known: Map<string, { readonly raw: unknown; readonly found: GrowingItem }>,
): readonly GrowingItem[] {
  for (const key of known.keys()) if (!live.has(key)) known.delete(key);
  const found: GrowingItem[] = [];
  for (const [key, raw] of live) {
    const text = liveText.get(key)?.toString() ?? '';
    const before = known.get(key);
    if (before !== undefined && before.raw === raw) {
      const same = before.found.text === text ? before.found : { item: before.found.item, text };
      known.set(key, { raw, found: same });
      found.push(same);
      continue;
    }
    const entry = classify(liveItemSchema, key, raw);
    if (entry.kind !== 'value') continue;
    const fresh = { item: entry.value, text };
    known.set(key, { raw, found: fresh });
    found.push(fresh);
  }
  return found.sort((a, b) => a.item.seq - b.item.seq);
}

/** Appends a finished item; the bridge's hand only. */
export function appendItem(doc: Y.Doc, item: TranscriptItem): void {
  doc.getArray<unknown>('items').push([item]);
}

/** Begins or replaces the head of a growing item; an answer or thought gets its Y.Text with the first head. */
export function putLive(doc: Y.Doc, item: LiveItem): void {
  doc.getMap<unknown>('live').set(item.id, item);
  const texts = doc.getMap<Y.Text>('liveText');
  if (item.kind !== 'tool' && !texts.has(item.id)) texts.set(item.id, new Y.Text());
}

export function extendLive(doc: Y.Doc, id: ItemId, text: string): void {
  const live = doc.getMap<Y.Text>('liveText').get(id);
  live?.insert(live.length, text);
}

/** Takes a growing item away; call it in the transaction that appends what it became. */
export function dropLive(doc: Y.Doc, id: ItemId): void {
  doc.getMap<unknown>('live').delete(id);
  doc.getMap<Y.Text>('liveText').delete(id);
}
