import { createContext } from 'svelte';
import type { Timing } from './timing.ts';

/** At most one polite sentence in this time; of those that came meanwhile the last wins. */
const politeEveryMs = 2000;

/**
 * What screen readers are told outside of focus. Polite: what went on. Assertive: needs you, conflict, failed, storage full.
 */
export class Announcer {
  #polite = $state('');
  #assertive = $state('');
  #next: string | null = null;
  #waits = false;
  readonly #timing: Timing;

  constructor(timing: Timing) {
    this.#timing = timing;
  }

  get politeText(): string {
    return this.#polite;
  }

  get assertiveText(): string {
    return this.#assertive;
  }

  polite(sentence: string): void {
    if (this.#waits) {
      this.#next = sentence;
      return;
    }
    this.#polite = again(this.#polite, sentence);
    this.#waits = true;
    this.#timing.after(politeEveryMs, () => {
      this.#waits = false;
      const next = this.#next;
      this.#next = null;
      if (next !== null) this.polite(next);
    });
  }

  assertive(sentence: string): void {
    this.#assertive = again(this.#assertive, sentence);
  }
}

/** A region is read when its text changes: the same sentence again needs a difference that is not heard. */
const again = (before: string, sentence: string): string =>
  before === sentence ? `${sentence}\u00a0` : sentence;

export const [getAnnouncer, setAnnouncer] = createContext<Announcer>();
