import { expect } from '@playwright/test';
import { sessionPath, test } from './fixtures.ts';
import { hour, storyTime } from './harness/people.ts';

test('sessions are grouped, those that need somebody first', async ({ open }) => {
  const { page } = await open('/tasks');
  const sidebar = page.getByRole('navigation', { name: 'Workspace' });
  await expect(sidebar.getByRole('heading', { level: 2 })).toHaveText([
    /^Needs you 1$/u,
    /^parcel-api/u,
    /^parcel-web/u,
    /^dotfiles/u,
    /^Archived 1/u,
    /^Trash 1/u,
  ]);
  await expect(sidebar.getByRole('link', { name: /Split CLI flags/u })).toContainText(
    'Finished, unread',
  );
  await expect(sidebar.getByRole('link', { name: /Upgrade to Vite 8/u })).toContainText(
    'Agent process ended (code 137)',
  );
});

test('the order holds while the pointer is over the list', async ({ open }) => {
  const { page, tell } = await open('/tasks');
  const sidebar = page.getByRole('navigation', { name: 'Workspace' });
  const order = () => sidebar.locator('a[data-session] .title').allTextContents();
  const before = await order();
  await sidebar.getByRole('link', { name: /Why is cold start/u }).hover();
  await tell('session', 4, { lastActivityAt: storyTime + 1, needs: 'Wants to run a command' });
  await expect(sidebar.getByRole('link', { name: /Why is cold start/u })).toContainText(
    'Wants to run a command',
  );
  expect(await order()).toEqual(before);
  await page.mouse.move(900, 500);
  await expect.poll(async () => (await order())[0]).toBe('Why is cold start 900 ms?');
});

test('[R6] prompts that only this device has are said in the list', async ({ open }) => {
  const { page, tell } = await open('/tasks');
  await tell('connection', { kind: 'offline', since: storyTime });
  await tell('writePrompts', 1);
  await expect(page.getByRole('link', { name: /Empty state/u })).toContainText(
    '1 prompt on this device',
  );
});

test('a session is renamed in place, and Escape takes it back', async ({ open }) => {
  const { page } = await open(sessionPath);
  const heading = page.getByRole('heading', { level: 1 });
  await heading.dblclick();
  await page.getByLabel('Title of the session').fill('Never mind');
  await page.keyboard.press('Escape');
  await expect(heading).toHaveText('Retry-After is read as milliseconds');
  await heading.dblclick();
  await page.getByLabel('Title of the session').fill('Retry-After in seconds');
  await page.keyboard.press('Enter');
  await expect(heading).toHaveText('Retry-After in seconds');
});

test('archiving can be undone for as long as the toast is there', async ({ open }) => {
  const { page } = await open(sessionPath);
  await page.getByRole('button', { name: 'What can be done with this session' }).click();
  await page.getByRole('menuitem', { name: 'Archive' }).click();
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('button', { name: 'What can be done with this session' }).click();
  await expect(page.getByRole('menuitem', { name: 'Archive', exact: true })).toBeVisible();
});

test('the trash asks first, and a trashed session can be restored', async ({ open }) => {
  const { page } = await open(sessionPath);
  await page.getByRole('button', { name: 'What can be done with this session' }).click();
  await page.getByRole('menuitem', { name: 'Move to the trash…' }).click();
  await page.getByRole('button', { name: 'Move the session to the trash' }).click();
  await page.goto('/queue');
  const sidebar = page.getByRole('navigation', { name: 'Workspace' });
  await sidebar.getByRole('button', { name: /^Trash/u }).click();
  await expect(
    sidebar.getByRole('button', { name: 'Restore “Try out the playground”' }),
  ).toBeVisible();
});

test('a viewer finds what may not be done with its reason', async ({ open }) => {
  const { page, tell } = await open(sessionPath);
  await tell('role', 'viewer');
  await page.getByRole('button', { name: 'What can be done with this session' }).click();
  const trash = page.getByRole('menuitem', { name: /Move to the trash/u });
  await expect(trash).toHaveAttribute('aria-disabled', 'true');
  await expect(trash).toHaveAccessibleDescription('Your role here is viewer.');
});

test('[R8] a session begun offline is there at once, on this device', async ({ open }) => {
  const { page, tell } = await open('/', { scenario: 'first' });
  await tell('connection', { kind: 'offline', since: storyTime - hour });
  const start = page.getByRole('button', { name: /Start session/u });
  await expect(start).toHaveAttribute('aria-disabled', 'true');
  await expect(start).toHaveAccessibleDescription('Nothing written yet');
  await page.getByRole('button', { name: 'Find a failing test and fix it' }).click();
  await expect(page.getByText('Starts when this device reaches “workstation”')).toBeVisible();
  await start.click();
  await expect(page).toHaveURL(/\/s\//u);
  const sidebar = page.getByRole('navigation', { name: 'Workspace' });
  await expect(sidebar.getByRole('link', { name: /Find a failing test/u })).toContainText(
    'On this device · 1 prompt on this device',
  );
  await expect(page.locator('[data-pill]')).toHaveText(/Offline · \d waiting/u);
});

test('the place of a new session is the working tree or a worktree that exists', async ({
  open,
}) => {
  const { page } = await open('/new');
  await page.getByRole('button', { name: /Where the agent works/u }).click();
  await page.getByRole('menuitemradio', { name: /Worktree fix\/retry-after/u }).click();
  await expect(page.getByRole('button', { name: /Where the agent works/u })).toContainText(
    'Worktree fix/retry-after',
  );
});

test('on a wide window / is the session that was open last', async ({ open }) => {
  const { page } = await open(sessionPath);
  await page
    .getByRole('link', { name: /^Tasks/u })
    .first()
    .click();
  await page.getByRole('link', { name: /Rejoin, workstation/u }).click();
  await expect(page).toHaveURL(new RegExp(`${sessionPath}$`, 'u'));
});

test('the parts of a session are places with addresses', async ({ open }) => {
  const { page } = await open(sessionPath, { size: 'phone' });
  const views = page.getByRole('navigation', { name: 'Views of this session' });
  await views.getByRole('link', { name: 'Notes' }).click();
  await expect(page).toHaveURL(/panel=notes/u);
  await expect(page.getByText('The gateway team says dates do occur')).toBeVisible();
  await views.getByRole('link', { name: 'Chat' }).click();
  await expect(page).not.toHaveURL(/panel/u);
});
