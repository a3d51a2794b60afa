import type { Cancel, Clock, Scheduler } from '#lib/domain/clock.ts';
import type { TurnId } from '#lib/domain/ids.ts';
import { limits } from '#lib/domain/limits.ts';
import type { TranscriptItem, ToolCall } from '#lib/domain/transcript.ts';
import type { SessionRecord } from '../../journal/session-record.ts';
import type { ToolChange } from '../agents/contract.ts';
import type { BlobDesk } from './blob-desk.ts';
import type { ItemHead, ItemHeads } from './item-heads.ts';
import { beginningOf } from './text-cuts.ts';
import { createTextStream, type TextChunk } from './text-stream.ts';
import { createToolRecord, type Unfinished } from './tool-record.ts';

type Notice = Extract<TranscriptItem, { kind: 'notice' }>;
/** An item without what every item begins with. */
export type ItemBody = TranscriptItem extends infer T
  ? T extends TranscriptItem
    ? Omit<T, keyof ItemHead>
    : never
  : never;

/**
 * Turns what an agent says into the session's transcript. What comes outside of a turn belongs to none, and its text is ended
 * when nothing follows for `limits.lateTextCloseMs`.
 */
export interface TurnRecorder {
  beginTurn(turnId: TurnId): void;
  /** Ends what still grows. @returns paths that the agent reported as edited since this was last called */
  closeGrowing(how: { readonly cut: boolean; readonly unfinished: Unfinished }): readonly string[];
  /** Later items belong to no turn. */
  leaveTurn(): void;
  text(chunk: TextChunk): void;
  tool(change: ToolChange): ToolCall;
  notice(level: Notice['level'], text: string, detail?: string | null): void;
  unknown(source: string, raw: string): void;
  /** Appends any finished item in its place; text before it is ended. */
  append(body: ItemBody): ItemHead;
  /** What the agent is at, in a few words. */
  readonly doing: string | null;
  readonly turnId: TurnId | null;
}

export function createTurnRecorder(deps: {
  readonly record: SessionRecord;
  readonly heads: ItemHeads;
  readonly blobs: BlobDesk;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
}): TurnRecorder {
  const { record, clock, scheduler } = deps;
  let turnId: TurnId | null = null;
  let cancelLateClose: Cancel = () => undefined;
  const nextHead = (): ItemHead => deps.heads.next(turnId);
  const now = (): number => clock.now();
  const stream = createTextStream({ record, nextHead, now });
  const tools = createToolRecord({ record, blobs: deps.blobs, nextHead, now, scheduler });

  const append = (body: ItemBody): ItemHead => {
    stream.close(false);
    const head = nextHead();
    record.append({ ...head, ...body });
    return head;
  };

  return {
    beginTurn(id) {
      cancelLateClose();
      stream.close(false);
      turnId = id;
    },
    closeGrowing({ cut, unfinished }) {
      stream.close(cut);
      tools.closeAll(unfinished);
      return tools.takeReportedPaths();
    },
    leaveTurn() {
      turnId = null;
    },
    text(chunk) {
      stream.extend(chunk);
      if (turnId !== null) return;
      cancelLateClose();
      cancelLateClose = scheduler.after(limits.lateTextCloseMs, () => {
        if (turnId === null) stream.close(false);
      });
    },
    tool(change) {
      if (!tools.has(change.toolCallId)) stream.close(false);
      return tools.change(change);
    },
    notice(level, text, detail = null) {
      append({ kind: 'notice', level, text, detail });
    },
    unknown(source, raw) {
      append({
        kind: 'unknown',
        source,
        raw: beginningOf(raw, limits.toolOutputInlineBytesMax),
      });
    },
    append,
    get doing() {
      const title = tools.doing;
      if (title !== null && title !== '') return title;
      return stream.growing === null
        ? null
        : stream.growing === 'thought'
          ? 'Thinks'
          : 'Writes an answer';
    },
    get turnId() {
      return turnId;
    },
  };
}
