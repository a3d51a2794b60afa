import fc from 'fast-check';
import * as Y from 'yjs';
import { describe, expect, test } from 'vitest';
import { causalOrder } from './causal-order.ts';
import { InvalidUpdate, readUpdate } from './update-content.ts';
import { encodeUpdate, splitUpdate } from './update-pieces.ts';

const contentOf = (doc: Y.Doc): unknown => ({
  text: doc.getText('text').toString(),
  list: doc.getArray('list').toJSON(),
  map: doc.getMap('map').toJSON(),
});

/** Three replicas that edit apart and meet at random: cross references in every direction. */
function entangled(choices: readonly number[]): Y.Doc {
  const docs = [1, 2, 3].map((clientID) => {
    const doc = new Y.Doc();
    doc.clientID = clientID;
    return doc;
  });
  choices.forEach((choice, index) => {
    const doc = docs[choice % 3];
    const other = docs[(choice >> 2) % 3];
    if (doc === undefined || other === undefined) return;
    const text = doc.getText('text');
    const list = doc.getArray('list');
    switch ((choice >> 4) % 6) {
      case 0:
        text.insert(choice % (text.length + 1), `w😀${String(index)}`.repeat(1 + (choice % 40)));
        break;
      case 1:
        if (text.length > 3) text.delete(choice % (text.length - 2), 2);
        break;
      case 2:
        list.insert(choice % (list.length + 1), [index, { n: 'x'.repeat(choice % 300) }, 'v']);
        break;
      case 3:
        doc.getMap('map').set(`k${String(choice % 5)}`, index);
        break;
      case 4:
        doc.getMap('map').set(`nested${String(choice % 3)}`, new Y.Array());
        break;
      default:
        Y.applyUpdate(doc, Y.encodeStateAsUpdate(other, Y.encodeStateVector(doc)));
    }
  });
  const all = new Y.Doc();
  for (const doc of docs) Y.applyUpdate(all, Y.encodeStateAsUpdate(doc));
  return all;
}

const choices = fc.array(fc.nat(100_000), { minLength: 5, maxLength: 120 });

describe('cutting an update', () => {
  test('[SY10] the pieces, one after another, never wait for one another and make the same document', () => {
    fc.assert(
      fc.property(choices, fc.integer({ min: 40, max: 600 }), (seed, bytesMax) => {
        const source = entangled(seed);
        const target = new Y.Doc();
        for (const piece of splitUpdate(Y.encodeStateAsUpdate(source), bytesMax)) {
          Y.applyUpdate(target, piece);
          expect(target.store.pendingStructs).toBeNull();
          expect(target.store.pendingDs).toBeNull();
        }
        expect(contentOf(target)).toEqual(contentOf(source));
        expect(Y.encodeStateVector(target)).toEqual(Y.encodeStateVector(source));
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  test('[SY10] the pieces of what somebody else lacks fit what they have', () => {
    fc.assert(
      fc.property(choices, choices, (before, after) => {
        const source = entangled(before);
        const target = new Y.Doc();
        Y.applyUpdate(target, Y.encodeStateAsUpdate(source));
        const more = entangled(after);
        more.clientID = 9;
        source.transact(() => {
          source.getText('text').insert(0, 'late'.repeat(50));
          source.getArray('list').push(['x', 'y']);
          source.getMap('map').set('k1', 'again');
        });
        const missing = Y.encodeStateAsUpdate(source, Y.encodeStateVector(target));
        for (const piece of splitUpdate(missing, 60)) {
          Y.applyUpdate(target, piece);
          expect(target.store.pendingStructs).toBeNull();
        }
        expect(contentOf(target)).toEqual(contentOf(source));
      }),
      { numRuns: 60, seed: 2 },
    );
  });

  test('[SY10] no piece is larger than asked, but for one value that is larger by itself', () => {
    const doc = new Y.Doc();
    doc.getText('text').insert(0, '😀 hello '.repeat(20_000));
    doc
      .getArray('list')
      .push(Array.from({ length: 3000 }, (_, n) => ({ n, text: 'y'.repeat(50) })));
    for (let n = 0; n < 5000; n += 1) doc.getMap('map').set(`key${String(n % 50)}`, n);
    const pieces = splitUpdate(Y.encodeStateAsUpdate(doc), 4096);
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThanOrEqual(4096 + 64);
    doc.getArray('list').push(['z'.repeat(10_000)]);
    const whole = splitUpdate(Y.encodeStateAsUpdate(doc), 4096);
    expect(whole.filter(({ length }) => length > 4160)).toHaveLength(1);
  });

  test('an update that is small enough stays the same bytes', () => {
    const update = Y.encodeStateAsUpdate(entangled([1, 2, 3, 4, 5, 6]));
    expect(splitUpdate(update, update.length)[0]).toBe(update);
  });
});

describe('encoding what was read', () => {
  test('reading and encoding again says the same', () => {
    fc.assert(
      fc.property(choices, (seed) => {
        const source = entangled(seed);
        const { structs, deletions } = readUpdate(Y.encodeStateAsUpdate(source));
        const target = new Y.Doc();
        Y.applyUpdate(target, encodeUpdate(structs, deletions));
        expect(contentOf(target)).toEqual(contentOf(source));
      }),
      { numRuns: 100, seed: 3 },
    );
  });
});

describe('causal order', () => {
  test('[SY8] what lacks predecessors is told apart from what does not', () => {
    const writer = new Y.Doc();
    const updates: Uint8Array[] = [];
    writer.on('update', (update: Uint8Array) => updates.push(update));
    writer.getText('text').insert(0, 'one');
    writer.getText('text').insert(3, 'two');
    writer.getText('text').insert(6, 'three');
    const [, second = new Uint8Array(), third = new Uint8Array()] = updates;
    const merged = readUpdate(Y.mergeUpdates([second, third]));
    expect(causalOrder(merged.structs, () => 0).ready).toHaveLength(0);
    expect(causalOrder(merged.structs, () => 3).blocked).toHaveLength(0);
    const gap = readUpdate(Y.mergeUpdates([updates[0] ?? new Uint8Array(), third]));
    const { ready, blocked } = causalOrder(gap.structs, () => 0);
    expect(ready).toHaveLength(1);
    expect(blocked.length).toBeGreaterThan(0);
  });
});

describe('reading an update', () => {
  test('[SY7] garbage, a run of no length and a run of absurd length are refused', () => {
    const gcOf = (length: number[]) => Uint8Array.from([1, 1, 5, 0, 0, ...length, 0]);
    expect(() => readUpdate(Uint8Array.of(1, 2, 3))).toThrow(InvalidUpdate);
    expect(() => readUpdate(gcOf([0]))).toThrow('expected a length of 1 to');
    expect(() => readUpdate(gcOf([0xff, 0xff, 0xff, 0xff, 0x07]))).toThrow('2147483647');
    expect(() => readUpdate(gcOf([0x81, 0x80, 0x80, 0x20]))).toThrow('67108865');
    expect(readUpdate(gcOf([0x80, 0x80, 0x80, 0x20])).structs[0]?.length).toBe(67_108_864);
    expect(readUpdate(gcOf([3])).structs).toHaveLength(1);
  });

  test('[SY7] a client whose structs come in two runs is refused', () => {
    const twice = Uint8Array.from([3, 1, 5, 0, 0, 1, 1, 6, 0, 0, 1, 1, 5, 1, 0, 1, 0]);
    expect(() => readUpdate(twice)).toThrow('in one run');
  });
});
