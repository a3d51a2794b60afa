import { expect, test } from 'vitest';
import { terminalText, visibleText } from './visible-text.ts';

test('[R4] characters that hide or turn what is read are written out; tabs and newlines are left', () => {
  expect(visibleText('rm \u202e fr- \u200b\u0007')).toBe('rm ‹U+202E› fr- ‹U+200B›‹U+0007›');
  expect(visibleText('a\tb\nc é 👍 שלום')).toBe('a\tb\nc é 👍 שלום');
  expect(visibleText('\u{e0041}')).toBe('‹U+E0041›');
});

test('output is what a terminal would show: no colours, and of a rewritten line its last state', () => {
  expect(terminalText('\u001b[32mok\u001b[0m\n10%\r50%\r100%\nend\r\n')).toBe('ok\n100%\nend\n');
  expect(terminalText('\u001b]8;;http://a\u0007link\u001b]8;;\u0007')).toBe('link');
});
