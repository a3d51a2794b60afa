import { expect, type Locator } from '@playwright/test';
import { test } from './conversation-page.ts';
import { storyTime } from './harness/people.ts';

const rows = (list: Locator): Promise<string[]> =>
  list.locator('.text').evaluateAll((all) => all.map((one) => one.textContent));

test('three are shown, the rest is folded', async ({ converse }) => {
  const { page, say } = await converse();
  for (let index = 0; index < 5; index += 1)
    await say('prompt', `q${String(index)}`, `Do ${String(index)}`);
  const list = page.getByRole('list', { name: '5 prompts queued' });
  expect(await rows(list)).toEqual(['Do 0', 'Do 1', 'Do 2']);
  await page.getByRole('button', { name: '2 more' }).click();
  expect(await rows(list)).toHaveLength(5);
});

test('they are reordered by keys, by menu and by dragging', async ({ converse }) => {
  const { page, say } = await converse();
  for (const name of ['a', 'b', 'c']) await say('prompt', name, name);
  const list = page.getByRole('list', { name: '3 prompts queued' });
  await list.getByRole('button', { name: 'Send now' }).last().focus();
  await page.keyboard.press('Alt+ArrowUp');
  await expect.poll(() => rows(list)).toEqual(['a', 'c', 'b']);
  await list.getByRole('button', { name: 'Edit, move, withdraw' }).first().click();
  await page.getByRole('menuitem', { name: 'Move down' }).click();
  await expect.poll(() => rows(list)).toEqual(['c', 'a', 'b']);
  await list.locator('.number').last().dragTo(list.locator('.row').first());
  await expect.poll(() => rows(list)).toEqual(['b', 'c', 'a']);
});

test('a withdrawn one can be put back where it was', async ({ converse }) => {
  const { page, say } = await converse();
  for (const name of ['a', 'b', 'c']) await say('prompt', name, name);
  const list = page.getByRole('list', { name: /queued/u });
  await list.getByRole('button', { name: 'Edit, move, withdraw' }).nth(1).click();
  await page.getByRole('menuitem', { name: 'Withdraw' }).click();
  await expect.poll(() => rows(list)).toEqual(['a', 'c']);
  await page.getByRole('button', { name: 'Put back' }).click();
  await expect.poll(() => rows(list)).toEqual(['a', 'b', 'c']);
});

test('one is edited in place; what was handed over meanwhile is offered as a new prompt', async ({
  converse,
}) => {
  const { page, say } = await converse();
  await say('prompt', 'a', 'before');
  await page.getByRole('button', { name: 'Edit, move, withdraw' }).click();
  await page.getByRole('menuitem', { name: 'Edit' }).click();
  const editor = page.getByRole('textbox', { name: 'Edit the queued prompt' });
  await expect(editor).toBeFocused();
  await expect(page.getByText('The bridge holds this prompt while it is open here.')).toBeVisible();
  await editor.fill('after');
  await say('receipt', 'a', 'handed');
  await expect(page.getByText('handed to the agent meanwhile', { exact: false })).toBeVisible();
  await page.getByRole('button', { name: 'Keep the change' }).click();
  await expect(
    page.getByText('Edited after it was handed to the agent.', { exact: false }),
  ).toBeVisible();
  await page.getByRole('button', { name: 'Send as a new prompt' }).click();
  await expect.poll(() => rows(page.getByRole('list', { name: /queued/u }))).toEqual(['after']);
});

test('a prompt of an interrupted turn is offered again', async ({ converse }) => {
  const { page, say } = await converse();
  await say('prompt', 'a', 'text');
  await say('receipt', 'a', 'interrupted');
  await expect(page.getByText('Its turn was interrupted. Send it again?')).toBeVisible();
  await page.getByRole('button', { name: 'Do not send it' }).click();
  await expect(page.getByText('Its turn was interrupted.', { exact: false })).toHaveCount(0);
});

test('send now puts it first and stops the turn that runs', async ({ converse }) => {
  const { page, say, sent } = await converse();
  for (const name of ['a', 'b']) await say('prompt', name, name);
  await page.getByRole('button', { name: 'Send now: stops the turn' }).last().click();
  await expect.poll(() => rows(page.getByRole('list', { name: /queued/u }))).toEqual(['b', 'a']);
  await expect.poll(sent).toMatchObject([{ kind: 'turn.cancel' }]);
});

test('on a phone without a connection each stands dashed at its place', async ({ converse }) => {
  const { page, say, tell, log } = await converse({ size: 'phone' });
  await tell('connection', { kind: 'offline', since: storyTime });
  await say('prompt', 'a', 'Bump the version');
  const card = log.getByRole('article').filter({ hasText: 'Bump the version' });
  await expect(card).toContainText('On this device');
  await expect(card.locator('.card')).toHaveCSS('border-top-style', 'dashed');
  await expect(page.getByText('1 prompt queued')).toHaveCount(0);
});
