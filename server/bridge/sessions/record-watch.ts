import type { Cancel, Scheduler } from '#lib/domain/clock.ts';
import { reasonOf } from '#lib/domain/failure.ts';
import { limits } from '#lib/domain/limits.ts';
import type { SessionRecord } from '../../journal/session-record.ts';
import type { TurnOutcome } from './session-machine.ts';

/**
 * Watches whether the record of a session reaches the disk. When it does not, an agent must not go on unrecorded: the session is
 * told at once, and the gap is told in the transcript as soon as something can be written again.
 */
export interface RecordWatch {
  /** Asks the disk; `onGap` follows when it took something not. */
  check(): void;
  /** The record could not be written. */
  failed(error: unknown): void;
  amended(outcome: TurnOutcome): TurnOutcome;
  stop(): void;
}

export function createRecordWatch(deps: {
  readonly record: Pick<SessionRecord, 'durable'>;
  readonly scheduler: Scheduler;
  readonly onGap: () => void;
  readonly tell: (text: string, detail: string) => void;
}): RecordWatch {
  let gap: { readonly reason: string } | null = null;
  let cancelRetry: Cancel = () => undefined;

  const tell = (): void => {
    if (gap === null) return;
    const { reason } = gap;
    deps.tell(
      'The bridge could not write all of what the agent did. What it changed in the directory is there; what is queued waits for a person.',
      reason,
    );
    deps.record.durable().then(
      () => {
        gap = null;
      },
      () => {
        tellLater();
      },
    );
  };

  const tellLater = (): void => {
    cancelRetry();
    cancelRetry = deps.scheduler.after(limits.progressEveryMs, tell);
  };

  const failed = (error: unknown): void => {
    gap ??= { reason: reasonOf(error) };
    tellLater();
    deps.onGap();
  };

  return {
    check() {
      deps.record.durable().catch(failed);
    },
    failed,
    amended: (outcome) =>
      gap === null
        ? outcome
        : {
            ...outcome,
            message: `${outcome.stopReason === 'cancelled' ? 'Stopped, because the' : 'The'} bridge could not write what the agent did: ${gap.reason}`,
          },
    stop() {
      cancelRetry();
    },
  };
}
