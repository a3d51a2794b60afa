import type { Scheduler } from '#lib/domain/clock.ts';
import { reasonOf } from '#lib/domain/failure.ts';
import { limits } from '#lib/domain/limits.ts';
import type { Log } from './storage/log.ts';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The process that is to end; a test has one of its own. */
export interface EndingProcess {
  on(signal: (typeof signals)[number], listener: (signal: NodeJS.Signals) => void): unknown;
  exit(code: number): void;
}

/**
 * The first signal stops the bridge in order and ends the process with 0; a second one ends it at once. What does not end in
 * time is left behind: nothing that was acknowledged can be lost by it, since that is on disk.
 *
 * @param stop what there is to stop, once it has started; a start that failed ends the process by itself
 */
export function stopOnSignals(
  stop: Promise<() => Promise<void>>,
  scheduler: Scheduler,
  log: Log,
  process: EndingProcess,
): void {
  let stopping = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (stopping) {
      process.exit(signal === 'SIGINT' ? 130 : 143);
      return;
    }
    stopping = true;
    log.info({ signal }, 'stopping');
    scheduler.after(limits.stopMsMax, () => {
      log.warn({}, 'not everything stopped in time');
      process.exit(0);
    });
    stop
      .then((run) => run())
      .catch((error: unknown) => {
        log.error({ reason: reasonOf(error) }, 'stopping failed');
      })
      .finally(() => {
        process.exit(0);
      });
  };
  for (const signal of signals) process.on(signal, onSignal);
}
