import { expect, type Page } from '@playwright/test';
import { test } from './fixtures.ts';

const selection = (page: Page) =>
  page
    .getByLabel('First prompt')
    .evaluate((field: HTMLTextAreaElement) => [field.selectionStart, field.selectionEnd]);

test('the caret stays with its words when another device writes before it', async ({ open }) => {
  const { page, tell } = await open('/new');
  const field = page.getByLabel('First prompt');
  await field.pressSequentially('Fix the bug');
  await page.keyboard.press('Home');
  for (let step = 0; step < 4; step += 1) await page.keyboard.press('ArrowRight');
  await tell('writeDraft', 'Please: ', 0);
  await expect(field).toHaveValue('Please: Fix the bug');
  expect(await selection(page)).toEqual([12, 12]);
  await page.keyboard.type('all of ');
  await expect(field).toHaveValue('Please: Fix all of the bug');
});

test('a composition is not rewritten, and what came meanwhile is merged after it', async ({
  open,
}) => {
  const { page, tell } = await open('/new');
  const field = page.getByLabel('First prompt');
  await field.pressSequentially('Fix ');
  const client = await page.context().newCDPSession(page);
  await client.send('Input.imeSetComposition', { text: 'に', selectionStart: 1, selectionEnd: 1 });
  await tell('writeDraft', 'Please: ', 0);
  await expect(field).toHaveValue('Fix に');
  await client.send('Input.imeSetComposition', { text: '日', selectionStart: 1, selectionEnd: 1 });
  await client.send('Input.insertText', { text: '日本' });
  await expect(field).toHaveValue('Please: Fix 日本');
});

test('Enter during a composition starts nothing', async ({ open }) => {
  const { page } = await open('/new');
  const field = page.getByLabel('First prompt');
  await field.pressSequentially('Fix ');
  await field.evaluate((element) => {
    const options = { key: 'Enter', bubbles: true, cancelable: true };
    element.dispatchEvent(new KeyboardEvent('keydown', { ...options, isComposing: true }));
    // How Safari reports the key that ended a composition.
    const safari = new KeyboardEvent('keydown', options);
    Object.defineProperty(safari, 'keyCode', { value: 229 });
    element.dispatchEvent(safari);
  });
  await expect(page).toHaveURL(/\/new$/u);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/s\//u);
});
