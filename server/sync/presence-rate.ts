import type { Cancel, Clock, Scheduler } from '#lib/domain/clock.ts';
import { limits } from '#lib/domain/limits.ts';
import type { RoomMember } from './room-member.ts';

interface Window {
  readonly since: number;
  count: number;
  latest: (() => void) | null;
  cancel: Cancel | null;
}

const windowMs = 1000;

/** Bounds how often a member's presence is passed on; the latest state always is, at the end of its second if not at once. */
export class PresenceRate {
  readonly #clock: Clock;
  readonly #scheduler: Scheduler;
  readonly #windows = new Map<RoomMember, Window>();

  constructor(clock: Clock, scheduler: Scheduler) {
    this.#clock = clock;
    this.#scheduler = scheduler;
  }

  admit(member: RoomMember, pass: () => void): void {
    const now = this.#clock.now();
    const known = this.#windows.get(member);
    const window =
      known === undefined || (known.cancel === null && now - known.since >= windowMs)
        ? { since: now, count: 0, latest: null, cancel: null }
        : known;
    this.#windows.set(member, window);
    if (window.count < limits.awarenessPerSecondMax) {
      window.count += 1;
      pass();
      return;
    }
    window.latest = pass;
    window.cancel ??= this.#scheduler.after(window.since + windowMs - now, () => {
      this.#windows.delete(member);
      window.latest?.();
    });
  }

  forget(member: RoomMember): void {
    this.#windows.get(member)?.cancel?.();
    this.#windows.delete(member);
  }
}
