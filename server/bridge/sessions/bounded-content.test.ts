import fc from 'fast-check';
import { expect, test } from 'vitest';
import { limits } from '#lib/domain/limits.ts';
import type { BlobDesk } from './blob-desk.ts';
import { sha256Of } from './blob-desk.ts';
import { boundedDiffs, runningOutput } from './bounded-content.ts';
import { imageKind } from './image-kind.ts';
import { titleFrom, untitled } from './session-title.ts';
import { beginningOf, bytesOf, endOf } from './text-cuts.ts';

const blobs: BlobDesk = {
  keep: (text) => ({ sha256: sha256Of(text), bytes: bytesOf(text) }),
};

test('[SE15] a cut never exceeds its bytes, never splits a character, and is the longest that fits', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(40), (text, bytesMax) => {
      for (const part of [beginningOf(text, bytesMax), endOf(text, bytesMax)]) {
        expect(bytesOf(part)).toBeLessThanOrEqual(bytesMax);
        expect(part).not.toContain('\ufffd');
        if (bytesOf(text) > bytesMax) expect(bytesOf(part)).toBeGreaterThan(bytesMax - 4);
        else expect(part).toBe(text);
      }
      expect(text.startsWith(beginningOf(text, bytesMax))).toBe(true);
      expect(text.endsWith(endOf(text, bytesMax))).toBe(true);
    }),
    { seed: 3 },
  );
});

test('[R9][SE15] diffs at their bound are whole, one byte over is cut; all together have a bound too', () => {
  const atBound = { path: 'a', oldText: null, newText: 'x'.repeat(limits.diffPreviewBytesMax) };
  expect(boundedDiffs([atBound], blobs)).toEqual([atBound]);
  const over = { ...atBound, newText: `${atBound.newText}x` };
  expect(boundedDiffs([over], blobs)[0]?.whole?.bytes).toBeGreaterThan(limits.diffPreviewBytesMax);
  const many = boundedDiffs([atBound, atBound, { path: 'b', oldText: 'o', newText: 'n' }], blobs);
  expect(many.map(({ whole }) => whole !== undefined)).toEqual([false, false, true]);
});

test('[SE16] while a tool runs its newest lines are shown, with what is left out in words', () => {
  const text = Array.from({ length: 3000 }, (_, index) => `line ${String(index)}`).join('\n');
  const shown = runningOutput(text);
  if (shown.kind !== 'inline') throw new Error('expected inline text');
  const [first, second] = shown.text.split('\n');
  expect(first).toMatch(/^… [\d,]+ more bytes are not shown here$/);
  expect(second).toMatch(/^line \d+$/);
  expect(shown.text.endsWith('line 2999')).toBe(true);
});

test('[SE23] titles are the first words of the first line that has any, cut between words', () => {
  expect(titleFrom('  \n\n- fix the *bug*')).toBe('fix the *bug*');
  expect(titleFrom('   ')).toBe(untitled);
  const long = 'word '.repeat(40);
  const title = titleFrom(long);
  expect([...title].length).toBeLessThanOrEqual(limits.sessionTitleCharsMax);
  expect(title).toMatch(/word…$/);
  expect([...titleFrom('x'.repeat(limits.sessionTitleCharsMax))]).toHaveLength(
    limits.sessionTitleCharsMax,
  );
  expect(titleFrom('x'.repeat(limits.sessionTitleCharsMax + 1)).endsWith('x…')).toBe(true);
});

test('[SE6] images are told by their first bytes', () => {
  expect(imageKind(new Uint8Array([0xff, 0xd8, 0xff, 0xe0]))).toBe('image/jpeg');
  expect(imageKind(new TextEncoder().encode('GIF89a'))).toBe('image/gif');
  expect(imageKind(new TextEncoder().encode('RIFF1234WEBP'))).toBe('image/webp');
  expect(imageKind(new TextEncoder().encode('RIFF1234WAVE'))).toBeNull();
  expect(imageKind(new Uint8Array())).toBeNull();
});
