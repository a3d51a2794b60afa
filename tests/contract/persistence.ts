import * as Y from 'yjs';
import type { BeforeRow, DocumentDatabases } from '#lib/sync/document-persistence.ts';
import { assertEqual, type Case } from './case.ts';

/** Several instances over one disk are several tabs, or several lives, of one browser. */
export interface PersistenceSubject {
  databases(): DocumentDatabases;
  /** A name that nothing has used. */
  newName(): string;
}

const nothingFirst: BeforeRow = () => null;

const keysOf = (doc: Y.Doc): readonly string[] => [...doc.getMap('m').keys()].sort();

const set = (doc: Y.Doc, key: string): void => {
  doc.getMap('m').set(key, key);
};

/** A fresh document with what is kept under the name. */
async function readBack(databases: DocumentDatabases, name: string): Promise<Y.Doc> {
  const doc = new Y.Doc();
  const copy = databases.open(name, doc, nothingFirst);
  await copy.whenLoaded;
  await copy.close();
  return doc;
}

/** What holds for every implementation of `DocumentPersistence`. */
export const persistenceCases: readonly Case<PersistenceSubject>[] = [
  {
    name: '[R5] what is durable is there in the next life',
    async run({ databases, newName }) {
      const name = newName();
      const doc = new Y.Doc();
      const copy = databases().open(name, doc, nothingFirst);
      await copy.whenLoaded;
      set(doc, 'a');
      await copy.whenDurable();
      assertEqual(copy.storage.read(), { kind: 'kept' });
      // Not closed: as if the tab died here.
      assertEqual(keysOf(await readBack(databases(), name)), ['a']);
      await copy.close();
    },
  },
  {
    name: 'edits made before the copy was read are kept too',
    async run({ databases, newName }) {
      const name = newName();
      const doc = new Y.Doc();
      set(doc, 'early');
      const copy = databases().open(name, doc, nothingFirst);
      set(doc, 'opening');
      await copy.whenLoaded;
      await copy.close();
      assertEqual(keysOf(await readBack(databases(), name)), ['early', 'opening']);
    },
  },
  {
    name: 'updates that came from elsewhere are kept like own ones',
    async run({ databases, newName }) {
      const name = newName();
      const other = new Y.Doc();
      set(other, 'remote');
      const doc = new Y.Doc();
      const copy = databases().open(name, doc, nothingFirst);
      await copy.whenLoaded;
      Y.applyUpdate(doc, Y.encodeStateAsUpdate(other), 'elsewhere');
      await copy.whenDurable();
      assertEqual(keysOf(await readBack(databases(), name)), ['remote']);
      await copy.close();
    },
  },
  {
    name: 'says of an update whether it was read from the copy',
    async run({ databases, newName }) {
      const name = newName();
      const first = new Y.Doc();
      const written = databases().open(name, first, nothingFirst);
      await written.whenLoaded;
      set(first, 'a');
      await written.close();
      const doc = new Y.Doc();
      const origins: unknown[] = [];
      doc.on('update', (_update: Uint8Array, origin: unknown) => origins.push(origin));
      const copy = databases().open(name, doc, nothingFirst);
      await copy.whenLoaded;
      set(doc, 'b');
      assertEqual(
        origins.map((origin) => copy.isOrigin(origin)),
        [true, false],
      );
      await copy.close();
    },
  },
  {
    name: 'many edits wait for few writes, and all of them are durable',
    async run({ databases, newName }) {
      const name = newName();
      const doc = new Y.Doc();
      const copy = databases().open(name, doc, nothingFirst);
      await copy.whenLoaded;
      const all: Promise<void>[] = [];
      for (let edit = 0; edit < 500; edit += 1) {
        set(doc, `k${String(edit)}`);
        all.push(copy.whenDurable());
      }
      await Promise.all(all);
      assertEqual(keysOf(await readBack(databases(), name)).length, 500);
      await copy.close();
    },
  },
  {
    name: 'a row waits for what must be on disk before it, and so do those behind it',
    async run({ databases, newName }) {
      const name = newName();
      const doc = new Y.Doc();
      const mark = Promise.withResolvers<undefined>();
      let isMarked = false;
      const copy = databases().open(name, doc, () => (isMarked ? null : mark.promise));
      isMarked = true;
      await copy.whenLoaded;
      isMarked = false;
      set(doc, 'first');
      isMarked = true;
      set(doc, 'second');
      assertEqual(keysOf(await readBack(databases(), name)), []);
      mark.resolve(undefined);
      await copy.whenDurable();
      assertEqual(keysOf(await readBack(databases(), name)), ['first', 'second']);
      await copy.close();
    },
  },
  {
    name: 'two tabs that write and compact at once lose nothing of each other',
    async run({ databases, newName }) {
      const name = newName();
      const tabs = ['a', 'b'].map((tab) => {
        const doc = new Y.Doc();
        return { tab, doc, copy: databases().open(name, doc, nothingFirst) };
      });
      await Promise.all(tabs.map(({ copy }) => copy.whenLoaded));
      for (let edit = 0; edit < 600; edit += 1) {
        for (const { doc, tab } of tabs) set(doc, `${tab}${String(edit)}`);
        if (edit % 50 === 0) await Promise.all(tabs.map(({ copy }) => copy.whenDurable()));
      }
      await Promise.all(tabs.map(({ copy }) => copy.close()));
      assertEqual(keysOf(await readBack(databases(), name)).length, 1200);
    },
  },
  {
    name: 'catching up brings in what another tab wrote',
    async run({ databases, newName }) {
      const name = newName();
      const one = new Y.Doc();
      const first = databases().open(name, one, nothingFirst);
      await first.whenLoaded;
      const two = new Y.Doc();
      const second = databases().open(name, two, nothingFirst);
      await second.whenLoaded;
      set(one, 'from the first');
      await first.whenDurable();
      await second.catchUp();
      assertEqual(keysOf(two), ['from the first']);
      await first.close();
      await second.close();
    },
  },
  {
    name: 'an abandoned copy writes nothing more',
    async run({ databases, newName }) {
      const name = newName();
      const doc = new Y.Doc();
      const copy = databases().open(name, doc, nothingFirst);
      await copy.whenLoaded;
      set(doc, 'before');
      await copy.whenDurable();
      await copy.abandon();
      set(doc, 'after');
      assertEqual(keysOf(await readBack(databases(), name)), ['before']);
    },
  },
  {
    name: 'a replaced copy holds the new state and nothing else',
    async run({ databases, newName }) {
      const name = newName();
      const doc = new Y.Doc();
      const copy = databases().open(name, doc, nothingFirst);
      await copy.whenLoaded;
      set(doc, 'refused');
      await copy.whenDurable();
      await copy.abandon();
      const bridge = new Y.Doc();
      set(bridge, 'accepted');
      await databases().replace(name, Y.encodeStateAsUpdate(bridge));
      assertEqual(keysOf(await readBack(databases(), name)), ['accepted']);
    },
  },
  {
    name: 'copies are listed by prefix and an erased one is gone',
    async run({ databases, newName }) {
      const name = newName();
      for (const suffix of ['one', 'two']) {
        const doc = new Y.Doc();
        const copy = databases().open(`${name}:${suffix}`, doc, nothingFirst);
        await copy.whenLoaded;
        await copy.close();
      }
      const names = await databases().names(`${name}:`);
      assertEqual([...(names ?? [])].sort(), [`${name}:one`, `${name}:two`]);
      await databases().erase(`${name}:one`);
      assertEqual(await databases().names(`${name}:`), [`${name}:two`]);
    },
  },
];
