import { connectionTexts } from '#lib/components/messages/connection.ts';
import { taskTexts } from '#lib/components/messages/tasks.ts';
import { composer, expect, startSession, test } from './fixtures.ts';

test('the train: prompts, a task and a note written offline and over a reload arrive once, in order', async ({
  bench,
}) => {
  const laptop = (await bench.device('Laptop')).page;
  const phoneDevice = await bench.device('Phone');
  const phone = phoneDevice.page;
  await startSession(laptop, 'say the first answer');
  await expect(laptop.getByText(/Turn 1 ended/u)).toBeVisible();
  await phone
    .getByRole('link', { name: /the first answer/u })
    .first()
    .click();
  await expect(phone.getByText(/Turn 1 ended/u)).toBeVisible();
  const address = phone.url();
  await phone.goto('/tasks');
  await phone.getByRole('button', { name: taskTexts.newTask }).first().click();
  await phone.getByRole('textbox', { name: taskTexts.newTask }).fill('Buy a ticket');
  await phone.keyboard.press('Enter');
  await expect(phone.getByText(connectionTexts.onBridge).first()).toBeVisible();

  // Into the tunnel: no network, and the page is opened anew from what this device holds.
  await phoneDevice.context.setOffline(true);
  await phone.goto(address);
  await expect(phone.getByText('the first answer').last()).toBeVisible();
  await expect(phone.getByRole('button', { name: /^Offline/u }).first()).toBeVisible();
  await composer(phone).fill('say the second answer');
  await phone.keyboard.press('Enter');
  await composer(phone).fill('say the third answer');
  await phone.keyboard.press('Enter');
  await expect(phone.getByText('On this device').first()).toBeVisible();
  await phone.goto('/tasks');
  await phone.getByRole('button', { name: /^Buy a ticket/u }).focus();
  await phone.keyboard.press('Space');
  await phone.reload();
  await expect(phone.getByRole('region', { name: taskTexts.state.doing })).toContainText(
    'Buy a ticket',
  );
  await phone.goto(address);
  await expect(phone.getByText('say the third answer').first()).toBeVisible();

  // Out of the tunnel.
  await phoneDevice.context.setOffline(false);
  await expect(laptop.getByText(/Turn 3 ended/u)).toBeVisible({ timeout: 30_000 });
  const articles = laptop.getByRole('log').getByRole('article');
  const texts = (await articles.allInnerTexts()).join('\n');
  for (const [before, after] of [
    ['say the first answer', 'say the second answer'],
    ['say the second answer', 'say the third answer'],
  ] as const) {
    expect(texts.indexOf(before)).toBeGreaterThanOrEqual(0);
    expect(texts.indexOf(before)).toBeLessThan(texts.indexOf(after));
  }
  expect(texts.split('say the second answer')).toHaveLength(2);
  await laptop.goto('/tasks');
  await expect(laptop.getByRole('region', { name: taskTexts.state.doing })).toContainText(
    'Buy a ticket',
  );
  await expect(phone.getByText(/Turn 3 ended/u)).toBeVisible();
  await expect(phone.getByText(connectionTexts.onBridge).first()).toBeVisible();
});

test('every view opens with the network off and the bridge down', async ({ bench }) => {
  const { page, context } = await bench.device('Laptop');
  await startSession(page, 'say something to keep');
  await expect(page.getByText(/Turn 1 ended/u)).toBeVisible();
  const session = new URL(page.url()).pathname;
  for (const path of ['/tasks', '/queue', '/settings/storage', session]) await page.goto(path);
  await bench.bridge.stop();
  await context.setOffline(true);
  for (const path of [
    '/',
    session,
    `${session}?panel=notes`,
    '/tasks',
    '/tasks?view=list',
    '/queue',
    '/settings/agents',
    '/settings/storage',
    '/settings/about',
    '/pair',
  ]) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 }).first(), path).toBeVisible();
  }
});

test('a draft is on all devices of its person, and survives a restart of the bridge', async ({
  bench,
}) => {
  const laptop = (await bench.device('Laptop')).page;
  const tablet = (await bench.device('Tablet')).page;
  await startSession(laptop, 'say hi');
  await expect(laptop.getByText(/Turn 1 ended/u)).toBeVisible();
  await tablet
    .getByRole('link', { name: /say hi/u })
    .first()
    .click();
  await composer(laptop).fill('A draft that is not sent');
  await expect(composer(tablet)).toHaveValue('A draft that is not sent');
  await bench.bridge.stop('SIGKILL');
  await composer(laptop).fill('A draft that is not sent, longer');
  await bench.restart();
  await expect(composer(tablet)).toHaveValue('A draft that is not sent, longer', {
    timeout: 40_000,
  });
});
