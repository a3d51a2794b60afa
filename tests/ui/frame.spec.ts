import { expect } from '@playwright/test';
import { sessionPath, test } from './fixtures.ts';

test('landmarks have names, and there is one first heading', async ({ open }) => {
  const { page } = await open(sessionPath);
  await expect(page.getByRole('navigation', { name: 'Workspace' })).toBeVisible();
  await expect(page.getByRole('main')).toBeVisible();
  await expect(page.getByRole('complementary', { name: 'Session panel' })).toBeVisible();
  await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
  await expect(page.locator('[aria-live=polite]')).toHaveCount(1);
  // The router's own region tells page titles after a navigation; the app has one of its own.
  await expect(page.locator('[aria-live=assertive]:not(#svelte-announcer)')).toHaveCount(1);
});

test('the first Tab reaches the skip link, which leads to the content', async ({ open }) => {
  const { page } = await open('/tasks');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();
});

test('F6 goes round the regions in their order, ⇧F6 back', async ({ open }) => {
  const { page } = await open(sessionPath);
  const region = () =>
    page.evaluate(() =>
      [...document.querySelectorAll('[data-region]')]
        .filter((one) => one.getClientRects().length > 0)
        .findLastIndex((one) => one.contains(document.activeElement)),
    );
  const count = await page.locator('[data-region]').count();
  expect(count).toBeGreaterThanOrEqual(3);
  const seen: number[] = [];
  for (let press = 0; press <= count; press += 1) {
    await page.keyboard.press('F6');
    seen.push(await region());
  }
  const order = Array.from({ length: count }, (_, index) => index);
  expect(seen).toEqual([...order, 0]);
  await page.keyboard.press('Shift+F6');
  expect(await region()).toBe(count - 1);
});

test('arrows move within the list of sessions, which is one stop of the Tab key', async ({
  open,
}) => {
  const { page } = await open('/tasks');
  const links = page.locator('a[data-session]');
  await expect(links.and(page.locator('[tabindex="0"]'))).toHaveCount(1);
  await links.first().focus();
  await page.keyboard.press('ArrowDown');
  await expect(links.nth(1)).toBeFocused();
  await page.keyboard.press('End');
  await expect(links.last()).toBeFocused();
});

test.describe('keys', () => {
  test('g t goes to the tasks, w to what needs somebody', async ({ open }) => {
    const { page } = await open('/queue');
    await page.keyboard.press('g');
    await page.keyboard.press('t');
    await expect(page).toHaveURL(/\/tasks$/u);
    await page.keyboard.press('w');
    await expect(page).toHaveURL(new RegExp(`${sessionPath}$`, 'u'));
  });

  test('single letters are text in a text field', async ({ open }) => {
    const { page } = await open('/new');
    const field = page.getByLabel('First prompt');
    await field.pressSequentially('g t w ?');
    await expect(field).toHaveValue('g t w ?');
    await expect(page).toHaveURL(/\/new$/u);
  });

  test('? lists the keys, Escape closes the list and gives focus back', async ({ open }) => {
    const { page } = await open('/queue');
    const link = page.getByRole('link', { name: 'History' });
    await link.focus();
    await page.keyboard.press('?');
    const dialog = page.getByRole('dialog', { name: 'Keys' });
    await expect(dialog).toContainText('Next session that needs you');
    await expect(dialog).toBeFocused();
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
    await expect(link).toBeFocused();
  });

  test('Ctrl B hides the sidebar, and a button brings it back', async ({ open }) => {
    const { page } = await open('/queue');
    await page.keyboard.press('Control+b');
    await expect(page.getByRole('navigation', { name: 'Workspace' })).toHaveCount(0);
    await page.getByRole('button', { name: 'Show the sidebar' }).click();
    await expect(page.getByRole('navigation', { name: 'Workspace' })).toBeVisible();
  });

  test('Ctrl . hides the panel, and a button brings it back', async ({ open }) => {
    const { page } = await open(sessionPath);
    await page.keyboard.press('Control+.');
    await expect(page.getByRole('complementary')).toHaveCount(0);
    await page.getByRole('button', { name: 'Show the panel' }).click();
    await expect(page.getByRole('complementary')).toBeVisible();
  });
});

test('on a narrow window Back closes a sheet, not the page', async ({ open }) => {
  const { page } = await open('/queue', { size: 'phone' });
  await page.locator('[data-pill]').click();
  const sheet = page.getByRole('dialog', { name: 'Connection' });
  await expect(sheet).toBeVisible();
  await page.goBack();
  await expect(sheet).toHaveCount(0);
  await expect(page).toHaveURL(/\/queue$/u);
});

test('a dialog opens with focus on itself, never on a button', async ({ open }) => {
  const { page } = await open(sessionPath);
  await page.getByRole('button', { name: 'What can be done with this session' }).click();
  await page.getByRole('menuitem', { name: 'Move to the trash…' }).click();
  await expect(page.getByRole('dialog')).toBeFocused();
});

test('the theme is chosen, kept, and on the page at once', async ({ open }) => {
  const { page } = await open('/settings/appearance', { theme: 'light' });
  const scheme = () => page.evaluate(() => getComputedStyle(document.documentElement).colorScheme);
  await page.getByRole('radio', { name: 'Dark' }).click();
  await expect.poll(scheme).toBe('dark');
  await page.getByRole('radio', { name: 'Larger', exact: true }).click();
  const size = await page.evaluate(() => getComputedStyle(document.documentElement).fontSize);
  expect(parseFloat(size)).toBeCloseTo(20.8, 1);
});

test('an address without a page says so and leads on', async ({ open }) => {
  const { page } = await open('/nowhere');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(
    'There is no page at this address',
  );
  await page.getByRole('link', { name: 'Go to the sessions' }).click();
  await expect(page).toHaveURL(/\/$|\/s\//u);
});
