import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { composer, expect, startSession, test } from '../e2e/fixtures.ts';

const picture = (name: string): string =>
  fileURLToPath(new URL(`../../docs/images/${name}.png`, import.meta.url));

const phone = { width: 390, height: 844 };

async function addTask(page: Page, title: string): Promise<void> {
  const field = page.getByRole('textbox', { name: 'Add a task' });
  await field.fill(title);
  await field.press('Enter');
}

test('the app at work', async ({ bench }) => {
  const laptop = (await bench.device('ThinkPad')).page;
  await startSession(
    laptop,
    [
      'read src/retry.ts',
      'say `retryAfter` hands the header’s number on as it is: **2 means two milliseconds**. I convert at the boundary.',
      'edit src/retry.ts: replace "Number(header)" with "Number(header) * 1000"',
      'run npm test -- --run',
    ].join('\n'),
  );
  await laptop.getByRole('button', { name: 'Allow once' }).click();
  await expect(laptop.getByRole('region', { name: 'Permission request' })).toContainText(
    'npm test',
  );
  await addTask(laptop, 'HTTP-date form of Retry-After');
  await addTask(laptop, 'Ask Tom whether the gateway sends dates');
  await composer(laptop).fill('Also check src/webhooks/deliver.ts');
  await laptop.keyboard.press('Enter');
  await composer(laptop).fill('Then squash to one commit');
  await expect(laptop.getByText('On the bridge').first()).toBeVisible();
  await laptop.screenshot({ path: picture('session') });
  await laptop.emulateMedia({ colorScheme: 'dark' });
  await laptop.screenshot({ path: picture('session-dark') });
  await laptop.emulateMedia({ colorScheme: 'light' });

  const handset = await bench.device('Pixel 9');
  await handset.page.setViewportSize(phone);
  await handset.page.goto(new URL(laptop.url()).pathname);
  await expect(handset.page.getByRole('button', { name: 'Allow once' })).toBeVisible();
  await handset.page.screenshot({ path: picture('phone') });
  await handset.context.setOffline(true);
  await composer(handset.page).fill('Bump to 4.2.1 and write the changelog entry.');
  await handset.page
    .getByRole('button', { name: /^(Queue|Send)/u })
    .first()
    .click();
  await expect(handset.page.getByText('On this device').first()).toBeVisible();
  await handset.page.screenshot({ path: picture('phone-offline') });

  await laptop.goto('/tasks');
  await expect(laptop.getByText('Ask Tom').first()).toBeVisible();
  await laptop.screenshot({ path: picture('tasks') });
  await laptop.goto('/queue?tab=history');
  await expect(laptop.getByRole('heading', { level: 1 })).toBeVisible();
  await laptop.screenshot({ path: picture('queue') });
  await laptop.goto('/settings/storage');
  await expect(laptop.getByRole('heading', { level: 1 })).toBeVisible();
  await laptop.screenshot({ path: picture('settings') });
});
