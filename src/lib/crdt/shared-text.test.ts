import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { replacement, sharedText } from './shared-text.ts';

const run = (change: () => void): void => {
  change();
};

describe('replacement', () => {
  test('it turns the one text into the other, whatever they are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (before, after) => {
        const change = replacement(before, after);
        if (change === null) expect(after).toBe(before);
        else {
          const { at, insert, remove } = change;
          expect(before.slice(0, at) + insert + before.slice(at + remove)).toBe(after);
        }
      }),
    );
  });

  test('it never cuts a surrogate pair in two', () => {
    // Both emoji begin with the same high surrogate.
    expect(replacement('a😀b', 'a😁b')).toEqual({ at: 1, remove: 2, insert: '😁' });
    expect(replacement('😀', '')).toEqual({ at: 0, remove: 2, insert: '' });
  });
});

describe('a shared text', () => {
  test('edits apart at different places both survive', () => {
    const mine = new Y.Doc();
    const theirs = new Y.Doc();
    mine.getText('text').insert(0, 'one two three');
    Y.applyUpdate(theirs, Y.encodeStateAsUpdate(mine));
    sharedText(mine.getText('text'), run).replace('ONE two three');
    sharedText(theirs.getText('text'), run).replace('one two three four');
    Y.applyUpdate(mine, Y.encodeStateAsUpdate(theirs));
    Y.applyUpdate(theirs, Y.encodeStateAsUpdate(mine));
    expect(mine.getText('text').toString()).toBe('ONE two three four');
    expect(theirs.getText('text').toString()).toBe('ONE two three four');
  });

  test('a mark moves with the words around it', () => {
    const doc = new Y.Doc();
    const text = sharedText(doc.getText('text'), run);
    text.replace('hello world');
    const mark = text.mark(6);
    text.replace('oh, hello world');
    expect(mark.index()).toBe(10);
  });

  test('a replacement by an equal text is no edit', () => {
    const doc = new Y.Doc();
    const text = sharedText(doc.getText('text'), run);
    text.replace('same');
    let updates = 0;
    doc.on('update', () => {
      updates += 1;
    });
    text.replace('same');
    expect(updates).toBe(0);
  });
});
