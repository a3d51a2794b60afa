import type { Random } from './clock.ts';

/** Delays between delivery attempts, in milliseconds; after the fifth the entry waits for a person or the next connection. */
export const retryDelaysMs = [1000, 2000, 5000, 10_000, 30_000] as const;

/** The share of a delay that jitter may add, so that many devices do not return in one instant. */
const jitterShare = 0.25;

/**
 * The wait after `attempts` failed attempts (1 after the first failure), with up to 25 % jitter on top.
 *
 * @returns milliseconds, or `null` when the plan is used up and the entry waits for the user or the next connection.
 */
export function retryDelay(attempts: number, random: Random): number | null {
  const base = retryDelaysMs[attempts - 1];
  return base === undefined ? null : withJitter(base, random);
}

/** Like {@link retryDelay}, but stays at the last delay for ever: for connections, which never give up. */
export function reconnectDelay(attempts: number, random: Random): number {
  const index = Math.min(Math.max(attempts, 1), retryDelaysMs.length) - 1;
  return withJitter(retryDelaysMs[index] ?? 30_000, random);
}

function withJitter(baseMs: number, random: Random): number {
  return Math.round(baseMs * (1 + jitterShare * random.next()));
}
