import { expect } from '@playwright/test';
import { test } from './conversation-page.ts';
import { storyTime } from './harness/people.ts';

const idle = { kind: 'idle', since: storyTime } as const;

test('Enter queues while a turn runs, Shift+Enter is a new line', async ({ converse }) => {
  const { page, box } = await converse();
  await expect(page.getByRole('button', { name: 'Queue', exact: true })).toBeVisible();
  await box.fill('one');
  await box.press('Shift+Enter');
  await page.keyboard.type('two');
  await expect(box).toHaveValue('one\ntwo');
  await box.press('Enter');
  await expect(box).toHaveValue('');
  await expect(page.getByRole('list', { name: '1 prompt queued' })).toContainText('one two');
});

test('[UX 7] Enter during a composition never sends', async ({ converse }) => {
  const { page, box } = await converse();
  await box.fill('にほん');
  for (const fields of [{ isComposing: true }, { keyCode: 229 }])
    await box.evaluate((element, given) => {
      element.dispatchEvent(
        new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, ...given }),
      );
    }, fields);
  await expect(box).toHaveValue('にほん');
  await expect(page.getByRole('list', { name: /queued/u })).toHaveCount(0);
});

test('on a touch keyboard Enter is a new line; the button sends', async ({ converse }) => {
  const { page, box, say } = await converse({ size: 'phone' });
  await say('state', 'run', idle);
  await box.fill('one');
  await box.press('Enter');
  await expect(box).toHaveValue('one\n');
  await page.getByRole('button', { name: 'Send', exact: true }).tap();
  await expect(box).toHaveValue('');
});

test('Esc says what it would do, and twice does it', async ({ converse }) => {
  const { page, box, sent } = await converse();
  await box.press('Escape');
  await expect(page.getByText('Press Esc again to stop the turn')).toBeVisible();
  expect(await sent()).toEqual([]);
  await box.press('Escape');
  await expect.poll(sent).toMatchObject([{ kind: 'turn.cancel', params: { turnId: 'turn-4' } }]);
  await expect(page.getByRole('button', { name: /^Stopping/u })).toBeVisible();
});

test('the stop button stops at any time, and is not there without a turn', async ({ converse }) => {
  const { page, say, sent } = await converse();
  await page.getByRole('button', { name: /^Stop/u }).click();
  await expect.poll(sent).toMatchObject([{ kind: 'turn.cancel' }]);
  await say('state', 'run', idle);
  await expect(page.getByRole('button', { name: /^Stop/u })).toHaveCount(0);
});

test('@ and / offer what there is, by keyboard, and the box keeps focus', async ({ converse }) => {
  const { page, box, say } = await converse();
  await say('state', 'commands', [
    { name: 'review', description: 'Look at the changes', hint: null },
    { name: 'retry', description: 'Again', hint: 'n' },
  ]);
  await box.pressSequentially('see @retr');
  await expect(page.getByRole('option')).toHaveText(['src/http/retry.ts']);
  await box.press('Enter');
  await expect(box).toHaveValue('see @src/http/retry.ts ');
  await expect(box).toBeFocused();
  await box.fill('');
  await box.pressSequentially('/re');
  await expect(page.getByRole('option')).toHaveCount(2);
  await box.press('ArrowDown');
  await expect(box).toHaveAttribute('aria-activedescendant', /-1$/u);
  await box.press('Escape');
  await expect(page.getByRole('option')).toHaveCount(0);
  await expect(page.getByText('Press Esc again')).toHaveCount(0);
});

test('the arrow up in an empty box brings earlier prompts', async ({ converse }) => {
  const { box } = await converse();
  await box.focus();
  await box.press('ArrowUp');
  await expect(box).toHaveValue(/^Clients that send/u);
  await box.press('ArrowDown');
  await expect(box).toHaveValue('');
});

test('a mode that asks is taken at once; one that does not is confirmed, and stays marked', async ({
  converse,
}) => {
  const { page, box, say, sent } = await converse();
  await box.press('Shift+Tab');
  const dialog = page.getByRole('dialog', { name: 'Change to “Accept edits”' });
  await expect(dialog).toContainText('without asking');
  expect(await sent()).toEqual([]);
  await dialog.getByRole('button', { name: 'Stay in “Ask first”' }).click();
  expect(await sent()).toEqual([]);
  await page.getByRole('button', { name: /^Mode:/u }).click();
  await page.getByRole('menuitemradio', { name: /Accept edits/u }).click();
  await dialog.getByRole('button', { name: 'Change to “Accept edits”' }).click();
  await expect.poll(sent).toMatchObject([{ kind: 'mode.set', params: { modeId: 'edit' } }]);
  await say('state', 'mode', {
    current: 'edit',
    available: [{ id: 'edit', name: 'Accept edits', description: null, asks: false }],
  });
  await expect(
    page.getByText('Mode “Accept edits”: the agent does not ask', { exact: false }),
  ).toBeVisible();
});

test('over the limit both numbers are told and nothing is sent', async ({ converse }) => {
  const { page, box } = await converse();
  await box.fill('x'.repeat(100_001));
  await expect(page.getByText('100,001 of 100,000 characters')).toBeVisible();
  await box.press('Enter');
  await expect(box).not.toHaveValue('');
});

test('files come by the picker and by pasting, and can be taken out', async ({ converse }) => {
  const { page, box } = await converse();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Attach files' }).click();
  await (
    await chooser
  ).setFiles({ name: 'log.txt', mimeType: 'text/plain', buffer: Buffer.from('hi') });
  await expect(page.getByText('log.txt')).toBeVisible();
  await box.evaluate((element) => {
    const data = new DataTransfer();
    data.items.add(new File(['png'], 'shot.png', { type: 'image/png' }));
    element.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
    );
  });
  await expect(page.getByText('shot.png')).toBeVisible();
  await page.getByRole('button', { name: 'Take out log.txt' }).click();
  await expect(page.getByText('log.txt')).toHaveCount(0);
});

test('writing together opens the shared draft and says who types in it', async ({ converse }) => {
  const { page, box, say } = await converse();
  await box.fill('mine');
  await say('sharedDraft', 'ours');
  await page.getByRole('button', { name: 'There is a shared draft' }).click();
  await expect(box).toHaveValue('ours');
  await say('typing', 'shared draft');
  await expect(page.getByText('Mara Lindqvist is typing here')).toBeAttached();
  await page.getByRole('button', { name: 'Back to my draft' }).click();
  await expect(box).toHaveValue('mine');
});

test('offline the button works and says where it goes; nothing says that somebody types', async ({
  converse,
}) => {
  const { page, box, say, tell } = await converse();
  await say('typing', 'shared draft');
  await tell('connection', { kind: 'offline', since: storyTime });
  await expect(page.getByText('Will be sent when this device reaches “workstation”')).toBeVisible();
  await expect(page.getByText('is typing here')).toHaveCount(0);
  await box.fill('written on the train');
  await box.press('Enter');
  await expect(page.getByRole('list', { name: '1 prompt queued' })).toContainText('On this device');
});

test('a viewer reads', async ({ converse }) => {
  const { page, box, tell } = await converse();
  await tell('role', 'viewer');
  await expect(page.getByText('Your role here is viewer: you can read')).toBeVisible();
  await expect(box).toHaveCount(0);
});
