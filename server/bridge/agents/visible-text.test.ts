import fc from 'fast-check';
import { expect, test } from 'vitest';
import { asTitle, cutAfter, madeVisible, withoutControls } from './visible-text.ts';

test.each([
  ['colours', '\u001b[1;31mred\u001b[0m', 'red'],
  ['8-bit sequences', '\u009b31mred', 'red'],
  ['a window title, ended by BEL or ST', '\u001b]0;a\u0007b\u001b]2;c\u001b\\d', 'bd'],
  ['a link', '\u001b]8;;http://x\u001b\\text\u001b]8;;\u001b\\', 'text'],
  ['a device string', '\u001bP1$q\u001b\\x', 'x'],
  ['two-character sequences', '\u001bcx\u001b(By', 'xy'],
  ['a sequence that is cut off', 'a\u001b', 'a'],
  ['every kind of line end', 'a\r\nb\rc\nd\te', 'a\nb\nc\nd\te'],
  ['other controls', 'a\u0000b\u0008c\u007fd\u0085e', 'abcde'],
])('[AG8] %s do not reach a reader', (_, text, shown) => {
  expect(withoutControls(text)).toBe(shown);
});

test('[AG8] no text whatever keeps a control character but line feed and tab', () => {
  const pieces = [
    '\u001b',
    '[',
    ']',
    '(',
    '0',
    ';',
    'm',
    '\\',
    '\u0007',
    '\u009b',
    '\u0000',
    '\r',
    '\n',
    'ü',
  ];
  const anyText = fc.string({ unit: fc.constantFrom(...pieces), maxLength: 40 });
  fc.assert(
    fc.property(anyText, (text) => {
      expect(withoutControls(text)).not.toMatch(/[^\P{Cc}\n\t]/u);
    }),
  );
});

test('[AG8] a title is one line of bounded length', () => {
  expect(asTitle(' a\n b\t\tc ', 10)).toBe('a b c');
  expect(asTitle('1234567890', 10)).toBe('1234567890');
  expect(asTitle('12345678901', 10)).toBe('123456789…');
});

test.each([
  ['escape and carriage return', 'a\u001b[2Kb\rc', String.raw`a\u{1b}[2Kb\u{d}c`],
  ['text that runs backwards', 'x\u202ey', String.raw`x\u{202e}y`],
  ['what has no width', 'a\u200b\ufeffb', String.raw`a\u{200b}\u{feff}b`],
  ['line ends of Unicode', 'a\u2028b', String.raw`a\u{2028}b`],
  ['half a character', 'a\ud800b', String.raw`a\u{d800}b`],
  ['invisible letters outside the first plane', 'a\u{e0041}b', String.raw`a\u{e0041}b`],
])('[AG8] [R4] %s is written out', (_, text, shown) => {
  expect(madeVisible(text)).toBe(shown);
});

test('[AG8] [R4] what can be seen stays as it is', () => {
  const plain = 'grep -r "ü 👋 日本" .\n\tdone';
  expect(madeVisible(plain)).toBe(plain);
});

test('[AG8] [R4] two commands that differ are shown differently when they hold no written-out character', () => {
  const pieces = [
    'a',
    '\\',
    'u',
    '1',
    'b',
    '}',
    '\u001b',
    '\r',
    '\n',
    '\u202e',
    '\ud800',
    'ü',
    '👋',
  ];
  const word = fc.string({ unit: fc.constantFrom(...pieces), maxLength: 4 });
  fc.assert(
    fc.property(word, word, (one, other) => {
      fc.pre(one !== other);
      expect(madeVisible(one)).not.toBe(madeVisible(other));
    }),
  );
});

test('[R9] a long text says how much was left out', () => {
  expect(cutAfter('12345', 5)).toBe('12345');
  expect(cutAfter('123456', 5)).toBe('12345\n… (1 more characters)');
});
