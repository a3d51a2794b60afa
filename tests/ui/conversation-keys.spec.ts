import { expect } from '@playwright/test';
import { test } from './conversation-page.ts';

test('j and k go through the entries, Enter opens, c and l copy', async ({ converse }) => {
  const { page, log, say } = await converse();
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await say('answer', 'a', 50, 'first words');
  await say('tool', 'b', 51, { command: 'npm test', output: { kind: 'inline', text: 'ok' } });
  await log.focus();
  const focused = page.locator('article:focus');
  await page.keyboard.press('End');
  for (let step = 0; step < 12; step += 1) await page.keyboard.press('j');
  await expect(focused).toContainText('npm test');
  await page.keyboard.press('Enter');
  await expect(focused.getByRole('button', { name: /npm test/u })).toHaveAttribute(
    'aria-expanded',
    'true',
  );
  await page.keyboard.press('c');
  await expect
    .poll(() => page.evaluate(() => navigator.clipboard.readText()))
    .toBe('$ npm test\nok');
  await page.keyboard.press('k');
  await expect(focused).toContainText('first words');
  await page.keyboard.press('l');
  await expect
    .poll(() => page.evaluate(() => navigator.clipboard.readText()))
    .toMatch(/\/s\/[\w-]+\/i\/a$/u);
});

test('find goes through all entries that are read, on the page or not', async ({ converse }) => {
  const { page, log, say } = await converse();
  for (let index = 0; index < 40; index += 1)
    await say(
      'answer',
      `e${String(index)}`,
      50 + index,
      `Paragraph ${String(index)}. ${'words '.repeat(60)}`,
    );
  await say('answer', 'needle', 45, 'Here is the Needle in it');
  await page.keyboard.press('Control+f');
  const bar = page.getByRole('search');
  await bar.getByRole('searchbox').fill('needle');
  await page.keyboard.press('Enter');
  await expect(bar.getByText('1 of 1')).toBeVisible();
  await expect(log.getByText('Here is the Needle')).toBeInViewport();
  await bar.getByRole('searchbox').fill('Paragraph 39');
  await expect(log.getByText('Paragraph 39.', { exact: false })).toBeInViewport();
  await bar.getByRole('searchbox').fill('not there');
  await expect(bar.getByText('Not found')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(bar).toHaveCount(0);
});

test('entries are articles with a heading in a log that is not announced', async ({ converse }) => {
  const { log } = await converse({ quiet: false });
  await expect(log).toHaveAttribute('aria-live', 'off');
  await expect(log.getByRole('article', { name: 'Claude Code, turn 4' }).first()).toBeAttached();
  await expect(
    log.getByRole('heading', { level: 3, name: 'Claude Code, turn 4' }).first(),
  ).toBeAttached();
});

test('only the entries near the window are on the page', async ({ converse }) => {
  const { log, say } = await converse();
  for (let index = 0; index < 300; index += 1)
    await say('answer', `e${String(index)}`, 50 + index, `Paragraph ${String(index)}`);
  await expect(log.getByText('Paragraph 299')).toBeVisible();
  expect(await log.getByRole('article').count()).toBeLessThan(80);
});
