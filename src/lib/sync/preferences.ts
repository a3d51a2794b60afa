import type { Source } from '#lib/crdt/source.ts';
import type { Preferences } from './contract.ts';
import { SettableSource } from './settable-source.ts';
import type { Tables } from './tables.ts';

/** {@link Preferences} in the device's own database, read once at the start and after another tab changed them. */
export class DevicePreferences implements Preferences {
  readonly #tables: Tables;
  readonly #announce: () => void;
  readonly #values = new Map<string, SettableSource<string | null>>();

  constructor(tables: Tables, announce: () => void) {
    this.#tables = tables;
    this.#announce = announce;
  }

  get(key: string): Source<string | null> {
    return this.#value(key);
  }

  set(key: string, value: string | null): void {
    if (this.#value(key).read() === value) return;
    this.#value(key).set(value);
    void this.#tables
      .transact(['preferences'], (transaction) => {
        if (value === null) transaction.remove('preferences', key);
        else transaction.put('preferences', key, value);
      })
      .then(this.#announce);
  }

  async load(): Promise<void> {
    const rows = await this.#tables.transact(['preferences'], (transaction) =>
      transaction.list('preferences'),
    );
    const found = new Map(
      rows.flatMap(({ key, value }) => (typeof value === 'string' ? [[key, value] as const] : [])),
    );
    for (const [key, source] of this.#values) source.set(found.get(key) ?? null);
    for (const [key, value] of found) this.#value(key).set(value);
  }

  #value(key: string): SettableSource<string | null> {
    let value = this.#values.get(key);
    if (value === undefined) {
      value = new SettableSource<string | null>(null);
      this.#values.set(key, value);
    }
    return value;
  }
}
