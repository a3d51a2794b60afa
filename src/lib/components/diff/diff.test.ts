import { describe, expect, test } from 'vitest';
import { compareLines } from './compare-lines.ts';
import { cutLine, foldUnchanged } from './diff-rows.ts';

const compare = (before: string, after: string) => compareLines(before, after, { timeoutMs: 1000 });
const numbered = (count: number): string =>
  Array.from({ length: count }, (_, index) => `line ${String(index + 1)}\n`).join('');

describe('comparing two texts', () => {
  test('each side counts its own lines', () => {
    const { lines, added, removed } = compare('a\nb\nc\n', 'a\nx\ny\nc\n');
    expect(lines).toEqual([
      { kind: 'same', old: 1, new: 1, text: 'a' },
      { kind: 'removed', old: 2, text: 'b', marks: [] },
      { kind: 'added', new: 2, text: 'x', marks: [] },
      { kind: 'added', new: 3, text: 'y', marks: [] },
      { kind: 'same', old: 3, new: 4, text: 'c' },
    ]);
    expect([added, removed]).toEqual([2, 1]);
  });

  test('a new file is all added, a deleted one all removed', () => {
    expect(compare('', 'a\nb')).toMatchObject({ added: 2, removed: 0 });
    expect(compare('a\nb', '')).toMatchObject({ added: 0, removed: 2 });
  });

  test('the words that changed inside a line are marked on both sides', () => {
    const { lines } = compare('return wait(n);\n', 'return wait(n * 1000);\n');
    expect(lines).toMatchObject([
      { kind: 'removed', marks: [] },
      { kind: 'added', marks: [[13, 20]] },
    ]);
  });

  test('lines that share little are not marked: they are two lines', () => {
    const { lines } = compare('completely different words\n', 'nothing in here is alike\n');
    expect(lines.every((line) => line.kind !== 'same' && line.marks.length === 0)).toBe(true);
  });

  test('carriage returns are told only where one text has them and the other has not', () => {
    const texts = (before: string, after: string) =>
      compare(before, after).lines.map(({ text }) => text);
    expect(texts('a\r\nb\r\n', 'a\r\nc\r\n')).toEqual(['a', 'b', 'c']);
    expect(texts('a\r\n', 'a\n')).toEqual(['a\r', 'a']);
  });

  test('a missing newline at the end is told, and on which side', () => {
    expect(compare('a\n', 'a').noNewlineAtEnd).toBe('new');
    expect(compare('a', 'a\n').noNewlineAtEnd).toBe('old');
    expect(compare('a\n', 'b\n').noNewlineAtEnd).toBeNull();
  });

  test('[R9] what cannot be matched in time is shown as replaced, and said so', () => {
    const before = numbered(3000);
    const after = Array.from({ length: 3000 }, (_, index) => `other ${String(index)}\n`).join('');
    const diff = compareLines(before, after, { timeoutMs: 1 });
    expect(diff).toMatchObject({ matched: false, added: 3000, removed: 3000 });
  });
});

describe('leaving out what did not change', () => {
  const lines = compare(numbered(40), numbered(40).replace('line 20\n', 'line twenty\n')).lines;

  test('three lines stay on each side of a change, gaps say how many are left out', () => {
    const rows = foldUnchanged(lines);
    expect(rows[0]).toEqual({ kind: 'gap', from: 0, count: 16 });
    expect(rows.slice(1, 4).map((row) => row.kind)).toEqual(['same', 'same', 'same']);
    expect(rows.at(-1)).toEqual({ kind: 'gap', from: 24, count: 17 });
  });

  test('a gap that was opened shows all its lines', () => {
    const rows = foldUnchanged(lines, new Set([0]));
    expect(rows.slice(0, 16).every((row) => row.kind === 'same')).toBe(true);
  });

  test('a gap of fewer than four lines is not folded', () => {
    const few = compare(numbered(6), numbered(6).replace('line 6\n', 'six\n')).lines;
    expect(foldUnchanged(few).some((row) => row.kind === 'gap')).toBe(false);
  });
});

test('a line is cut at marks and colours alike, and nothing of it is lost', () => {
  const spans = [
    { text: 'return ', kind: 'keyword' },
    { text: 'n * 1000;', kind: 'plain' },
  ];
  const cut = cutLine(spans, [[5, 9]]);
  expect(cut).toEqual([
    { text: 'retur', kind: 'keyword', marked: false },
    { text: 'n ', kind: 'keyword', marked: true },
    { text: 'n ', kind: 'plain', marked: true },
    { text: '* 1000;', kind: 'plain', marked: false },
  ]);
});
