import { expect } from '@playwright/test';
import { test } from './conversation-page.ts';
import { storyTime } from './harness/people.ts';

const guarded = 1000;

test('a card shows the whole command, where, and the agent’s words apart; nothing in it has focus', async ({
  converse,
}) => {
  const { page, card } = await converse({ quiet: false });
  await expect(card.getByRole('heading')).toHaveText('Claude Code wants to run a command');
  await expect(card).toContainText('--outputFile=coverage/report.json');
  await expect(card.getByText('rm', { exact: true })).toHaveCSS('font-weight', '700');
  await expect(card).toContainText('In /home/ilse/code/parcel-api');
  await expect(card).toContainText('Not sandboxed: it can change anything you can');
  await expect(card).toContainText(
    'Agent’s words: “A clean install, then the full suite with coverage.”',
  );
  expect(await page.evaluate(() => document.activeElement === document.body)).toBe(true);
});

test('[UX 12] Enter answers nothing that arrived under it', async ({ converse }) => {
  const { page, box, say, sent, card } = await converse();
  await box.fill('my prompt');
  await say('ask', 'p', { command: 'rm -rf /' });
  await expect(card).toBeVisible();
  await expect(box).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.press('1');
  expect(await sent()).toEqual([]);
  await expect(page.getByText('my prompt')).toBeVisible();
});

test('[R9] presses in the first 400 ms after it appeared or moved are ignored', async ({
  converse,
}) => {
  const { page, say, sent, card, box } = await converse();
  await say('ask', 'p', { command: 'npm test' });
  const allow = card.getByRole('button', { name: 'Allow once' });
  await allow.click();
  expect(await sent()).toEqual([]);
  await page.clock.setFixedTime(storyTime + guarded);
  await box.fill('one\ntwo\nthree\nfour');
  await expect
    .poll(() => card.evaluate((element) => element.getBoundingClientRect().top))
    .toBeGreaterThan(0);
  await allow.click();
  expect(await sent()).toEqual([]);
  await page.clock.setFixedTime(storyTime + 2 * guarded);
  await allow.click();
  await expect.poll(sent).toMatchObject([
    {
      kind: 'permission.answer',
      params: { permissionId: 'p', hash: 'hash-p', optionId: 'allow' },
    },
  ]);
});

test('a leads to the heading; numbers answer only while focus is in the card', async ({
  converse,
}) => {
  const { page, log, say, sent, card } = await converse();
  await say('ask', 'p', { command: 'npm test' });
  await expect(card).toBeVisible();
  await page.clock.setFixedTime(storyTime + guarded);
  await log.focus();
  await page.keyboard.press('1');
  expect(await sent()).toEqual([]);
  await page.keyboard.press('a');
  await expect(card.getByRole('heading')).toBeFocused();
  await page.keyboard.press('Enter');
  expect(await sent()).toEqual([]);
  await page.keyboard.press('3');
  await expect
    .poll(sent)
    .toMatchObject([{ kind: 'permission.answer', params: { optionId: 'reject' } }]);
});

test('a long command is read to its end before it can be answered', async ({ converse }) => {
  const { page, say, sent, card } = await converse();
  const command = Array.from({ length: 40 }, (_, index) => `echo ${String(index)}`).join('\n');
  await say('ask', 'p', { command });
  await page.clock.setFixedTime(storyTime + guarded);
  const allow = card.getByRole('button', { name: 'Allow once' });
  await expect(allow).toHaveAttribute('aria-disabled', 'true');
  await expect(allow).toHaveAccessibleDescription('Read the command to its end first');
  await expect(card).toContainText('of 40 lines');
  await allow.click({ force: true });
  expect(await sent()).toEqual([]);
  await card.getByRole('group').evaluate((element) => {
    element.scrollTop = element.scrollHeight;
  });
  await expect(allow).not.toHaveAttribute('aria-disabled', 'true');
  await allow.click();
  await expect.poll(async () => (await sent()).length).toBe(1);
});

test('[R4] what is unseen in a command is written out', async ({ converse }) => {
  const { say, card } = await converse();
  await say('ask', 'p', { command: 'echo \u202eevil\u200b' });
  await expect(card).toContainText('‹U+202E›evil‹U+200B›');
});

test('"always" says the exact rule before it is made', async ({ converse }) => {
  const { page, say, sent, card } = await converse();
  await say('ask', 'p', { command: 'npm run build -- --mode production' });
  await expect(card).toBeVisible();
  await page.clock.setFixedTime(storyTime + guarded);
  await card.getByRole('button', { name: /^Always allow/u }).click();
  const dialog = page.getByRole('dialog', { name: 'Always allow this command' });
  await expect(dialog).toContainText('npm run build -- --mode production');
  await expect(dialog).toContainText('/home/ilse/code/parcel-api');
  expect(await sent()).toEqual([]);
  await dialog.getByRole('button', { name: 'Always allow this command' }).click();
  await expect
    .poll(sent)
    .toMatchObject([{ kind: 'permission.answer', params: { optionId: 'allow', always: true } }]);
});

test('no rule is offered for a change of files, which is shown as a diff', async ({ converse }) => {
  const { say, card } = await converse();
  await say('ask', 'p', {
    toolKind: 'edit',
    diffs: [
      {
        path: '/home/ilse/code/parcel-api/src/a.ts',
        oldText: 'const a = 1;\n',
        newText: 'const a = 2;\n',
      },
    ],
  });
  await expect(card.getByRole('heading')).toHaveText('Claude Code wants to change a file');
  await expect(card).toContainText('src/a.ts');
  await expect(card.locator('ins')).toHaveText('2');
  await expect(card.getByRole('button', { name: /^Always/u })).toHaveCount(0);
});

test('reject and say why tells the agent', async ({ converse }) => {
  const { page, say, sent, card } = await converse();
  await say('ask', 'p', { command: 'npm publish' });
  await expect(card).toBeVisible();
  await page.clock.setFixedTime(storyTime + guarded);
  await card.getByRole('button', { name: 'Reject and say why' }).click();
  await card.getByRole('textbox').fill('Not before the tests pass');
  await card.getByRole('button', { name: 'Reject and tell the agent' }).click();
  await expect
    .poll(sent)
    .toMatchObject([{ params: { optionId: 'reject', reason: 'Not before the tests pass' } }]);
});

test('several stack, oldest first; looking at another does not lose one’s place', async ({
  converse,
}) => {
  const { say, card } = await converse();
  for (const [index, name] of ['one', 'two', 'three'].entries())
    await say('ask', name, { command: `echo ${name}` }, { askedAt: storyTime - 9000 + index });
  await expect(card).toContainText('1 of 3');
  await expect(card).toContainText('echo one');
  await card.getByRole('button', { name: 'Next' }).click();
  await expect(card).toContainText('echo two');
  await say('outcome', 'one', 'gone');
  await expect(card).toContainText('echo two');
});

test('one that another answered stays until it is closed, and says who', async ({ converse }) => {
  const { say, card } = await converse();
  await say('ask', 'p', { command: 'npm test' });
  await expect(card).toBeVisible();
  await say('outcome', 'p', 'answered');
  await expect(card).toContainText('Mara Lindqvist on MacBook Air, Safari answered: Allow once');
  await expect(card.getByRole('button', { name: 'Allow once' })).toHaveCount(0);
  await card.getByRole('button', { name: 'Close' }).click();
  await expect(card).toHaveCount(0);
});

test('an answer given too late says that it changed nothing', async ({ converse }) => {
  const { page, say, card } = await converse();
  await say('ask', 'p', { command: 'npm test' });
  await expect(card).toBeVisible();
  await page.clock.setFixedTime(storyTime + guarded);
  await card.getByRole('button', { name: 'Reject', exact: false }).first().click();
  await expect(card).toContainText('Your answer is on its way: Reject');
  await say('outcome', 'p', 'answered');
  await expect(card).toContainText(
    'Too late: Mara Lindqvist on MacBook Air, Safari answered first',
  );
});

test('offline an answer waits here, and can be taken back', async ({ converse }) => {
  const { page, say, sent, card, tell } = await converse();
  await say('ask', 'p', { command: 'npm test' });
  await tell('connection', { kind: 'offline', since: storyTime });
  await page.clock.setFixedTime(storyTime + guarded);
  await expect(card).toContainText(
    'Your answer waits here too, and counts only if nobody answered first',
  );
  await expect(card).not.toContainText('waiting 5 s');
  await page.clock.setFixedTime(storyTime + 2 * guarded);
  await card.getByRole('button', { name: 'Allow once' }).click();
  await expect(card).toContainText('Your answer is on this device: Allow once');
  await card.getByRole('button', { name: 'Take it back' }).click();
  await expect(card.getByRole('button', { name: 'Allow once' })).toBeVisible();
  expect(await sent()).toEqual([]);
});

test('a role that may not answer sees all of it and why not', async ({ converse }) => {
  const { say, card, tell, sent } = await converse();
  await say('ask', 'p', { command: 'npm test' });
  await tell('role', 'viewer');
  const allow = card.getByRole('button', { name: 'Allow once' });
  await expect(allow).toHaveAccessibleDescription(
    'Your role here is viewer: an owner or editor answers.',
  );
  await allow.click({ force: true });
  expect(await sent()).toEqual([]);
});

test('on a phone allow and reject are equal, and the whole card is in the thumb’s reach', async ({
  converse,
}) => {
  const { card } = await converse({ quiet: false, size: 'phone' });
  const allow = await card.getByRole('button', { name: 'Allow once' }).boundingBox();
  const reject = await card.getByRole('button', { name: 'Reject', exact: true }).boundingBox();
  expect(allow?.width).toBe(reject?.width);
  expect(allow?.height).toBe(reject?.height);
  expect((reject?.x ?? 0) - ((allow?.x ?? 0) + (allow?.width ?? 0))).toBeCloseTo(8, 0);
  await expect(card.getByText('--outputFile=coverage/report.json')).toBeInViewport({ ratio: 1 });
});
