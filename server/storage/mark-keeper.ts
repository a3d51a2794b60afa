import type { Cancel, Scheduler } from '#lib/domain/clock.ts';
import { reasonOf } from '#lib/domain/failure.ts';
import { limits } from '#lib/domain/limits.ts';
import { writeHighWaterMark, type HighWaterMark } from './high-water-mark.ts';
import type { Log } from './log.ts';

interface Options {
  readonly path: string;
  readonly value: () => HighWaterMark;
  readonly log: Log;
  readonly scheduler: Scheduler | null;
}

/**
 * Writes the high-water mark every `limits.markCommitsMax` commits, when commits pause, and at the end. A rollback by fewer
 * commits than that, with a kill in between, is what the mark cannot see; clients see it by the position they know.
 */
export class MarkKeeper {
  readonly #options: Options;
  #commits = 0;
  #planned: Cancel | null = null;

  constructor(options: Options) {
    this.#options = options;
  }

  committed(): void {
    this.#commits += 1;
    if (this.#commits >= limits.markCommitsMax) {
      this.write();
      return;
    }
    if (this.#options.scheduler === null || this.#planned !== null) return;
    this.#planned = this.#options.scheduler.after(limits.markIdleMs, () => {
      this.#planned = null;
      this.write();
    });
  }

  /** A mark that cannot be written (a full disk) is tried again after the next commits; the database does not wait for it. */
  write(): void {
    this.#commits = 0;
    try {
      writeHighWaterMark(this.#options.path, this.#options.value());
    } catch (error) {
      this.#options.log.error(
        { reason: reasonOf(error) },
        'the high-water mark could not be written: a rollback of the database may go unseen',
      );
    }
  }

  close(): void {
    this.#planned?.();
    this.#planned = null;
    this.write();
  }
}
