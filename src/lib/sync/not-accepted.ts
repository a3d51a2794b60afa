import * as z from 'zod/mini';
import type { BridgeId } from '#lib/domain/ids.ts';
import { changeLabelSchema } from './change-labels.ts';
import type { NotAccepted } from './contract.ts';
import { SettableSource } from './settable-source.ts';
import type { Tables } from './tables.ts';

const notAcceptedSchema = z.object({
  v: z.literal(1),
  bridgeId: z.string(),
  id: z.string(),
  room: z.string(),
  reason: z.string(),
  at: z.number(),
  changes: z.array(changeLabelSchema),
  update: z.string(),
});

/** What the bridge refused, on disk until the person dismisses it (R6). */
export class NotAcceptedList {
  readonly entries = new SettableSource<readonly NotAccepted[]>([]);
  readonly #tables: Tables;
  readonly #bridgeId: BridgeId;
  readonly #announce: () => void;

  constructor(tables: Tables, bridgeId: BridgeId, announce: () => void) {
    this.#tables = tables;
    this.#bridgeId = bridgeId;
    this.#announce = announce;
  }

  /** Resolves when it is on disk; the same id again replaces what two tabs found at once. */
  async add(entry: NotAccepted): Promise<void> {
    await this.#tables.transact(['notAccepted'], (transaction) => {
      transaction.put('notAccepted', entry.id, { v: 1, bridgeId: this.#bridgeId, ...entry });
    });
    await this.#changed();
  }

  async dismiss(id: string): Promise<void> {
    await this.#tables.transact(['notAccepted'], (transaction) => {
      transaction.remove('notAccepted', id);
    });
    await this.#changed();
  }

  async reload(): Promise<void> {
    const rows = await this.#tables.transact(['notAccepted'], (transaction) =>
      transaction.list('notAccepted'),
    );
    this.entries.set(
      rows
        .flatMap(({ value }) => {
          const parsed = notAcceptedSchema.safeParse(value);
          return parsed.success && parsed.data.bridgeId === this.#bridgeId ? [parsed.data] : [];
        })
        .sort((a, b) => a.at - b.at),
    );
  }

  async #changed(): Promise<void> {
    this.#announce();
    await this.reload();
  }
}
