/**
 * Tells when everything that was begun so far is on disk. A failure is told to everybody who asks after it was begun, until
 * one of them was answered; what is begun later is judged by itself.
 */
export class DurableLedger {
  readonly #pending = new Map<number, Promise<void>>();
  readonly #failures = new Map<number, unknown>();
  #begun = 0;
  #told = 0;
  #asking = 0;

  note(work: Promise<void>): void {
    this.#begun += 1;
    const n = this.#begun;
    const noted = work
      .catch((error: unknown) => {
        this.#failures.set(n, error);
      })
      .finally(() => {
        this.#pending.delete(n);
      });
    this.#pending.set(n, noted);
  }

  /** @throws what the first failed work since the last answer failed with */
  async durable(): Promise<void> {
    const from = this.#told;
    const to = this.#begun;
    this.#asking += 1;
    await Promise.all([...this.#pending].filter(([n]) => n <= to).map(([, work]) => work));
    const failed = [...this.#failures].find(([n]) => n > from && n <= to);
    this.#told = Math.max(this.#told, to);
    this.#asking -= 1;
    if (this.#asking === 0)
      for (const n of [...this.#failures.keys()]) if (n <= this.#told) this.#failures.delete(n);
    if (failed !== undefined) throw failed[1];
  }
}
