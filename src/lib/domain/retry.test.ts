import { describe, expect, test } from 'vitest';
import { reconnectDelay, retryDelay, retryDelaysMs } from './retry.ts';

const never = { bytes: () => new Uint8Array(), next: () => 0 };
const most = { bytes: () => new Uint8Array(), next: () => 0.999 };

describe('retry', () => {
  test('five retries after 1, 2, 5, 10 and 30 s, then it waits for a person or the next connection', () => {
    expect([1, 2, 3, 4, 5, 6].map((attempts) => retryDelay(attempts, never))).toEqual([
      ...retryDelaysMs,
      null,
    ]);
  });

  test('jitter only ever adds, and at most a quarter', () => {
    for (const [index, base] of retryDelaysMs.entries()) {
      const delay = retryDelay(index + 1, most) ?? 0;
      expect(delay).toBeGreaterThan(base);
      expect(delay).toBeLessThanOrEqual(base * 1.25);
    }
  });

  test('a connection stays at 30 s and never gives up', () => {
    expect(reconnectDelay(0, never)).toBe(1000);
    expect(reconnectDelay(5, never)).toBe(30_000);
    expect(reconnectDelay(5000, never)).toBe(30_000);
  });
});
