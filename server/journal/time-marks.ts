import type { Cancel, Clock, Scheduler } from '#lib/domain/clock.ts';
import { reasonOf } from '#lib/domain/failure.ts';
import { limits } from '#lib/domain/limits.ts';
import type { Storage } from '../storage/contract.ts';
import type { Log } from '../storage/log.ts';

export interface TimeMarkParts {
  readonly storage: Pick<Storage, 'allocate' | 'commit'>;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Log;
}

/**
 * Notes the bridge's time at a new position when it starts and every hour, so that the age of what a device had seen is known
 * to the hour without any device's clock (R7).
 */
export class TimeMarks {
  readonly #parts: TimeMarkParts;
  #next: Cancel = () => undefined;

  constructor(parts: TimeMarkParts) {
    this.#parts = parts;
  }

  /** @throws FailureError `disk_full` or `internal` when the first mark cannot be written */
  async begin(): Promise<void> {
    await this.#mark();
    this.#schedule();
  }

  stop(): void {
    this.#next();
  }

  #schedule(): void {
    const { scheduler, log } = this.#parts;
    this.#next = scheduler.after(limits.timeMarkMs, () => {
      this.#mark().catch((error: unknown) => {
        log.error({ reason: reasonOf(error) }, 'the hourly time mark could not be written');
      });
      this.#schedule();
    });
  }

  async #mark(): Promise<void> {
    const { storage, clock } = this.#parts;
    await storage.commit([{ kind: 'time_mark', seq: storage.allocate(), at: clock.now() }]);
  }
}
