import type { FailureError } from '#lib/domain/failure.ts';
import type { Write } from './contract.ts';

/** One call of `commit` that waits for its place on disk. */
export interface WaitingBatch {
  readonly writes: readonly Write[];
  readonly resolve: () => void;
  readonly reject: (error: FailureError) => void;
}

/** What became of each batch of a group, in its order: `null` is on disk, an error is wholly absent. */
export type GroupOutcome = readonly (FailureError | null)[];

/**
 * Collects the batches of one macrotask, so that they share one disk sync. A full disk fails every batch that waits: a later
 * one that happened to fit could stand on one that did not.
 */
export class GroupCommit {
  readonly #write: (batches: readonly WaitingBatch[]) => GroupOutcome;
  #waiting: WaitingBatch[] = [];
  #planned = false;
  /** Set from a full disk until everybody who waited was told. */
  #refused: FailureError | null = null;
  #idle: (() => void)[] = [];

  constructor(write: (batches: readonly WaitingBatch[]) => GroupOutcome) {
    this.#write = write;
  }

  commit(writes: readonly Write[]): Promise<void> {
    if (this.#refused !== null) return Promise.reject(this.#refused);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ writes, resolve, reject });
      if (this.#planned) return;
      this.#planned = true;
      setImmediate(() => {
        this.#flush();
      });
    });
  }

  /** Resolves when nothing waits any more. */
  drained(): Promise<void> {
    if (this.#waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  #flush(): void {
    this.#planned = false;
    const group = this.#waiting;
    this.#waiting = [];
    const outcome = this.#write(group);
    group.forEach((batch, index) => {
      const error = outcome[index] ?? null;
      if (error === null) batch.resolve();
      else batch.reject(error);
    });
    this.#refuseWhileTold(outcome);
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  #refuseWhileTold(outcome: GroupOutcome): void {
    const full = outcome.find((error) => error?.failure.code === 'disk_full') ?? null;
    if (full === null) return;
    this.#refused = full;
    setImmediate(() => {
      this.#refused = null;
    });
  }
}
