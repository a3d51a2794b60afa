import type { Clock, Random, Scheduler } from '#lib/domain/clock.ts';
import { createContext } from 'svelte';

/** Time and chance as the app gets them; tests pass their own. */
export interface Environment {
  readonly clock: Clock;
  readonly random: Random;
  readonly scheduler: Scheduler;
}

export const [getEnvironment, setEnvironment] = createContext<Environment>();
