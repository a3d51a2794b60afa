import type { Cancel, Scheduler } from '#lib/domain/clock.ts';
import { limits } from '#lib/domain/limits.ts';
import type { ToolCall, TranscriptItem } from '#lib/domain/transcript.ts';
import type { SessionRecord } from '../../journal/session-record.ts';
import type { ToolChange } from '../agents/contract.ts';
import type { BlobDesk } from './blob-desk.ts';
import { boundedDiffs, finishedOutput, runningOutput } from './bounded-content.ts';
import type { ItemHead } from './item-heads.ts';

/** What happened to a tool call that the turn left unfinished. */
export type Unfinished = 'cancelled' | 'failed';

/**
 * Tool calls of a session as items. An unfinished call is a growing item; a finished one never changes, so a later change of it
 * is a new item with the same `toolCallId`.
 */
export interface ToolRecord {
  /** @returns the call as it is now */
  change(change: ToolChange): ToolCall;
  /** Ends every unfinished call. */
  closeAll(how: Unfinished): void;
  /** Paths of diffs of calls that were completed since this was last asked, as the agent gave them. */
  takeReportedPaths(): readonly string[];
  /** The title of the newest unfinished call. */
  readonly doing: string | null;
  has(toolCallId: string): boolean;
}

interface Known {
  head: ItemHead;
  call: ToolCall;
  /** The whole output so far; `null` once it is kept in the finished item. */
  output: string | null;
  live: boolean;
  cancelFlush: Cancel | null;
}

export function createToolRecord(deps: {
  readonly record: Pick<SessionRecord, 'openLive' | 'updateLive' | 'closeLive' | 'append'>;
  readonly blobs: BlobDesk;
  readonly nextHead: () => ItemHead;
  readonly now: () => number;
  readonly scheduler: Scheduler;
}): ToolRecord {
  const { record, blobs } = deps;
  const calls = new Map<string, Known>();
  let reported: string[] = [];

  const itemOf = ({ head, call }: Known): TranscriptItem & { kind: 'tool' } => ({
    ...head,
    kind: 'tool',
    call,
  });

  const flush = (known: Known): void => {
    known.cancelFlush?.();
    known.cancelFlush = null;
    if (known.live) record.updateLive(itemOf(known));
  };

  /** Output alone is written at most every `toolLiveUpdateMs`; each write replaces the one before. */
  const flushSoon = (known: Known): void => {
    known.cancelFlush ??= deps.scheduler.after(limits.toolLiveUpdateMs, () => {
      flush(known);
    });
  };

  const finish = (known: Known): void => {
    known.cancelFlush?.();
    known.cancelFlush = null;
    const output = known.output === null ? known.call.output : finishedOutput(known.output, blobs);
    known.output = null;
    known.call = { ...known.call, output, endedAt: known.call.endedAt ?? deps.now() };
    if (known.call.status === 'completed')
      reported.push(...known.call.diffs.map((diff) => diff.path));
    if (known.live) record.closeLive(known.head.id, itemOf(known));
    else record.append(itemOf(known));
    known.live = false;
  };

  const begin = (change: ToolChange): Known => {
    const known: Known = {
      head: deps.nextHead(),
      call: changed(emptyCall(change.toolCallId, deps.now()), change, blobs),
      output: change.output ?? null,
      live: false,
      cancelFlush: null,
    };
    forgetOldest(calls);
    calls.set(change.toolCallId, known);
    return known;
  };

  const open = (known: Known): void => {
    known.live = true;
    record.openLive(itemOf(known));
  };

  return {
    change(change) {
      const before = calls.get(change.toolCallId);
      const wasLive = before?.live === true;
      const known = before ?? begin(change);
      if (before !== undefined) {
        const next = changed(before.call, change, blobs);
        const sameOutput = change.output === undefined || change.output === before.output;
        if (sameOutput && sameCall(before.call, next)) return before.call;
        if (!wasLive) before.head = deps.nextHead();
        before.call = next;
        before.output = change.output ?? before.output;
      }
      if (known.output !== null && !isFinished(known.call))
        known.call = { ...known.call, output: runningOutput(known.output) };
      if (isFinished(known.call)) finish(known);
      else if (!wasLive) {
        known.call = { ...known.call, endedAt: null };
        open(known);
      } else if (onlyOutput(change)) flushSoon(known);
      else flush(known);
      return known.call;
    },
    closeAll(how) {
      for (const known of calls.values()) {
        if (!known.live) continue;
        known.call = { ...known.call, status: how };
        finish(known);
      }
    },
    takeReportedPaths() {
      const taken = [...new Set(reported)];
      reported = [];
      return taken;
    },
    get doing() {
      return [...calls.values()].findLast((known) => known.live)?.call.title ?? null;
    },
    has: (toolCallId) => calls.has(toolCallId),
  };
}

const isFinished = (call: ToolCall): boolean =>
  call.status !== 'pending' && call.status !== 'in_progress';

const onlyOutput = (change: ToolChange): boolean =>
  Object.keys(change).every((key) => key === 'toolCallId' || key === 'output');

const sameCall = (one: ToolCall, other: ToolCall): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

const emptyCall = (toolCallId: string, startedAt: number): ToolCall => ({
  toolCallId,
  title: '',
  toolKind: 'other',
  status: 'pending',
  command: null,
  locations: [],
  diffs: [],
  output: null,
  exitCode: null,
  startedAt,
  endedAt: null,
});

/** Given fields replace (ACP: upsert by id, whichever comes first). */
function changed(call: ToolCall, change: ToolChange, blobs: BlobDesk): ToolCall {
  return {
    ...call,
    title: change.title ?? call.title,
    toolKind: change.toolKind ?? call.toolKind,
    status: change.status ?? call.status,
    command: change.command ?? call.command,
    locations:
      change.locations?.slice(0, limits.toolLocationsMax).map((place) => ({ ...place })) ??
      call.locations,
    diffs: change.diffs === undefined ? call.diffs : boundedDiffs(change.diffs, blobs),
    exitCode: change.exitCode ?? call.exitCode,
  };
}

/** Calls of long ago are forgotten, so that a change of one of them begins it anew; those that run are kept. */
function forgetOldest(calls: Map<string, Known>): void {
  if (calls.size < limits.agentToolsRemembered) return;
  for (const [id, known] of calls) {
    if (known.live) continue;
    calls.delete(id);
    return;
  }
}
