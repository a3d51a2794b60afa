import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { putPlain } from './plain-values.ts';

test('a value that is said again unchanged adds nothing to the document', () => {
  const doc = new Y.Doc();
  let updates = 0;
  doc.on('update', () => (updates += 1));
  const map = doc.getMap<unknown>('people');
  const mara = { v: 1, name: 'Mara', scope: { kind: 'workspace' } };
  putPlain(map, 'mara', mara);
  putPlain(map, 'mara', structuredClone(mara));
  putPlain(map, 'nobody', null);
  expect(updates).toBe(1);
  putPlain(map, 'mara', { ...mara, name: 'Mara Lind' });
  expect(map.get('mara')).toEqual({ ...mara, name: 'Mara Lind' });
  putPlain(map, 'mara', null);
  putPlain(map, 'mara', null);
  expect([updates, map.has('mara')]).toEqual([3, false]);
});
