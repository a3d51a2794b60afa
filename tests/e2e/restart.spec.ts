import { connectionTexts } from '#lib/components/messages/connection.ts';
import { composer, expect, startSession, test } from './fixtures.ts';

test('[R5] after a kill of the bridge in a turn the transcript is whole, the turn is marked, and the session goes on', async ({
  bench,
}) => {
  const { page } = await bench.device('Laptop');
  await startSession(page, 'say before the kill');
  await expect(page.getByText(/Turn 1 ended/u)).toBeVisible();
  await composer(page).fill('wait 600 s');
  await page.keyboard.press('Enter');
  await expect(page.getByText(/Turn 2/u).first()).toBeVisible();

  await bench.bridge.stop('SIGKILL');
  await expect(page.getByRole('button', { name: /^Bridge not reachable/u }).first()).toBeVisible({
    timeout: 20_000,
  });
  await composer(page).fill('say after the kill');
  await page.keyboard.press('Enter');
  await bench.restart();

  await expect(page.getByText(/interrupted/iu).first()).toBeVisible({ timeout: 40_000 });
  await expect(page.getByText('before the kill').first()).toBeVisible();
  await expect(page.getByText('after the kill').last()).toBeVisible({ timeout: 40_000 });
  await expect(page.getByText(/Turn 3 ended/u)).toBeVisible({ timeout: 40_000 });
  await expect(page.getByText(connectionTexts.onBridge).first()).toBeVisible();
});

test('Stop ends a turn at any moment', async ({ bench }) => {
  const { page } = await bench.device('Laptop');
  await startSession(page, 'wait 600 s');
  await page.getByRole('button', { name: /^Stop/u }).first().click();
  await expect(page.getByText(/Turn 1 ended.*stopped/u).first()).toBeVisible({ timeout: 15_000 });
});
