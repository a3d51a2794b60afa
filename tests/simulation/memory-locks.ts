import type { Locks } from '#lib/sync/tab-life.ts';

interface Request {
  readonly name: string;
  readonly grant: () => void;
}

/** Web Locks of one simulated browser, exclusive ones only, as far as tabs use them; a tab that dies lets go of its own. */
export class MemoryLocks {
  readonly #held = new Map<string, object>();
  readonly #dead = new WeakSet<object>();
  #waiting: (Request & { readonly owner: object })[] = [];

  /** @param owner the tab */
  for(owner: object): Locks {
    const request = async (
      name: string,
      optionsOrTask: LockOptions | ((lock: Lock | null) => unknown),
      maybeTask?: (lock: Lock | null) => unknown,
    ): Promise<unknown> => {
      const task = typeof optionsOrTask === 'function' ? optionsOrTask : maybeTask;
      const options = typeof optionsOrTask === 'function' ? {} : optionsOrTask;
      if (task === undefined) throw new TypeError('expected a task');
      // What a dead tab had begun goes on only in this simulation, and gets nothing any more.
      if (this.#dead.has(owner)) return await new Promise(() => undefined);
      if (options.ifAvailable === true && this.#held.has(name)) return await task(null);
      if (this.#held.has(name))
        await new Promise<void>((grant, reject) => {
          const waiting = { name, owner, grant };
          this.#waiting.push(waiting);
          options.signal?.addEventListener('abort', () => {
            this.#waiting = this.#waiting.filter((other) => other !== waiting);
            reject(new DOMException('aborted', 'AbortError'));
          });
        });
      this.#held.set(name, owner);
      try {
        return await task({ name, mode: 'exclusive' });
      } finally {
        this.#release(name, owner);
      }
    };
    return {
      request,
      query: () =>
        Promise.resolve({
          held: [...this.#held.keys()].map((name) => ({ name })),
          pending: [],
        }),
    };
  }

  died(owner: object): void {
    this.#dead.add(owner);
    this.#waiting = this.#waiting.filter((waiting) => waiting.owner !== owner);
    for (const [name, holder] of [...this.#held]) if (holder === owner) this.#release(name, owner);
  }

  #release(name: string, owner: object): void {
    if (this.#held.get(name) !== owner) return;
    this.#held.delete(name);
    const next = this.#waiting.find((waiting) => waiting.name === name);
    if (next === undefined) return;
    this.#waiting = this.#waiting.filter((waiting) => waiting !== next);
    // Held from this moment on, so that nobody slips in before the task runs.
    this.#held.set(name, next.owner);
    next.grant();
  }
}
