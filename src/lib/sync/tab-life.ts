import type { Source } from '#lib/crdt/source.ts';
import { SettableSource } from './settable-source.ts';

/** The tab among the tabs of its browser. */
export interface TabLife {
  /** Random, new with every load of the page. */
  readonly id: string;
  /** At most one tab of a browser leads, except where there are no locks. */
  readonly leading: Source<boolean>;
  /** Ids of the tabs that live. */
  alive(): Promise<ReadonlySet<string>>;
  /** Runs the task while no other tab does. @returns false when another tab is at it: nothing was run */
  alone(name: string, task: () => Promise<void>): Promise<boolean>;
  end(): void;
}

/** What of `navigator.locks` is used. */
export type Locks = Pick<LockManager, 'request' | 'query'>;

const prefix = 'rejoin/tab/';

/**
 * Tabs by Web Locks: each holds one named after itself, which the browser frees when the tab dies however it dies.
 *
 * @param locks `null` where there are none: then every tab leads, and each takes the others for gone, which costs work twice
 * and no edit
 */
export function tabLife(id: string, locks: Locks | null): TabLife {
  const ended = new AbortController();
  const leading = new SettableSource(locks === null);
  const untilEnd = (): Promise<void> =>
    new Promise((resolve) => {
      if (ended.signal.aborted) resolve();
      ended.signal.addEventListener('abort', () => {
        resolve();
      });
    });
  const holding =
    locks === null
      ? Promise.resolve()
      : new Promise<void>((resolve) => {
          locks
            .request(prefix + id, () => {
              resolve();
              return untilEnd();
            })
            .catch(() => {
              resolve();
            });
        });
  locks
    ?.request('rejoin/leader', { signal: ended.signal }, () => {
      leading.set(true);
      return untilEnd();
    })
    .catch(() => undefined);
  return {
    id,
    leading,
    async alive() {
      await holding;
      const held = (await locks?.query())?.held ?? [];
      return new Set([
        id,
        ...held.flatMap(({ name }) =>
          name?.startsWith(prefix) === true ? [name.slice(prefix.length)] : [],
        ),
      ]);
    },
    async alone(name, task) {
      if (locks === null) {
        await task();
        return true;
      }
      return await locks.request(`rejoin/${name}`, { ifAvailable: true }, async (lock) => {
        if (lock === null) return false;
        await task();
        return true;
      });
    },
    end() {
      ended.abort();
    },
  };
}
