import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LineSplitter, LineTooLongError } from './line-splitter.ts';

function linesOf(chunks: readonly Uint8Array[], bytesMax: number): string[] {
  const splitter = new LineSplitter(bytesMax);
  const lines = chunks.flatMap((chunk) => [...splitter.push(chunk)]);
  const rest = splitter.rest();
  return rest === null ? lines : [...lines, rest];
}

test('[AG2] lines are the same however the bytes are cut', () => {
  const line = fc
    .string({ unit: 'grapheme', maxLength: 20 })
    .filter((text) => !text.includes('\n'));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), fc.array(fc.nat(40)), (lines, cuts) => {
      const bytes = new TextEncoder().encode(lines.map((text) => `${text}\n`).join(''));
      const chunks: Uint8Array[] = [];
      let from = 0;
      for (const length of cuts) chunks.push(bytes.subarray(from, (from += length)));
      chunks.push(bytes.subarray(from));
      expect(linesOf(chunks, 1000)).toEqual(lines);
    }),
  );
});

test('[AG9] [R9] a line of the greatest length is a line, in one piece or several; one byte more is an error', () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  expect(linesOf([bytes('12345\n67')], 5)).toEqual(['12345', '67']);
  expect(linesOf([bytes('123'), bytes('45'), bytes('\n')], 5)).toEqual(['12345']);
  expect(() => linesOf([bytes('123456\n')], 5)).toThrow(LineTooLongError);
  expect(() => linesOf([bytes('123'), bytes('456')], 5)).toThrow(LineTooLongError);
});
