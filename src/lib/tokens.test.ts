import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

type Rgb = readonly [number, number, number];
type Theme = 'light' | 'dark';
const themes: readonly Theme[] = ['light', 'dark'];

const css = readFileSync(new URL('./tokens.css', import.meta.url), 'utf8');
const colours = new Map(
  [...css.matchAll(/--([\w-]+):\s*light-dark\((#[0-9a-f]{6}),\s*(#[0-9a-f]{6})\)/gu)].map(
    ([, name = '', light = '', dark = '']) =>
      [name, { light: rgb(light), dark: rgb(dark) }] as const,
  ),
);

function rgb(hex: string): Rgb {
  const part = (at: number): number => Number.parseInt(hex.slice(at, at + 2), 16);
  return [part(1), part(3), part(5)];
}

function colour(name: string, theme: Theme): Rgb {
  const found = colours.get(name);
  if (found === undefined) throw new Error(`expected a colour --${name} in tokens.css`);
  return found[theme];
}

/** WCAG 2.2, relative luminance and contrast ratio. */
function luminance(parts: Rgb): number {
  const [r, g, b] = parts.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
function contrast(one: Rgb, other: Rgb): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [
    number,
    number,
  ];
  return (light + 0.05) / (dark + 0.05);
}

/** The lowest contrast of a colour over the surfaces it may stand on. */
function lowest(name: string, surfaces: readonly string[], theme: Theme): number {
  const ratios = surfaces.map((surface) => contrast(colour(name, theme), colour(surface, theme)));
  return Math.min(...ratios);
}

const allSurfaces = ['bg', 'bg-side', 'bg-raised', 'bg-inset', 'bg-hover', 'bg-selected'];
const pageSurfaces = ['bg', 'bg-side', 'bg-raised'];
const diffFills = [
  'add',
  'add-strong',
  'del',
  'del-strong',
  'mod',
  'mod-strong',
  'mine',
  'mine-strong',
  'theirs',
  'theirs-strong',
  'range',
];

/** The table is printed to one decimal, its roundings included. */
const rounding = 0.1;

/** UX 3: lowest contrast, light / dark. */
const table = [
  { name: 'fg', surfaces: allSurfaces, light: 14.2, dark: 11.5 },
  { name: 'fg-2', surfaces: allSurfaces, light: 6.9, dark: 6.7 },
  { name: 'fg-3', surfaces: allSurfaces, light: 5.0, dark: 5.1 },
  { name: 'accent', surfaces: [...allSurfaces, 'accent-soft'], light: 5.6, dark: 6.2 },
  { name: 'fg-on-solid', surfaces: ['accent'], light: 6.8, dark: 8.6 },
  { name: 'needs', surfaces: [...pageSurfaces, 'needs-soft'], light: 5.7, dark: 7.6 },
  { name: 'ok', surfaces: [...pageSurfaces, 'ok-soft'], light: 5.4, dark: 7.5 },
  { name: 'fail', surfaces: [...pageSurfaces, 'fail-soft'], light: 5.5, dark: 7.0 },
  { name: 'conflict', surfaces: [...pageSurfaces, 'conflict-soft'], light: 6.4, dark: 7.0 },
  { name: 'waiting', surfaces: [...pageSurfaces, 'waiting-soft'], light: 6.9, dark: 6.7 },
];

describe('contrast, recomputed from tokens.css', () => {
  for (const { name, surfaces, light, dark } of table)
    test(`${name} reaches ${String(light)} and ${String(dark)}`, () => {
      expect(lowest(name, surfaces, 'light')).toBeGreaterThanOrEqual(light - rounding);
      expect(lowest(name, surfaces, 'dark')).toBeGreaterThanOrEqual(dark - rounding);
    });

  for (const theme of themes) {
    test(`text in ${theme} is at least 4.5 on every surface`, () => {
      for (const name of ['fg', 'fg-2', 'fg-3', 'accent', 'needs', 'fail', 'conflict'])
        expect(lowest(name, allSurfaces, theme), name).toBeGreaterThanOrEqual(4.5);
    });

    test(`marks and borders of controls in ${theme} are at least 3`, () => {
      for (const name of ['needs-dot', 'ok-dot', 'fail-dot', 'conflict-dot'])
        expect(lowest(name, pageSurfaces, theme), name).toBeGreaterThanOrEqual(3);
      expect(lowest('line-control', pageSurfaces, theme)).toBeGreaterThanOrEqual(3);
      expect(lowest('focus', allSurfaces, theme)).toBeGreaterThanOrEqual(5.6);
    });

    test(`code in ${theme} is at least 4.5 on every fill of diffs and merges`, () => {
      const inks = [...colours.keys()].filter((name) => /^code(-|$)/u.test(name));
      expect(inks.length).toBeGreaterThan(5);
      for (const ink of inks)
        expect(
          lowest(ink, [...diffFills, 'bg', 'bg-raised', 'bg-inset'], theme),
          ink,
        ).toBeGreaterThanOrEqual(4.5);
    });

    test(`the eight people in ${theme} are readable as names and as fills`, () => {
      for (let n = 1; n <= 8; n += 1) {
        const name = `person-${String(n)}`;
        expect(lowest(name, allSurfaces, theme), name).toBeGreaterThanOrEqual(4.5);
        expect(lowest('fg-on-solid', [name], theme), name).toBeGreaterThanOrEqual(4.5);
      }
    });
  }
});
