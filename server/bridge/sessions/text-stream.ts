import { limits } from '#lib/domain/limits.ts';
import type { SessionRecord } from '../../journal/session-record.ts';
import type { ItemHead } from './item-heads.ts';
import { beginningOf, bytesOf } from './text-cuts.ts';

export interface TextChunk {
  readonly role: 'answer' | 'thought';
  readonly messageId: string | null;
  readonly text: string;
}

/** The answer or thought that is growing, if any: one at a time, so that what follows it in the record follows it in time. */
export interface TextStream {
  /** Adds to the growing item, or begins one: on another role, another message, or when the item is full. */
  extend(chunk: TextChunk): void;
  /** Ends the growing item. `cut`: the agent was not done with it. */
  close(cut: boolean): void;
  readonly growing: 'answer' | 'thought' | null;
}

interface Growing {
  readonly head: ItemHead;
  readonly role: 'answer' | 'thought';
  readonly messageId: string | null;
  readonly parts: string[];
  bytes: number;
}

export function createTextStream(deps: {
  readonly record: Pick<SessionRecord, 'openLive' | 'extendLive' | 'closeLive'>;
  readonly nextHead: () => ItemHead;
  readonly now: () => number;
}): TextStream {
  const { record } = deps;
  let growing: Growing | null = null;

  const open = ({ role, messageId }: TextChunk): Growing => {
    const head = deps.nextHead();
    record.openLive({ ...head, kind: role });
    return { head, role, messageId, parts: [], bytes: 0 };
  };

  const close = (cut: boolean): void => {
    if (growing === null) return;
    const { head, role, parts } = growing;
    growing = null;
    record.closeLive(head.id, finishedText(head, role, parts.join(''), cut, deps.now()));
  };

  const add = (item: Growing, text: string): void => {
    item.parts.push(text);
    item.bytes += bytesOf(text);
    record.extendLive(item.head.id, text);
  };

  return {
    extend(chunk) {
      if (chunk.text === '') return;
      if (growing !== null && !continues(growing, chunk)) close(false);
      let rest = chunk.text;
      while (rest !== '') {
        growing ??= open(chunk);
        const fits = beginningOf(rest, limits.liveTextBytesMax - growing.bytes);
        if (fits !== '') add(growing, fits);
        rest = rest.slice(fits.length);
        if (rest !== '') close(false);
      }
    },
    close,
    get growing() {
      return growing?.role ?? null;
    },
  };
}

/** A message goes on while its role stays and its id, where both chunks have one, too. */
const continues = (growing: Growing, chunk: TextChunk): boolean =>
  growing.role === chunk.role &&
  (growing.messageId === null || chunk.messageId === null || growing.messageId === chunk.messageId);

export function finishedText(
  head: ItemHead,
  role: 'answer' | 'thought',
  text: string,
  cut: boolean,
  endedAt: number,
):
  | (ItemHead & { kind: 'answer'; text: string; cut: boolean })
  | (ItemHead & { kind: 'thought'; text: string; cut: boolean; endedAt: number }) {
  return role === 'answer'
    ? { ...head, kind: 'answer', text, cut }
    : { ...head, kind: 'thought', text, cut, endedAt };
}
