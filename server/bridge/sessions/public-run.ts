import { assertNever } from '#lib/domain/failure.ts';
import type { RunState } from '#lib/domain/session.ts';
import type { Phase, Turn } from './session-machine.ts';

/** What devices are told of a phase; `null` where what they were told last still holds. */
export function publicRun(phase: Phase, progressAt: number): RunState | null {
  switch (phase.kind) {
    case 'none':
      return phase;
    case 'ended': {
      const { kind, code, signal, message, at } = phase;
      return { kind, code, signal, message, at };
    }
    case 'login_needed':
      return phase;
    case 'starting':
    case 'idle':
      return { kind: phase.kind, since: phase.since };
    case 'running':
      return runningRun(phase.turn, progressAt, phase.cut !== null);
    case 'handing':
    case 'closing':
    case 'stopping':
      return null;
    default:
      return assertNever(phase);
  }
}

export const runningRun = (turn: Turn, progressAt: number, stopping: boolean): RunState => ({
  kind: 'running',
  turnId: turn.turnId,
  turn: turn.number,
  since: turn.startedAt,
  progressAt,
  stopping,
});
