import * as z from 'zod/mini';
import type { Cancel, Scheduler } from '#lib/domain/clock.ts';
import { epochSchema, type Epoch } from '#lib/domain/ids.ts';
import type { BridgeHttp } from './bridge-http.ts';
import type { DeviceOutbox } from './outbox.ts';
import { afterOperation } from './outbox-entries.ts';
import type { Tables } from './tables.ts';

const cursorSchema = z.object({ epoch: epochSchema, after: z.number() });

/** How often the feed is asked while something that was accepted is not settled. */
const askEveryMs = 2000;

export interface FeedOptions {
  readonly tables: Tables;
  readonly http: BridgeHttp;
  readonly outbox: DeviceOutbox;
  readonly scheduler: Scheduler;
  readonly epoch: () => Epoch | null;
  readonly isOnline: () => boolean;
  readonly position: (epoch: Epoch, seq: number) => void;
  /** The bridge is in another epoch than this device thought. */
  readonly otherEpoch: () => void;
}

/** Learns from the bridge's feed of operations, by cursor, what became of accepted commands. */
export class OperationsFeed {
  readonly #options: FeedOptions;
  #running = false;
  #stopped = false;
  #cancel: Cancel = () => undefined;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  /** Reads what is new, and goes on while something accepted is not settled. */
  async read(): Promise<void> {
    if (this.#running || this.#stopped) return;
    this.#running = true;
    this.#cancel();
    try {
      while (await this.#readPage());
    } finally {
      this.#running = false;
    }
    const isOpen = this.#options.outbox.entries.read().some(({ state }) => state === 'accepted');
    if (isOpen && this.#options.isOnline() && !this.#stopped)
      this.#cancel = this.#options.scheduler.after(askEveryMs, () => {
        void this.read();
      });
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  /** @returns whether there may be more */
  async #readPage(): Promise<boolean> {
    const { http, isOnline, otherEpoch, outbox, position, tables } = this.#options;
    const epoch = this.#options.epoch();
    if (epoch === null || !isOnline() || this.#stopped) return false;
    // Nothing of ours is open: what others did is read in the documents, and the cursor may stay behind.
    if (!outbox.entries.read().some(({ state }) => state === 'accepted')) return false;
    const after = await this.#cursor(epoch);
    const answer = await http.operations(epoch, after);
    if (answer.kind === 'refusal' && answer.failure.code === 'conflict') otherEpoch();
    if (answer.kind !== 'answer') return false;
    const { next, operations } = answer.value;
    const byId = new Map(operations.map((operation) => [operation.id, operation]));
    await outbox.updateAll((entry) => {
      const operation = byId.get(entry.command.id);
      return operation === undefined ? entry : (afterOperation(entry, operation) ?? entry);
    });
    position(epoch, next);
    await tables.transact(['facts'], (transaction) => {
      transaction.put('facts', 'feed', { epoch, after: next });
    });
    // A guest's page may hold nothing for it and still not be the last.
    return next > after;
  }

  async #cursor(epoch: Epoch): Promise<number> {
    const stored = cursorSchema.safeParse(
      await this.#options.tables.transact(['facts'], (transaction) =>
        transaction.get('facts', 'feed'),
      ),
    );
    return stored.success && stored.data.epoch === epoch ? stored.data.after : 0;
  }
}
