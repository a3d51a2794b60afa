/** Wall-clock time for display and for the bridge's own deadlines. No order is ever derived from it on a device (R7). */
export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number;
}

/** A source of randomness; injected so that tests and simulations can repeat a run from its seed. */
export interface Random {
  /** `length` random bytes; cryptographically strong outside of tests. */
  bytes(length: number): Uint8Array;
  /** A number in [0, 1). */
  next(): number;
}

/** Cancels what was scheduled; calling it again, or after the task ran, does nothing. */
export type Cancel = () => void;

/** Delayed work; injected so that tests crank time by hand. */
export interface Scheduler {
  /** Runs `task` once, after at least `delayMs` milliseconds. */
  after(delayMs: number, task: () => void): Cancel;
}
