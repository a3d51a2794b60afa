import { AxeBuilder } from '@axe-core/playwright';
import { expect } from '@playwright/test';
import { routes, test } from './fixtures.ts';

for (const { name, path, opening } of routes)
  for (const size of ['desktop', 'phone'] as const)
    for (const theme of ['light', 'dark'] as const)
      test(`axe finds nothing on ${name}, ${size}, ${theme}`, async ({ open }) => {
        const { page } = await open(path, { ...opening, size, theme });
        const { violations } = await new AxeBuilder({ page }).analyze();
        const found = violations.map(({ id, nodes }) => ({
          id,
          where: nodes.map(({ target, failureSummary }) => [target.join(' '), failureSummary]),
        }));
        expect(found).toEqual([]);
      });
