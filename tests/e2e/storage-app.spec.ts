import type { Page } from '@playwright/test';
import { connectionTexts } from '#lib/components/messages/connection.ts';
import { taskTexts } from '#lib/components/messages/tasks.ts';
import { expect, test } from './fixtures.ts';

/** What a person is told when this browser does not keep what they write, and what goes on meanwhile. */

async function addTask(page: Page, title: string): Promise<void> {
  await page.getByRole('button', { name: taskTexts.newTask }).first().click();
  await page.getByRole('textbox', { name: taskTexts.newTask }).fill(title);
  await page.keyboard.press('Enter');
}

const task = (page: Page, title: string) => page.getByRole('button', { name: title }).first();

/** Makes the browser refuse IndexedDB to every page of the context, until `isRefused` is taken back in a page. */
const refuseDatabases = (): void => {
  const open = IDBFactory.prototype.open;
  Object.assign(window, { isRefused: true });
  IDBFactory.prototype.open = function (...values: Parameters<IDBFactory['open']>) {
    if ('isRefused' in window && window.isRefused === true)
      throw new DOMException('denied by the test', 'SecurityError');
    return open.apply(this, values);
  };
};

test('[R6] IndexedDB refused: the app says that this browser stores nothing and why, goes on, and is silent again when it is allowed', async ({
  bench,
}) => {
  const laptop = await bench.device('Laptop');
  const tablet = (await bench.device('Tablet')).page;
  await tablet.goto('/tasks');
  await laptop.context.addInitScript(refuseDatabases);
  const { page } = laptop;
  await page.goto('/tasks');
  await expect(page.getByText(connectionTexts.storageOff)).toBeVisible();
  await expect(page.getByText(connectionTexts.storageOffWhy('denied by the test'))).toBeVisible();
  await addTask(page, 'written in memory');
  await expect(task(tablet, 'written in memory')).toBeVisible();
  await page.evaluate(() => Object.assign(window, { isRefused: false }));
  await expect(page.getByText(connectionTexts.storageOff)).toBeHidden({ timeout: 40_000 });
});
