import type { Clock } from '#lib/domain/clock.ts';

const windowMs = 60_000;
const addressesMax = 1024;

/** Counts failures per remote address in windows of a minute. What succeeds is never counted, so a lock-out of others is not possible by use. */
export class RateLimit {
  readonly #clock: Clock;
  readonly #perMinute: number;
  readonly #windows = new Map<string, { startedAt: number; count: number }>();

  constructor(clock: Clock, perMinute: number) {
    this.#clock = clock;
    this.#perMinute = perMinute;
  }

  /** Whether the address has used up this minute's failures. */
  isExhausted(address: string): boolean {
    return (this.#current(address)?.count ?? 0) >= this.#perMinute;
  }

  count(address: string): void {
    const current = this.#current(address);
    if (current !== null) {
      current.count += 1;
      return;
    }
    this.#forgetOldest();
    this.#windows.set(address, { startedAt: this.#clock.now(), count: 1 });
  }

  #current(address: string): { startedAt: number; count: number } | null {
    const found = this.#windows.get(address);
    if (found === undefined) return null;
    if (this.#clock.now() - found.startedAt < windowMs) return found;
    this.#windows.delete(address);
    return null;
  }

  /** Maps keep the order of insertion, so the first key is the oldest window. */
  #forgetOldest(): void {
    if (this.#windows.size < addressesMax) return;
    const [oldest] = this.#windows.keys();
    if (oldest !== undefined) this.#windows.delete(oldest);
  }
}
