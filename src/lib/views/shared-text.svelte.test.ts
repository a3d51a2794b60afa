import { sharedText } from '#lib/crdt/shared-text.ts';
import * as fc from 'fast-check';
import { flushSync } from 'svelte';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { editedText, merged } from './shared-text.svelte.ts';

describe('what two people make of one text', () => {
  test.each([
    { base: 'retry', mine: 'retry now', theirs: 'please retry', both: 'please retry now' },
    { base: 'one two', mine: 'one', theirs: 'zero one two', both: 'zero one' },
    { base: 'abc', mine: 'aXc', theirs: 'aYc', both: 'aYXc' },
    { base: '', mine: 'mine', theirs: 'theirs', both: 'minetheirs' },
    { base: 'same', mine: 'same', theirs: 'changed', both: 'changed' },
  ])('“$mine” and “$theirs” of “$base” is “$both”', ({ base, mine, theirs, both }) => {
    expect(merged(base, mine, theirs)).toBe(both);
  });

  test('no letter that somebody inserted is lost', () => {
    const insertion = fc.tuple(fc.nat(), fc.string({ minLength: 1, maxLength: 5 }));
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), insertion, insertion, (base, [i, a], [j, b]) => {
        const put = (at: number, text: string): string => {
          const place = at % (base.length + 1);
          return base.slice(0, place) + text + base.slice(place);
        };
        const result = merged(base, put(i, a), put(j, b));
        expect(result.length).toBe(base.length + a.length + b.length);
      }),
    );
  });
});

test('an edit of what was shown leaves alone what others wrote meanwhile', () => {
  const doc = new Y.Doc();
  const text = doc.getText('draft');
  text.insert(0, 'Bump to 4.2.1');
  const edited = editedText(sharedText(text, (change) => doc.transact(change)));
  const shown = edited.current;
  text.insert(0, 'First: ');
  edited.edit(shown, 'Bump to 4.2.2');
  expect(text.toString()).toBe('First: Bump to 4.2.2');
});

test('a reader in an effect is brought up to date, and is no longer once it is gone', async () => {
  const doc = new Y.Doc();
  const text = doc.getText('draft');
  const edited = editedText(sharedText(text, (change) => doc.transact(change)));
  const seen: string[] = [];
  const stop = $effect.root(() => {
    $effect(() => {
      seen.push(edited.current);
    });
  });
  flushSync();
  text.insert(0, 'a');
  flushSync();
  stop();
  await Promise.resolve();
  text.insert(1, 'b');
  flushSync();
  expect(seen).toEqual(['', 'a']);
});
