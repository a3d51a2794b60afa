import * as z from 'zod/mini';
import type { Tables } from './tables.ts';

const rowSchema = z.object({ v: z.literal(1), asOf: z.number() });

/** When each copy on this device was last like the bridge's, so that an empty copy is not taken for an empty document. */
export class ExchangeLog {
  readonly #tables: Tables;
  #asOf = new Map<string, number>();

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  async load(): Promise<void> {
    const rows = await this.#tables.transact(['rooms'], (transaction) => transaction.list('rooms'));
    this.#asOf = new Map(
      rows.flatMap(({ key, value }) => {
        const parsed = rowSchema.safeParse(value);
        return parsed.success ? [[key, parsed.data.asOf] as const] : [];
      }),
    );
  }

  /** Device time, or `null` for a copy that was never exchanged. */
  asOf(name: string): number | null {
    return this.#asOf.get(name) ?? null;
  }

  note(name: string, at: number): void {
    this.#asOf.set(name, at);
    void this.#tables.transact(['rooms'], (transaction) => {
      transaction.put('rooms', name, { v: 1, asOf: at });
    });
  }
}
