import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shellLine } from '../../../server/bridge/agents/shell-quoting.ts';
import { commandWords } from './command-words.ts';

test('every command line that the bridge writes is read back as the same words', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1 }), (words) => {
      expect(commandWords(shellLine(words))).toEqual(words);
    }),
  );
});

test.each([
  ['gemini --acp', ['gemini', '--acp']],
  [`sh -c 'it'\\''s here'`, ['sh', '-c', "it's here"]],
  ['', null],
  ['a "b c"', null],
  ['a; b', null],
  ["a'b c", null],
])('%j is read as %j', (line, words) => {
  expect(commandWords(line)).toEqual(words);
});
