import { expect } from '@playwright/test';
import type { ConnectionState } from '../../src/lib/domain/connection.ts';
import { sessionPath, test } from './fixtures.ts';
import { storyTime } from './harness/people.ts';

const offline: ConnectionState = { kind: 'offline', since: storyTime };
const unreachable: ConnectionState = {
  kind: 'bridge_unreachable',
  since: storyTime - 6000,
  attempts: 2,
  retryAt: storyTime + 8000,
};

const states: readonly {
  readonly state: ConnectionState;
  readonly prompts: number;
  readonly words: string;
}[] = [
  { state: { kind: 'online', since: storyTime }, prompts: 0, words: 'On the bridge' },
  { state: offline, prompts: 0, words: 'Offline' },
  { state: offline, prompts: 3, words: 'Offline · 3 waiting' },
  { state: unreachable, prompts: 0, words: 'Bridge not reachable' },
  { state: unreachable, prompts: 3, words: 'Bridge not reachable · 3 waiting' },
  { state: { kind: 'outdated' }, prompts: 0, words: 'Reload to update' },
  { state: { kind: 'unauthorized', why: 'revoked' }, prompts: 0, words: 'Access withdrawn' },
  { state: { kind: 'unauthorized', why: 'unknown' }, prompts: 0, words: 'Pair again' },
  { state: { kind: 'wrong_bridge' }, prompts: 0, words: 'Not your bridge: nothing is sent' },
];

test.describe('the words of the connection pill are fixed', () => {
  for (const size of ['desktop', 'phone'] as const)
    test(size, async ({ open }) => {
      const { page, tell } = await open('/tasks', { size });
      const pill = page.locator('[data-pill]');
      for (const { state, prompts, words } of states) {
        await tell('connection', { kind: 'online', since: storyTime });
        await tell('connection', state);
        if (prompts > 0) await tell('writePrompts', prompts);
        await expect(pill).toHaveAccessibleName(words);
      }
    });
});

test('[R6] the pill says “n changes waiting” while the bridge has not confirmed them', async ({
  open,
}) => {
  const { page, tell } = await open('/tasks');
  await tell('holdAcks', true);
  await tell('writePrompts', 2);
  const pill = page.locator('[data-pill]');
  await expect(pill).toHaveText(/2 changes waiting/u);
  await expect(pill).not.toHaveAttribute('data-pill', 'on_bridge');
  await tell('holdAcks', false);
  await expect(pill).toHaveAttribute('data-pill', 'on_bridge');
});

test('the popover lists what is only here, and says what happens next', async ({ open }) => {
  const { page, tell } = await open('/tasks');
  await tell('connection', unreachable);
  await tell('writePrompts', 52);
  await page.locator('[data-pill]').click();
  const popover = page.getByRole('dialog', { name: 'Connection' });
  await expect(popover).toContainText('52 changes are only on this device');
  await expect(popover).toContainText('“workstation” does not answer. Next try in 8 s');
  await expect(popover.getByRole('listitem')).toHaveCount(50);
  await expect(popover.getByRole('link', { name: '2 more changes in the queue' })).toBeVisible();
  await popover.getByRole('link', { name: 'Open the queue' }).click();
  await expect(page).toHaveURL(/\/queue$/u);
});

test('without a connection nothing turns and nobody is here', async ({ open }) => {
  const { page, tell } = await open(sessionPath);
  await expect(page.getByLabel(/Here now: .*Mara/u)).toBeVisible();
  await expect(page.locator('.ring.live').first()).toBeAttached();
  await tell('connection', offline);
  await expect(page.locator('.ring.live')).toHaveCount(0);
  await expect(page.getByLabel(/Here now: .*Mara/u)).toHaveCount(0);
  await expect(page.getByText('Turn 4, as of 14:32')).toBeVisible();
});

test('the banner comes after five seconds, once per outage, and never moves the pill', async ({
  open,
}) => {
  const { page, tell } = await open('/tasks');
  const place = () => page.locator('[data-pill]').boundingBox();
  const before = (await place())?.y;
  await tell('connection', { kind: 'offline', since: storyTime });
  const banner = page.getByText('This device is offline.');
  await expect(page.locator('[data-pill]')).toHaveText(/Offline/u);
  await expect(banner).toHaveCount(0);
  await page.clock.setFixedTime(storyTime + 5000);
  await expect(banner).toBeVisible();
  expect((await place())?.y).toBe(before);
  await page.getByRole('button', { name: 'Close until the next outage' }).click();
  await expect(banner).toHaveCount(0);
  await tell('connection', { kind: 'online', since: storyTime + 6000 });
  await tell('connection', { kind: 'offline', since: storyTime - 9000 });
  await expect(banner).toBeVisible();
});

test('storage that is off or full is said for as long as it is so', async ({ open }) => {
  const { page, tell } = await open('/tasks');
  await tell('storage', { kind: 'memory_only', why: 'the browser refused IndexedDB' });
  await expect(page.getByText('This browser stores nothing: keep this tab open.')).toBeVisible();
  await tell('storage', { kind: 'full' });
  const full = page.getByRole('main').getByText('your last changes are only in this tab');
  await expect(full).toBeVisible();
  await tell('storage', { kind: 'kept' });
  await expect(full).toHaveCount(0);
});

test('a paused bridge is released by an owner who saw what it would do', async ({ open }) => {
  const { page, tell } = await open('/tasks');
  await tell('pauseBridge');
  await page.getByRole('button', { name: 'Release 2 operations…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Release the bridge' });
  await expect(dialog).toContainText('Start a session with Claude Code in parcel-api');
  await dialog.getByRole('button', { name: 'Release the bridge now' }).click();
  await expect(page.getByText('Release is on this device')).toBeVisible();
});

test('the tab’s title counts the sessions that need somebody', async ({ open }) => {
  const { page, tell } = await open('/tasks');
  await expect(page).toHaveTitle('(1) Tasks · Rejoin');
  await tell('session', 3, { needs: 'Wants to edit a file', openPermissions: 1 });
  await expect(page).toHaveTitle('(2) Tasks · Rejoin');
});
