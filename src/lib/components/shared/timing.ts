import { createContext } from 'svelte';

/** Time for components that know no domain: set once by the root layout, by hand in tests. */
export interface Timing {
  /** Milliseconds since 1970; reactive: what reads it in a template is brought up to date about every second. */
  readonly now: number;
  /** Runs `task` once after `delayMs`; @returns what cancels it */
  after(delayMs: number, task: () => void): () => void;
}

export const [getTiming, setTiming] = createContext<Timing>();
