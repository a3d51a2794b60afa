import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { keysElsewhere } from './key-table.ts';

const components = new URL('../', import.meta.url);

/** Chords that components register for one place, as written: `register('queue', [… keys: 'j' …])`. */
function registered(): readonly { readonly scope: string; readonly keys: string }[] {
  return readdirSync(components, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.svelte'))
    .flatMap((path) => {
      const source = readFileSync(new URL(path, components), 'utf8');
      return [...source.matchAll(/keyboard\.register\(\s*'(\w+)',\s*\[(.*?)\n\s*\]/gsu)];
    })
    .flatMap(([, scope = '', bindings = '']) =>
      [...bindings.matchAll(/keys: '([^']+)'/gu)].map(([, keys = '']) => ({ scope, keys })),
    );
}

test('the list of keys has every key that a page registers for itself', () => {
  const found = registered().filter(({ scope }) => scope !== 'anywhere');
  expect(new Set(found.map(({ scope }) => scope))).toEqual(
    new Set(['transcript', 'permission', 'queue', 'tasks']),
  );
  const listed = keysElsewhere.flatMap(({ scope, lines }) =>
    lines.map(({ keys }) => ({ scope, keys })),
  );
  for (const one of found) expect(listed).toContainEqual(one);
});

test('no key is listed twice for one place', () => {
  for (const { scope, lines } of keysElsewhere) {
    const keys = lines.map((line) => line.keys);
    expect(new Set(keys).size, scope).toBe(keys.length);
  }
});
