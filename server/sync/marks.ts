/**
 * The numbers by which one client asks, in one room and connection, whether what it sent so far is on disk (DESIGN 4.4).
 * Answers keep the order of the marks; none is given from a refusal on.
 */
export class Marks {
  readonly #parts: {
    /** Resolves when what was applied so far is on disk. */
    readonly settled: () => Promise<void>;
    /** Whether something that arrived still lacks predecessors. */
    readonly waiting: () => boolean;
    readonly acknowledge: (n: number) => void;
  };
  #last = 0;
  #parked: number[] = [];
  #refusedFrom: number | null = null;

  constructor(parts: {
    readonly settled: () => Promise<void>;
    readonly waiting: () => boolean;
    readonly acknowledge: (n: number) => void;
  }) {
    this.#parts = parts;
  }

  get refused(): boolean {
    return this.#refusedFrom !== null;
  }

  received(n: number): void {
    this.#last = Math.max(this.#last, n);
    if (this.#refusedFrom !== null && n >= this.#refusedFrom) return;
    if (this.#parked.length > 0 || this.#parts.waiting()) this.#parked.push(n);
    else this.#settle(n);
  }

  /** What lacked predecessors was applied: what was asked meanwhile can be answered. */
  released(): void {
    for (const n of this.#parked.splice(0)) this.#settle(n);
  }

  /** @returns the number that the refusal carries, or `null` when the client was told already */
  refuse(): number | null {
    if (this.#refusedFrom !== null) return null;
    this.#refusedFrom = this.#last + 1;
    return this.#refusedFrom;
  }

  #settle(n: number): void {
    this.#parts.settled().then(
      () => {
        this.#parts.acknowledge(n);
      },
      // The room is closed to this client, which asks again from the start.
      () => undefined,
    );
  }
}
