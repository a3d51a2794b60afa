import { describe, expect, test } from 'vitest';
import { completed, completionAt } from './completion.ts';
import { EarlierPrompts } from './earlier-prompts.ts';
import { fuzzyRank, fuzzyScore } from './fuzzy.ts';

describe('what is completed', () => {
  test('a command only at the beginning, a path at the beginning of a word', () => {
    expect(completionAt('/re', 3)).toEqual({ kind: 'command', query: 're', from: 0, to: 3 });
    expect(completionAt('see /re', 7)).toBeNull();
    expect(completionAt('/review now', 11)).toBeNull();
    expect(completionAt('see @src/a', 10)).toEqual({
      kind: 'path',
      query: 'src/a',
      from: 4,
      to: 10,
    });
    expect(completionAt('mail@host', 9)).toBeNull();
  });

  test('a choice takes the place of the whole word, and the caret stands behind a space', () => {
    const at = completionAt('see @src and go', 6);
    if (at === null) throw new Error('nothing to complete');
    expect(completed('see @src and go', at, '@src/retry.ts')).toEqual({
      text: 'see @src/retry.ts and go',
      caret: 18,
    });
    const last = completionAt('@s', 2);
    if (last === null) throw new Error('nothing to complete');
    expect(completed('@s', last, '@src/a.ts')).toEqual({ text: '@src/a.ts ', caret: 10 });
  });
});

describe('fuzzy search', () => {
  const paths = [
    'src/http/retry.test.ts',
    'src/http/retry.ts',
    'docs/retro.md',
    'test/support/clock.ts',
  ];
  const rank = (query: string) => fuzzyRank(query, paths, { textOf: (path) => path, max: 3 });

  test('letters count in their order only', () => {
    expect(fuzzyScore('yrter', 'retry')).toBeNull();
    expect(fuzzyScore('rty', 'retry')).not.toBeNull();
  });

  test('the name of a file counts for more than its folders, the shorter one first', () => {
    expect(rank('retry')).toEqual(['src/http/retry.ts', 'src/http/retry.test.ts']);
    expect(rank('clock')[0]).toBe('test/support/clock.ts');
  });

  test('an empty query takes the first', () => {
    expect(rank('')).toEqual(paths.slice(0, 3));
  });
});

describe('earlier prompts', () => {
  test('go back one by one, forward again, and end in the empty box', () => {
    const earlier = new EarlierPrompts();
    const texts = ['newest', 'older'];
    expect(earlier.back('', texts)).toBe('newest');
    expect(earlier.back('newest', texts)).toBe('older');
    expect(earlier.back('older', texts)).toBeNull();
    expect(earlier.forward('older', texts)).toBe('newest');
    expect(earlier.forward('newest', texts)).toBe('');
  });

  test('a text that was changed is a draft of its own: arrows move in it', () => {
    const earlier = new EarlierPrompts();
    expect(earlier.back('', ['newest'])).toBe('newest');
    expect(earlier.back('newest and more', ['newest'])).toBeNull();
    expect(earlier.forward('newest and more', ['newest'])).toBeNull();
  });
});
