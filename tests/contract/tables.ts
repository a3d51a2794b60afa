import type { Tables, TableTransaction } from '#lib/sync/tables.ts';
import { assertEqual, type Case } from './case.ts';

/** Several openings over one disk are several tabs, or several lives, of one browser. */
export interface TablesSubject {
  open(): Tables;
}

const outboxRow = (transaction: TableTransaction): Promise<unknown> =>
  transaction.get('outbox', 'a');

/** What holds for every implementation of {@link Tables}. */
export const tablesCases: readonly Case<TablesSubject>[] = [
  {
    name: 'a row reads back as it was written, bytes and null included',
    async run({ open }) {
      const tables = open();
      const value = { n: 1, text: 'ä', bytes: Uint8Array.of(0, 255), nothing: null };
      await tables.transact(['outbox'], (transaction) => {
        transaction.put('outbox', 'a', value);
      });
      assertEqual(await tables.transact(['outbox'], outboxRow), value);
      await tables.close();
    },
  },
  {
    name: 'a missing row reads as undefined',
    async run({ open }) {
      const tables = open();
      assertEqual(await tables.transact(['outbox'], outboxRow), undefined);
      await tables.close();
    },
  },
  {
    name: 'rows are listed by key and a removed one is gone',
    async run({ open }) {
      const tables = open();
      await tables.transact(['outbox'], (transaction) => {
        for (const key of ['b', 'c', 'a']) transaction.put('outbox', key, key.toUpperCase());
      });
      await tables.transact(['outbox'], (transaction) => {
        transaction.remove('outbox', 'b');
      });
      assertEqual(await tables.transact(['outbox'], (transaction) => transaction.list('outbox')), [
        { key: 'a', value: 'A' },
        { key: 'c', value: 'C' },
      ]);
      await tables.close();
    },
  },
  {
    name: 'a transaction sees its own writes',
    async run({ open }) {
      const tables = open();
      const seen = await tables.transact(['outbox', 'facts'], async (transaction) => {
        transaction.put('outbox', 'a', 1);
        transaction.put('outbox', 'b', 2);
        transaction.remove('outbox', 'b');
        return [await outboxRow(transaction), await transaction.list('outbox')];
      });
      assertEqual(seen, [1, [{ key: 'a', value: 1 }]]);
      await tables.close();
    },
  },
  {
    name: 'what the work throws undoes all of it and is thrown on',
    async run({ open }) {
      const tables = open();
      const error = new Error('no');
      const thrown: unknown = await tables
        .transact(['outbox', 'facts'], async (transaction) => {
          transaction.put('outbox', 'a', 1);
          await transaction.get('facts', 'x');
          throw error;
        })
        .catch((caught: unknown) => caught);
      assertEqual(thrown === error, true);
      assertEqual(await tables.transact(['outbox'], outboxRow), undefined);
      await tables.close();
    },
  },
  {
    name: '[R5] what was written is there in the next life',
    async run({ open }) {
      const before = open();
      await before.transact(['outbox'], (transaction) => {
        transaction.put('outbox', 'a', 'kept');
      });
      await before.close();
      const after = open();
      assertEqual(await after.transact(['outbox'], outboxRow), 'kept');
      await after.close();
    },
  },
  {
    name: 'transactions of two tabs that read and then write do not lose one another',
    async run({ open }) {
      const tabs = [open(), open()];
      const count = (tables: Tables): Promise<void> =>
        tables.transact(['facts'], async (transaction) => {
          const before = await transaction.get('facts', 'count');
          transaction.put('facts', 'count', (typeof before === 'number' ? before : 0) + 1);
        });
      await Promise.all(tabs.flatMap((tab) => Array.from({ length: 20 }, () => count(tab))));
      const [first] = tabs;
      const total = await first?.transact(['facts'], (transaction) =>
        transaction.get('facts', 'count'),
      );
      assertEqual(total, 40);
      await Promise.all(tabs.map((tab) => tab.close()));
    },
  },
  {
    name: 'says that it is kept once it was read or written',
    async run({ open }) {
      const tables = open();
      await tables.transact(['facts'], (transaction) => transaction.get('facts', 'x'));
      assertEqual(tables.storage.read(), { kind: 'kept' });
      await tables.close();
    },
  },
];
