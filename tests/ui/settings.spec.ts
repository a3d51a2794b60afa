import { expect } from '@playwright/test';
import { test } from './fixtures.ts';
import { storyTime } from './harness/people.ts';

const offline = { kind: 'offline', since: storyTime } as const;

test('on a narrow window the settings are a list, then a page, then the list again', async ({
  open,
}) => {
  const { page } = await open('/settings', { size: 'phone' });
  await page.getByRole('link', { name: 'Storage' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Storage');
  await page.getByRole('link', { name: 'Back' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Settings');
});

test('[R6] a role is asked for offline and told as such, until the bridge lists it', async ({
  open,
}) => {
  const { page, tell } = await open('/settings/people');
  await tell('connection', offline);
  await page.getByRole('button', { name: 'Role of MacBook Air, Safari: Editor' }).click();
  await page.getByRole('menuitemradio', { name: /^Viewer/u }).click();
  const person = page.getByRole('region', { name: 'Mara Lindqvist' });
  await expect(person).toContainText('On this device');
  await expect(person).toContainText('becomes Viewer');
  await expect(person).toContainText('Editor');
});

test('giving up one’s own role of owner is asked once, on a narrow window too', async ({
  open,
}) => {
  for (const size of ['desktop', 'phone'] as const) {
    const { page, tell } = await open('/settings/people', { size });
    await tell('connection', offline);
    await page.getByRole('button', { name: 'Role of ThinkPad, Chromium: Owner' }).click();
    const viewer = size === 'phone' ? 'button' : 'menuitemradio';
    await page.getByRole(viewer, { name: /^Viewer/u }).click();
    const dialog = page.getByRole('dialog', { name: 'Give up your own role of owner' });
    await expect(dialog).toBeVisible();
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await expect(dialog).toHaveCount(0);
    await expect(page).toHaveURL(/\/settings\/people$/u);
    await expect(page.getByText('becomes Viewer')).toHaveCount(0);
  }
});

test('who is no owner changes neither roles nor agents, with the reason', async ({ open }) => {
  const people = await open('/settings/people');
  await people.tell('role', 'editor');
  await expect(people.page.getByText('Only an owner changes roles.')).toBeVisible();
  await expect(people.page.getByRole('button', { name: /^Role of/u })).toHaveCount(0);
  const agents = await open('/settings/agents');
  await agents.tell('role', 'editor');
  await expect(agents.page.getByRole('button', { name: 'Add an agent…' })).toHaveAttribute(
    'aria-disabled',
    'true',
  );
  await expect(
    agents.page.getByText('Only an owner adds, changes or removes agents.'),
  ).toBeVisible();
});

test('[R11] an agent is changed with all its values, which are not shown again', async ({
  open,
}) => {
  const { page, tell } = await open('/settings/agents');
  await tell('connection', offline);
  await page.getByRole('button', { name: 'Change Codex' }).click();
  const form = page.getByRole('dialog', { name: 'Change Codex' });
  await expect(form.getByLabel('Program')).toHaveValue('/opt/codex/bin/codex');
  await expect(form.getByLabel('Arguments')).toHaveValue('acp');
  const save = form.getByRole('button', { name: 'Change the agent' });
  await expect(save).toHaveAttribute('aria-disabled', 'true');
  await expect(form).toContainText('Enter the value of CODEX_HOME again, or remove it');
  await form.getByLabel('Value of variable 1').fill('/home/ilse/.codex');
  await save.click();
  await expect(form).toHaveCount(0);
  await expect(page.getByText('Its change is on its way')).toBeVisible();
  const sent = await page.evaluate(() => window.rejoinConversation?.sent().at(-1));
  expect(sent).toMatchObject({
    kind: 'agent.set',
    params: { launch: { args: ['acp'], env: { CODEX_HOME: '/home/ilse/.codex' } } },
  });
  expect(await page.content()).not.toContain('/home/ilse/.codex');
});

test('a new agent gets a short name from its name, and none that is taken', async ({ open }) => {
  const { page } = await open('/settings/agents');
  await page.getByRole('button', { name: 'Add an agent…' }).click();
  const form = page.getByRole('dialog', { name: 'Add an agent' });
  await form.getByLabel('Name', { exact: false }).first().fill('Codex');
  await expect(form.getByLabel('Short name')).toHaveValue('codex');
  await expect(form).toContainText('“codex” is the short name of another agent');
});

test('a rule shows what it matches and is revoked after a question', async ({ open }) => {
  const { page, tell } = await open('/settings/rules');
  await tell('connection', offline);
  await expect(page.getByText('npm test -- --run src/http')).toBeVisible();
  await expect(page.getByText('/home/ilse/code/parcel-api')).toBeVisible();
  await page.getByRole('button', { name: /^Revoke the rule for/u }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke the rule' }).click();
  await expect(page.getByText('Its revocation is on its way')).toBeVisible();
  await expect(page.getByText('npm test -- --run src/http')).toBeVisible();
});

test('the storage says what it holds, and asks the browser to keep it', async ({ open }) => {
  const { page } = await open('/settings/storage');
  await expect(page.getByText('148 MB of about 6.10 GB')).toBeVisible();
  await page.getByRole('button', { name: 'Ask the browser' }).click();
  await expect(page.getByText('This browser promised to keep Rejoin’s data')).toBeVisible();
});

test('storage that is off is said with its reason, and nothing can be asked for', async ({
  open,
}) => {
  const { page, tell } = await open('/settings/storage');
  await tell('storage', { kind: 'memory_only', why: 'private window' });
  await expect(page.getByText('Reason: private window.').last()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Ask the browser' })).toHaveCount(0);
});

test('single letters are switched off at once, and the chords stay', async ({ open }) => {
  const { page } = await open('/settings/keyboard');
  await page.getByRole('switch', { name: 'Single letters' }).click();
  await page.keyboard.press('g');
  await page.keyboard.press('t');
  await expect(page).toHaveURL(/\/settings\/keyboard$/u);
  await page.keyboard.press('Control+b');
  await expect(page.getByRole('navigation', { name: 'Workspace' })).toHaveCount(0);
});
