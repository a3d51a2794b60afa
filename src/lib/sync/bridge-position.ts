import * as z from 'zod/mini';
import type { Scheduler } from '#lib/domain/clock.ts';
import { epochSchema, type Epoch } from '#lib/domain/ids.ts';
import type { Tables } from './tables.ts';

const positionSchema = z.object({ epoch: epochSchema, seq: z.number() });
export type KnownPosition = z.infer<typeof positionSchema>;

/** How late a position is written: its loss makes a command look older than it is, by no more than this. */
const writeAfterMs = 1000;

/**
 * The furthest position of the bridge that this device has heard of, over all documents and answers: what a command's author had
 * seen, and what a bridge that was rolled back is found by.
 */
export class BridgePosition {
  readonly #tables: Tables;
  readonly #scheduler: Scheduler;
  #known: KnownPosition | null = null;
  #isPlanned = false;

  constructor(tables: Tables, scheduler: Scheduler) {
    this.#tables = tables;
    this.#scheduler = scheduler;
  }

  async load(): Promise<void> {
    const parsed = positionSchema.safeParse(
      await this.#tables.transact(['facts'], (transaction) => transaction.get('facts', 'position')),
    );
    if (parsed.success) this.note(parsed.data.epoch, parsed.data.seq);
  }

  /** The position in that epoch; 0 when nothing of it was heard. */
  in(epoch: Epoch): KnownPosition {
    return this.#known?.epoch === epoch ? this.#known : { epoch, seq: 0 };
  }

  note(epoch: Epoch, seq: number): void {
    if (this.#known?.epoch !== epoch || this.#known.seq < seq) this.set(epoch, seq);
  }

  /** The bridge is there, also if that is behind what it said before. */
  set(epoch: Epoch, seq: number): void {
    this.#known = { epoch, seq };
    if (this.#isPlanned) return;
    this.#isPlanned = true;
    this.#scheduler.after(writeAfterMs, () => {
      this.#isPlanned = false;
      const known = this.#known;
      void this.#tables.transact(['facts'], (transaction) => {
        transaction.put('facts', 'position', known);
      });
    });
  }
}
