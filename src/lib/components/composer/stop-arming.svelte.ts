/** How long a first Esc counts. */
const armedMs = 3000;

/** Esc once says what a second one would do, for 3 s; the second one does it. */
export class StopArming {
  #armed = $state(false);
  #disarm: (() => void) | null = null;
  readonly #after: (delayMs: number, task: () => void) => () => void;

  constructor(after: (delayMs: number, task: () => void) => () => void) {
    this.#after = after;
  }

  get armed(): boolean {
    return this.#armed;
  }

  /** @returns whether this press stops the turn */
  press(): boolean {
    if (this.#armed) {
      this.disarm();
      return true;
    }
    this.#armed = true;
    this.#disarm = this.#after(armedMs, () => {
      this.disarm();
    });
    return false;
  }

  disarm(): void {
    this.#disarm?.();
    this.#disarm = null;
    this.#armed = false;
  }
}
