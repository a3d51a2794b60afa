import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';

/** Values that stand for what functions of the catalogue are given. */
const sample = (index: number): unknown => [3, 'src/config.ts', 7, '14:02', 2, 'Mara'][index] ?? 1;

/** All texts of a catalogue's value, with the path that leads to them; functions are called with samples of each sort. */
function textsOf(value: unknown, path: string): { readonly path: string; readonly text: string }[] {
  if (typeof value === 'string') return [{ path, text: value }];
  if (Array.isArray(value))
    return value.flatMap((one, index) => textsOf(one, `${path}.${String(index)}`));
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, one]) => textsOf(one, `${path}.${key}`));
  if (typeof value !== 'function') return [];
  const results = [0, 1, 2].flatMap((shift) => {
    const given = Array.from({ length: value.length }, (_, index) => sample(index + shift));
    try {
      const text: unknown = Reflect.apply(value as (...args: unknown[]) => unknown, null, given);
      return [text];
    } catch {
      // The samples are not of the sort that this function takes; another shift is.
      return [];
    }
  });
  return results.flatMap((result) => textsOf(result, `${path}()`));
}

const folder = new URL('.', import.meta.url);
const files = readdirSync(folder).filter(
  (name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && name !== 'numbers.ts',
);
const moduleSchema = z.record(z.string(), z.unknown());
const texts = (
  await Promise.all(
    files.map(async (file) =>
      textsOf(moduleSchema.parse({ ...(await import(new URL(file, folder).href)) }), file),
    ),
  )
).flat();

describe('wording of the interface (UX 4 and 5)', () => {
  test('the catalogue is read', () => {
    expect(files.length).toBeGreaterThan(5);
    expect(texts.length).toBeGreaterThan(200);
  });

  test('no text claims safety without saying where', () => {
    const claims = texts.filter(({ text }) =>
      /\b(synced|synchroni[sz]ed|saved|ready|success(fully)?)\b/iu.test(text),
    );
    expect(claims).toEqual([]);
  });

  test('no text blames, exclaims or says nothing', () => {
    const blames = texts.filter(
      ({ text }) =>
        /\b(invalid|illegal|oops|wrong input|something went wrong|error occurred)\b/iu.test(text) ||
        /!(?!\[)/u.test(text),
    );
    expect(blames).toEqual([]);
  });

  test('no button is called OK, Yes or Submit', () => {
    expect(texts.filter(({ text }) => /^(ok|okay|yes|submit|continue)$/iu.test(text))).toEqual([]);
  });

  test('labels have no full stop, and dots are an ellipsis', () => {
    expect(texts.filter(({ text }) => /^[^.!?]{1,30}\.$/u.test(text) && !/\s/u.test(text))).toEqual(
      [],
    );
    expect(texts.filter(({ text }) => text.includes('...') && !text.includes('`'))).toEqual([]);
  });
});
