import { readFile } from 'node:fs/promises';
import { expect } from '@playwright/test';
import { expiredPath, test } from './fixtures.ts';
import { storyTime } from './harness/people.ts';

const group = (name: string) => new RegExp(`^${name} \\d+$`, 'u');

test('[R6] entries are grouped by who has them, with the fixed words', async ({ open }) => {
  const { page } = await open('/queue', { scenario: 'away' });
  const region = (name: string) => page.getByRole('region', { name: group(name) });
  await expect(region('Needs you').getByRole('listitem')).toHaveCount(3);
  await expect(region('Needs you')).toContainText('Expired');
  await expect(region('Needs you')).toContainText('Refused');
  await expect(region('Needs you')).toContainText('Not accepted');
  await expect(region('On the bridge')).toContainText('Waits for #214');
  await expect(region('On this device').getByRole('listitem')).toHaveCount(3);
  await expect(region('On this device')).toContainText(
    '2 tries, sent, no answer yet, again in 8 s',
  );
  await expect(region('On this device')).toContainText('goes after the one before it');
  await expect(region('Settled today')).toContainText('#211');
});

test('[R6] without a connection nothing runs on the page, and the list says as of when', async ({
  open,
}) => {
  const { page, tell } = await open('/queue', { scenario: 'away' });
  await expect(page.locator('.ring.live')).not.toHaveCount(0);
  await tell('connection', { kind: 'offline', since: storyTime });
  await expect(page.locator('.ring.live')).toHaveCount(0);
  await expect(page.getByText('as of 14:32')).toBeVisible();
});

test('an expired command is offered again as a new one, which opens', async ({ open }) => {
  const { page } = await open(expiredPath, { scenario: 'away' });
  const detail = page.getByRole('region', { name: 'Details' });
  await detail.getByRole('button', { name: /^Offer .* again$/u }).click();
  await expect(page).not.toHaveURL(new RegExp(expiredPath, 'u'));
  await expect(detail).toContainText('Only this device has it.');
});

test('what may have arrived cannot be cancelled, with the reason; what is here can', async ({
  open,
}) => {
  const { page } = await open('/queue', { scenario: 'away' });
  const detail = page.getByRole('region', { name: 'Details' });
  await page.getByRole('link', { name: /Upgrade to Vite 8.*On this device/u }).click();
  await expect(detail.getByRole('button', { name: /^Cancel/u })).toHaveAttribute(
    'aria-disabled',
    'true',
  );
  await expect(detail).toContainText('It was sent already: the bridge may have it.');
  await page.getByRole('link', { name: /Change the agent Codex/u }).click();
  await detail.getByRole('button', { name: /^Cancel/u }).click();
  await expect(page.getByRole('link', { name: /Change the agent Codex/u })).toHaveCount(0);
  await expect(page).toHaveURL(/\/queue$/u);
});

test('[R11] values of an agent’s variables are not on the page', async ({ open }) => {
  const { page } = await open('/queue', { scenario: 'away' });
  await page.getByRole('link', { name: /Change the agent Codex/u }).click();
  await page.getByText('What is sent').click();
  await expect(page.getByText('"OPENAI_API_KEY": "…"')).toBeVisible();
  expect(await page.content()).not.toContain('sk-never-shown');
});

test('[R6] what was not accepted is readable, can be exported, and is dismissed after a question', async ({
  open,
}) => {
  const { page } = await open('/queue/copy-1', { scenario: 'away' });
  await expect(page.getByText('GET /v1/parcels 429 retry-after=2')).toBeVisible();
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export as a JSON file' }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe('not-accepted-copy-1.json');
  const file: unknown = JSON.parse(await readFile(await download.path(), 'utf8'));
  expect(file).toMatchObject({ update: 'AQPA3q2+AAA=', changes: [{ kind: 'prompt' }, {}] });
  await page.getByRole('button', { name: 'Dismiss the copy…' }).click();
  await page.getByRole('button', { name: 'Dismiss it for good' }).click();
  await expect(page.getByText('Not accepted')).toHaveCount(0);
});

test('j and k move, Enter opens beside the list, Escape closes and decides nothing', async ({
  open,
}) => {
  const { page } = await open('/queue', { scenario: 'away' });
  const entries = page.locator('[data-entry]');
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await expect(entries.nth(1)).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/queue\/.+/u);
  await expect(entries.nth(1)).toHaveAttribute('aria-current', 'true');
  await page.keyboard.press('k');
  await expect(entries.nth(0)).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(/\/queue$/u);
  await expect(entries.nth(0)).toBeFocused();
});

test('the history is filtered by words, session and kind, and the filter is in the address', async ({
  open,
}) => {
  const { page } = await open('/queue?tab=history', { scenario: 'away' });
  const rows = page.locator('[data-entry]');
  const all = await rows.count();
  await page.getByRole('searchbox').fill('npm publish');
  await expect(rows).toHaveCount(1);
  await expect(page).toHaveURL(/words=npm\+publish/u);
  await page.getByRole('searchbox').fill('nothing has this');
  await page.getByRole('button', { name: 'Show all operations' }).click();
  await expect(rows).toHaveCount(all);
  await page.getByRole('button', { name: 'Any kind' }).click();
  await page.getByRole('menuitemradio', { name: 'Stop a turn' }).click();
  await expect(page).toHaveURL(/kind=turn\.cancel/u);
  expect(await rows.count()).toBeLessThan(all);
});

test('on a narrow window an entry takes the list’s place, and Back gives the list back as it was', async ({
  open,
}) => {
  const { page } = await open('/queue', { scenario: 'away', size: 'phone' });
  const list = page.getByRole('region', { name: 'Entries of the queue' });
  const entry = page.getByRole('link', { name: /Change the agent Codex/u });
  await entry.scrollIntoViewIfNeeded();
  const before = await list.evaluate((element) => element.scrollTop);
  expect(before).toBeGreaterThan(0);
  await entry.click();
  await expect(list).toBeHidden();
  await expect(page.getByRole('navigation', { name: 'Workspace' })).toHaveCount(0);
  await page.getByRole('link', { name: 'Back' }).click();
  await expect(entry).toBeFocused();
  expect(await list.evaluate((element) => element.scrollTop)).toBe(before);
});
