import { expect } from '@playwright/test';
import { routes, test } from './fixtures.ts';

test.describe('at 320 px nothing scrolls sideways', () => {
  for (const { name, path, opening } of routes)
    test(name, async ({ open }) => {
      const { page } = await open(path, { ...opening, size: 'smallest' });
      const wide = await page.evaluate(() => {
        // Code without wrapping may; nothing else.
        const scrolls = (element: Element): boolean =>
          element.scrollWidth > element.clientWidth + 1 &&
          ['auto', 'scroll'].includes(getComputedStyle(element).overflowX) &&
          element.closest('pre, code') === null;
        const outside = (element: Element): boolean => {
          const { left, right, width } = element.getBoundingClientRect();
          return width > 0 && (left < -1 || right > innerWidth + 1) && element.checkVisibility();
        };
        return [...document.body.querySelectorAll('*')]
          .filter((element) => scrolls(element) || (outside(element) && isFlow(element)))
          .map((element) => `${element.tagName}.${element.className.toString()}`);

        function isFlow(element: Element): boolean {
          // What is clipped by its parent (an ellipsis) is not seen outside.
          for (let at = element.parentElement; at !== null; at = at.parentElement)
            if (getComputedStyle(at).overflowX !== 'visible') return at === document.body;
          return true;
        }
      });
      expect(wide).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
    });
});

test.describe('on a coarse pointer everything to press is 44 px', () => {
  for (const { name, path, opening } of routes)
    test(name, async ({ open }) => {
      const { page } = await open(path, { ...opening, size: 'phone' });
      const small = await page.evaluate(() => {
        const least = 43.5;
        const selector = 'button, a[href], input, textarea, select, [role=button], [role=radio]';
        return [...document.querySelectorAll<HTMLElement>(selector)]
          .filter((element) => element.checkVisibility({ visibilityProperty: true }))
          .filter((element) => !isInText(element) && !element.matches('.skip'))
          .flatMap((element) => {
            const { width, height } = target(element);
            return width >= least && height >= least
              ? []
              : [`${element.tagName}.${element.className} ${String(width)}×${String(height)}`];
          });

        /** A link within a sentence is as high as its line (WCAG 2.5.8, inline). */
        function isInText(element: HTMLElement): boolean {
          return (
            element.tagName === 'A' &&
            getComputedStyle(element).display === 'inline' &&
            (element.parentElement?.textContent.trim() ?? '') !== element.textContent.trim()
          );
        }
        /** The box and what `::after` adds to it: a target may be larger than its look. */
        function target(element: HTMLElement): { width: number; height: number } {
          const box = element.getBoundingClientRect();
          const after = getComputedStyle(element, '::after');
          const added = after.content !== 'none' && after.position === 'absolute';
          const px = (value: string): number =>
            Number.isNaN(parseFloat(value)) ? 0 : parseFloat(value);
          return {
            width:
              box.width - (added ? Math.min(0, px(after.left)) + Math.min(0, px(after.right)) : 0),
            height:
              box.height - (added ? Math.min(0, px(after.top)) + Math.min(0, px(after.bottom)) : 0),
          };
        }
      });
      expect(small).toEqual([]);
    });
});

test.describe('a control that cannot be used says why', () => {
  for (const { name, path, opening } of routes)
    for (const role of ['owner', 'viewer'] as const)
      test(`${name}, ${role}`, async ({ open }) => {
        const { page, tell } = await open(path, opening);
        if (!('scenario' in opening) || opening.scenario !== 'unpaired') await tell('role', role);
        const silent = await page.evaluate(() =>
          [...document.querySelectorAll('[aria-disabled=true], [disabled]')].flatMap((element) => {
            const ids = element.getAttribute('aria-describedby')?.split(/\s+/u) ?? [];
            const reason = ids
              .map((id) => document.getElementById(id)?.textContent.trim() ?? '')
              .join('');
            const focusable = element.getAttribute('disabled') === null;
            return reason !== '' && focusable ? [] : [element.outerHTML.slice(0, 200)];
          }),
        );
        expect(silent).toEqual([]);
      });
});
