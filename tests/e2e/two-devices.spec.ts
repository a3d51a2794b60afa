import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { taskTexts } from '#lib/components/messages/tasks.ts';
import { expect, startSession, test, composer } from './fixtures.ts';

test('a session started on one device streams on another, which answers the permission request', async ({
  bench,
}) => {
  const laptop = (await bench.device('Laptop')).page;
  const tablet = (await bench.device('Tablet')).page;

  await startSession(laptop, 'create hello.md: # Hello from Rejoin');
  const title = laptop.getByRole('heading', { level: 1 });
  await expect(title).toContainText('create hello.md');

  // The tablet sees what needs a person and opens it.
  await tablet
    .getByRole('link', { name: /create hello\.md/u })
    .first()
    .click();
  const request = tablet.getByRole('region', { name: 'Permission request' });
  await expect(request).toContainText('hello.md');
  await expect(request).toContainText('# Hello from Rejoin');
  await expect(laptop.getByRole('region', { name: 'Permission request' })).toBeVisible();
  expect(existsSync(join(bench.repository, 'hello.md'))).toBe(false);

  await tablet.getByRole('button', { name: 'Allow once' }).click();

  await expect(tablet.getByRole('region', { name: 'Permission request' })).toBeHidden();
  // The other device saw it open: it is told who answered, and its buttons are gone.
  const told = laptop.getByRole('region', { name: 'Permission request' });
  await expect(told).toContainText('Tablet');
  await expect(told.getByRole('button', { name: 'Allow once' })).toBeHidden();
  for (const page of [laptop, tablet]) await expect(page.getByText(/Turn 1 ended/u)).toBeVisible();
  expect(readFileSync(join(bench.repository, 'hello.md'), 'utf8').trim()).toBe(
    '# Hello from Rejoin',
  );
});

test('the first answer wins and the other device sees who gave it', async ({ bench }) => {
  const laptop = (await bench.device('Laptop')).page;
  const colleague = (await bench.device('Mara’s browser', 'editor')).page;
  await startSession(laptop, 'run echo one-answer');
  await colleague
    .getByRole('link', { name: /one-answer/u })
    .first()
    .click();
  await expect(colleague.getByRole('button', { name: 'Allow once' })).toBeVisible();
  await laptop.getByRole('button', { name: 'Reject', exact: true }).click();
  const told = colleague.getByRole('region', { name: 'Permission request' });
  await expect(told).toContainText('Laptop');
  await expect(told).toContainText('Reject');
  await expect(told.getByRole('button', { name: 'Allow once' })).toBeHidden();
});

test('two people edit different fields of one task, and both edits are on both devices', async ({
  bench,
}) => {
  const laptop = (await bench.device('Laptop')).page;
  const colleague = (await bench.device('Mara’s browser', 'editor')).page;
  await laptop.goto('/tasks');
  await laptop.getByRole('button', { name: taskTexts.newTask }).first().click();
  await laptop.getByRole('textbox', { name: taskTexts.newTask }).fill('Ask Tom');
  await laptop.keyboard.press('Enter');
  await colleague.goto('/tasks');
  const card = (page: typeof laptop) => page.getByRole('button', { name: /^Ask Tom/u });
  await expect(card(colleague)).toBeVisible();

  await colleague.context().setOffline(true);
  await card(colleague).focus();
  await colleague.keyboard.press('Space');
  await expect(colleague.getByRole('region', { name: taskTexts.state.doing })).toContainText(
    'Ask Tom',
  );
  await card(laptop).click();
  await laptop.getByRole('textbox', { name: taskTexts.bodyLabel }).fill('He knows the gateway.');
  await colleague.context().setOffline(false);

  await expect(laptop.getByRole('region', { name: taskTexts.state.doing })).toContainText(
    'Ask Tom',
  );
  await card(colleague).click();
  await expect(colleague.getByText('He knows the gateway.').first()).toBeVisible();
});

test('a viewer reads along, is told why it cannot write, and nothing it does changes anything', async ({
  bench,
}) => {
  const laptop = (await bench.device('Laptop')).page;
  const viewer = (await bench.device('Screen in the hall', 'viewer')).page;
  await startSession(laptop, 'say hello everybody');
  await viewer
    .getByRole('link', { name: /hello everybody/u })
    .first()
    .click();
  await expect(viewer.getByText('hello everybody').last()).toBeVisible();
  await expect(viewer.getByText(/Your role here is viewer/u).first()).toBeVisible();
  await expect(composer(viewer)).toBeHidden();
  await viewer.goto('/tasks');
  await expect(viewer.getByRole('button', { name: taskTexts.newTask }).first()).toHaveAttribute(
    'aria-disabled',
    'true',
  );
});
