import { assertNever } from '#lib/domain/failure.ts';
import type { LiveItem, TranscriptItem } from '#lib/domain/transcript.ts';
import type { LeftState, SessionRecord } from '../../journal/session-record.ts';
import type { HandoverBook } from './handover-book.ts';
import type { Turn } from './session-machine.ts';
import { finishedText } from './text-stream.ts';
import type { TurnRecorder } from './turn-recorder.ts';

/**
 * Closes what an earlier life of the bridge left open, so that the record is whole: growing items are cut, open requests are
 * gone, a turn that ran is interrupted and its prompt offered again.
 *
 * @returns the number of the newest turn that the state knows of
 */
export async function closeLeft(deps: {
  readonly record: SessionRecord;
  readonly recorder: TurnRecorder;
  readonly book: HandoverBook;
  readonly turns: number;
  readonly now: () => number;
}): Promise<number> {
  const { record, recorder, book, now } = deps;
  const live = await record.leftLive();
  const left = await record.leftState();
  await book.open(left.receipts);

  const turn = runningTurn(left);
  if (turn !== null) recorder.beginTurn(turn.turnId);
  for (const { item, text } of live) record.closeLive(item.id, cutItem(item, text, now()));
  for (const request of left.openPermissions) {
    const outcome = { kind: 'gone', why: 'bridge_restarted', at: now() } as const;
    record.putPermission({ ...request, outcome });
    recorder.append({
      kind: 'permission',
      permissionId: request.id,
      subject: request.subject,
      outcome,
    });
  }
  for (const receipt of left.receipts) {
    if (receipt.state !== 'handed') continue;
    const { turnId, promptId } = receipt;
    book.settle({ turnId, promptId, number: 0, startedAt: 0 }, 'interrupted');
  }
  if (turn !== null)
    recorder.append({
      kind: 'turn_end',
      number: turn.number,
      stopReason: 'interrupted',
      startedAt: turn.startedAt,
      filesChanged: null,
      message: 'The bridge was restarted in the middle of this turn.',
    });
  recorder.leaveTurn();
  if (left.run !== null && left.run.kind !== 'ended' && left.run.kind !== 'login_needed')
    record.put('run', { kind: 'none' });
  return Math.max(deps.turns, turn?.number ?? 0);
}

/** What a session that was just created says of itself. */
export function putFirstState(record: SessionRecord): void {
  record.put('run', { kind: 'none' });
  record.put('plan', []);
  record.put('mode', { current: null, available: [] });
  record.put('commands', []);
  record.put('usage', null);
  record.put('paths', []);
}

function runningTurn({ run, receipts }: LeftState): Turn | null {
  if (run?.kind !== 'running') return null;
  const receipt = receipts.find(({ turnId }) => turnId === run.turnId);
  if (receipt === undefined) return null;
  return {
    turnId: run.turnId,
    number: run.turn,
    startedAt: run.since,
    promptId: receipt.promptId,
  };
}

function cutItem(item: LiveItem, text: string, now: number): TranscriptItem {
  switch (item.kind) {
    case 'answer':
    case 'thought':
      return finishedText(item, item.kind, text, true, now);
    case 'tool':
      return { ...item, call: { ...item.call, status: 'failed', endedAt: now } };
    default:
      return assertNever(item);
  }
}
