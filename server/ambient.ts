import { randomBytes } from 'node:crypto';
import type { Clock, Random, Scheduler } from '#lib/domain/clock.ts';

/** The machine's clock, chance and timers; everything else of the bridge is given them (src/lib/domain/clock.ts). */
export interface Ambient {
  readonly clock: Clock;
  readonly random: Random;
  readonly scheduler: Scheduler;
}

export const systemAmbient: Ambient = {
  clock: { now: () => Date.now() },
  random: {
    bytes: (length) => new Uint8Array(randomBytes(length)),
    next: () => randomBytes(4).readUInt32BE() / 2 ** 32,
  },
  scheduler: {
    after(delayMs, task) {
      const timer = setTimeout(task, delayMs);
      return () => {
        clearTimeout(timer);
      };
    },
  },
};
