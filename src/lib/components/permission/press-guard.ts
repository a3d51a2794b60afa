import { limits } from '#lib/domain/limits.ts';

/**
 * Lets presses through only when what is pressed has stood still for a while: a card that has just appeared or moved may be
 * under a finger that meant something else.
 */
export class PressGuard {
  readonly #now: () => number;
  #since: number;
  #place: string | null = null;

  constructor(now: () => number) {
    this.#now = now;
    this.#since = now();
  }

  /** To be told where the element is, whenever it may have moved. */
  placed({ top, left }: { readonly top: number; readonly left: number }): void {
    const place = `${String(Math.round(top))} ${String(Math.round(left))}`;
    if (place === this.#place) return;
    this.#place = place;
    this.#since = this.#now();
  }

  /** Something else stands in its place now. */
  changed(): void {
    this.#since = this.#now();
  }

  get open(): boolean {
    return this.#now() - this.#since >= limits.pressGuardMs;
  }
}
