import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = new URL('../', import.meta.url);
const brief = readFileSync(new URL('docs/brief.md', root), 'utf8');
const rows = brief
  .split('\n')
  .filter(
    (line) =>
      line.startsWith('| ') && !line.startsWith('| In the document') && !line.startsWith('| ---'),
  )
  .map((line) => line.split('|').map((cell) => cell.trim()));

/** Paths named in back ticks or as a link's target; a trailing slash names a folder. */
const pathsIn = (text: string): readonly string[] => [
  ...[...text.matchAll(/`([\w./-]+\.\w+|[\w./-]+\/)`/gu)].map((match) => match[1] ?? ''),
  ...[...text.matchAll(/\]\(([\w./-]+)\)/gu)].map((match) => `docs/${match[1] ?? ''}`),
];

describe('docs/brief.md', () => {
  test('has a row for each row of the brief', () => {
    expect(rows.length).toBeGreaterThanOrEqual(18);
  });

  test.each(rows.map((cells) => [cells[1] ?? '', cells.slice(2).join(' | ')] as const))(
    '%s: what it names exists',
    (_, cells) => {
      const missing = pathsIn(cells).filter(
        (path) => !existsSync(fileURLToPath(new URL(path, root))),
      );
      expect(missing).toEqual([]);
    },
  );

  test('a row that does not hold says so; one that does names code and a test', () => {
    for (const [, what, , code, tested] of rows) {
      if (code === 'not there yet') continue;
      expect(pathsIn(code ?? ''), what).not.toEqual([]);
      expect(pathsIn(tested ?? ''), what).not.toEqual([]);
    }
  });
});
