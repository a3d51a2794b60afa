import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shellLine } from './shell-quoting.ts';

test('[AG8] a command in arguments reads like one that was typed', () => {
  expect(shellLine(['npm', 'run', 'test:unit', '--', '-t', "it's"])).toBe(
    String.raw`npm run test:unit -- -t 'it'\''s'`,
  );
  expect(shellLine(['bash', '-lc', 'rm -rf "$HOME"', ''])).toBe(`bash -lc 'rm -rf "$HOME"' ''`);
});

test('[AG8] [R4] a shell splits the line into the same arguments', () => {
  const word = fc.string({ unit: 'binary-ascii' }).filter((text) => !text.includes('\0'));
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
      const printed = execFileSync('/bin/sh', ['-c', `printf '%s\\0' ${shellLine(words)}`]);
      expect(printed.toString('utf8').split('\0').slice(0, -1)).toEqual(words);
    }),
    { numRuns: 30 },
  );
});
