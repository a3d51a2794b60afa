import type { Clock } from '#lib/domain/clock.ts';
import { reasonOf } from '#lib/domain/failure.ts';
import type { RunState } from '#lib/domain/session.ts';
import type { QueuedPrompt, SessionRecord } from '../../journal/session-record.ts';
import type { Storage } from '../../storage/contract.ts';
import type { TreeSnapshot } from '../git/tree-snapshot.ts';
import type { HandoverBook } from './handover-book.ts';
import type { IndexEntry } from './index-entry.ts';
import type { GoneWhy, PermissionDesk } from './permission-desk.ts';
import { promptFor, type PromptContent } from './prompt-content.ts';
import { runningRun } from './public-run.ts';
import type { SessionEvent, Turn, TurnOutcome } from './session-machine.ts';
import { titleFrom, untitled } from './session-title.ts';
import type { SessionTree } from './session-tree.ts';
import type { TurnRecorder } from './turn-recorder.ts';

/** The beginning and the end of a turn, on disk before what follows from it. */
export interface SessionTurns {
  /** Writes receipt and prompt of a turn. Nothing is given to the agent before the event that this yields. */
  sign(turn: Turn): Promise<SessionEvent | null>;
  /** What the agent is to be given for the turn that was signed; `null` when it is over. */
  content(): Promise<PromptContent | null>;
  /** Writes how a turn ended, with what it changed. */
  close(turn: Turn, outcome: TurnOutcome): Promise<void>;
  /** Writes the end of a turn because the bridge stops, if it had begun. */
  interrupt(turn: Turn): void;
}

export function createSessionTurns(deps: {
  readonly record: SessionRecord;
  readonly recorder: TurnRecorder;
  readonly book: HandoverBook;
  readonly tree: SessionTree;
  readonly desk: PermissionDesk;
  readonly entry: IndexEntry;
  readonly storage: Pick<Storage, 'blob'>;
  readonly clock: Clock;
  readonly showRun: (run: RunState) => void;
  readonly isClosed: () => boolean;
  readonly onNotWritten: (error: unknown) => void;
  /** What a full disk adds to the end of the turn that it stopped. */
  readonly amended: (outcome: TurnOutcome) => TurnOutcome;
}): SessionTurns {
  const { record, recorder, book, tree, desk, entry, clock } = deps;
  let handing: QueuedPrompt | null = null;
  let before: TreeSnapshot | null = null;

  const begin = (turn: Turn, queued: QueuedPrompt): void => {
    const { prompt, author, arrivedAt } = queued;
    handing = queued;
    recorder.beginTurn(turn.turnId);
    const item = recorder.append({
      kind: 'prompt',
      promptId: prompt.id,
      text: prompt.text,
      blobs: prompt.blobs,
      author,
      writtenAt: prompt.writtenAt,
      arrivedAt,
    });
    book.sign(turn, queued, item.id);
    const title = entry.info.title === untitled ? titleFrom(prompt.text) : entry.info.title;
    entry.change({ title }, { turns: turn.number });
    deps.showRun(runningRun(turn, turn.startedAt, false));
  };

  const recordEnd = (turn: Turn, outcome: TurnOutcome, filesChanged: number | null): void => {
    recorder.append({
      kind: 'turn_end',
      number: turn.number,
      stopReason: outcome.stopReason,
      startedAt: turn.startedAt,
      filesChanged,
      message: outcome.message,
    });
    recorder.leaveTurn();
    book.settle(turn, outcome.prompt);
    deps.showRun({ kind: 'idle', since: clock.now() });
  };

  return {
    async sign(turn) {
      before = await tree.snapshot();
      // Looked up again at the last moment: until here it could be edited, moved or withdrawn.
      const next = await book.next();
      if (deps.isClosed()) return null;
      if (next.kind !== 'ready' || next.queued.prompt.id !== turn.promptId)
        return { type: 'withdrawn' };
      begin(turn, next.queued);
      try {
        await record.durable();
        return { type: 'handed' };
      } catch (error) {
        book.hold();
        return {
          type: 'not_handed',
          message: `The bridge could not write the receipt, so the agent was not given this prompt. ${reasonOf(error)}`,
        };
      }
    },

    async content() {
      if (handing === null) return null;
      return promptFor(handing.prompt, desk.takeReasons(), deps.storage);
    },

    async close(turn, outcome) {
      handing = null;
      desk.voidAll(goneWhy(outcome));
      const broken = outcome.stopReason === 'agent_failed';
      const reported = recorder.closeGrowing({
        cut: broken || outcome.stopReason === 'cancelled',
        unfinished: broken ? 'failed' : 'cancelled',
      });
      // What the agent said last has to be on disk before its turn is said to be over without a gap.
      const recorded = record.durable().catch(deps.onNotWritten);
      const filesChanged = await tree.changedFiles(before, reported);
      await recorded;
      if (deps.isClosed()) return;
      before = null;
      recorder.closeGrowing({ cut: false, unfinished: 'cancelled' });
      recordEnd(turn, deps.amended(outcome), filesChanged);
      await record.durable().catch(deps.onNotWritten);
    },

    interrupt(turn) {
      if (recorder.turnId !== turn.turnId) return;
      recordEnd(
        turn,
        {
          stopReason: 'interrupted',
          message: 'The bridge was stopped in the middle of this turn.',
          prompt: 'interrupted',
        },
        null,
      );
    },
  };
}

function goneWhy(outcome: TurnOutcome): GoneWhy {
  if (outcome.stopReason === 'cancelled') return 'cancelled';
  return outcome.prompt === 'interrupted' ? 'agent_ended' : 'turn_ended';
}
