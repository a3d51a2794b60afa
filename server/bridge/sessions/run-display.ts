import type { Clock } from '#lib/domain/clock.ts';
import { limits } from '#lib/domain/limits.ts';
import type { RunState } from '#lib/domain/session.ts';
import type { SessionRecord } from '../../journal/session-record.ts';
import type { IndexEntry } from './index-entry.ts';
import type { PermissionDesk } from './permission-desk.ts';
import { publicRun } from './public-run.ts';
import type { Phase } from './session-machine.ts';
import type { TurnRecorder } from './turn-recorder.ts';

/** Shows the run of a session: in its state and in the index. Progress is told at most every `limits.progressEveryMs`. */
export interface RunDisplay {
  show(run: RunState): void;
  phase(phase: Phase): void;
  /** @returns whether it was told this time */
  progress(phase: Phase): boolean;
  permissions(): void;
}

export function createRunDisplay(deps: {
  readonly record: Pick<SessionRecord, 'put'>;
  readonly recorder: Pick<TurnRecorder, 'doing'>;
  readonly desk: Pick<PermissionDesk, 'open' | 'needs'>;
  readonly entry: IndexEntry;
  readonly clock: Clock;
}): RunDisplay {
  const { entry, clock } = deps;
  let progressAt = 0;
  let shown = '';

  const needs = (run: string): string | null =>
    deps.desk.needs ?? (run === 'login_needed' ? 'Needs a login' : null);

  const show = (run: RunState): void => {
    const text = JSON.stringify(run);
    if (text === shown) return;
    shown = text;
    deps.record.put('run', run);
    entry.change({
      run: run.kind,
      endedMessage: run.kind === 'ended' || run.kind === 'login_needed' ? run.message : null,
      doing: run.kind === 'running' ? deps.recorder.doing : null,
      needs: needs(run.kind),
    });
  };

  const phase = (now: Phase): void => {
    if (now.kind === 'running') progressAt = Math.max(progressAt, now.turn.startedAt);
    const run = publicRun(now, progressAt);
    if (run !== null) show(run);
  };

  return {
    show,
    phase,
    progress(current) {
      const now = clock.now();
      entry.touch({ doing: deps.recorder.doing, lastActivityAt: now });
      if (now - progressAt < limits.progressEveryMs) return false;
      progressAt = now;
      phase(current);
      return true;
    },
    permissions() {
      entry.change({ openPermissions: deps.desk.open, needs: needs(entry.info.run) });
    },
  };
}
