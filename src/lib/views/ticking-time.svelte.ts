import { createSubscriber } from 'svelte/reactivity';
import type { Environment } from './environment.ts';

const tickMs = 1000;

/** The present as components read it: brought up to date every second while something shows it. */
export interface TickingTime {
  readonly now: number;
  after(delayMs: number, task: () => void): () => void;
}

export function tickingTime({ clock, scheduler }: Environment): TickingTime {
  const subscribe = createSubscriber((update) => {
    let cancel = (): void => undefined;
    const plan = (): void => {
      cancel = scheduler.after(tickMs, () => {
        update();
        plan();
      });
    };
    plan();
    return () => {
      cancel();
    };
  });
  return {
    get now() {
      subscribe();
      return clock.now();
    },
    after: (delayMs, task) => scheduler.after(delayMs, task),
  };
}
