import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const root = new URL('../../', import.meta.url);
const table = readFileSync(new URL('docs/bad-input.md', root), 'utf8');
const rows = table
  .split('\n')
  .filter((line) => /^\| (?!input |-)/u.test(line))
  .map((line) => line.split(/(?<!\\)\|/u).map((cell) => cell.trim()))
  .map(([, input = '', said = '', goesOn = '', shownBy = '']) => ({
    input,
    said,
    goesOn,
    shownBy,
  }));

/** The tests that a row names: the path of a file and the title of a test in it. */
const testsIn = (shownBy: string): readonly { readonly file: string; readonly title: string }[] =>
  shownBy.split('<br>').map((one) => {
    const [, file = '', title = ''] = /^`([^`]+)`: (.+)$/u.exec(one.trim()) ?? [];
    return { file, title };
  });

describe('docs/bad-input.md', () => {
  test('has its rows', () => {
    expect(rows.length).toBeGreaterThanOrEqual(40);
  });

  test.each(rows)('$input: is said, something goes on, and the tests it names exist', (row) => {
    expect(row.said).not.toBe('');
    expect(row.goesOn).not.toBe('');
    const named = testsIn(row.shownBy);
    expect(named.length).toBeGreaterThan(0);
    const missing = named.filter(({ file, title }) => {
      const url = new URL(file, root);
      const isThere = /\.(?:test|spec)\.ts$/u.test(file) && existsSync(url);
      return !isThere || !readFileSync(url, 'utf8').includes(`'${title}'`);
    });
    expect(missing).toEqual([]);
  });
});
