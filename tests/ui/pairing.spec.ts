import { expect } from '@playwright/test';
import { test } from './fixtures.ts';

test('the secret leaves the address before anything else, and pairs', async ({ open }) => {
  const { page } = await open('/pair#a-secret', { scenario: 'unpaired' });
  expect(page.url()).not.toContain('secret');
  expect(await page.evaluate('takePairingSecret()')).toBeNull();
  await expect(page.getByLabel('Name of this device')).not.toHaveValue('');
  await page.getByRole('button', { name: 'Pair this device' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('New session');
});

test('a link that ran down or was used is said, with how to make another', async ({ open }) => {
  const { page, tell } = await open('/pair#a-secret', { scenario: 'unpaired' });
  await tell('pairingFails', 'unauthorized', 'the secret is not one of ours');
  await page.getByRole('button', { name: 'Pair this device' }).click();
  await expect(page.getByRole('alert')).toContainText('This link ran down or was used');
  await expect(page.getByRole('alert')).toContainText('npm run rejoin -- pair');
});

test('a bridge that does not answer keeps the link for another try', async ({ open }) => {
  const { page, tell } = await open('/pair#a-secret', { scenario: 'unpaired' });
  await tell('pairingFails', 'unavailable', 'no answer');
  await page.getByRole('button', { name: 'Pair this device' }).click();
  await expect(page.getByRole('alert')).toContainText('The bridge does not answer');
  await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible();
});

test('a device without a name says that it needs one', async ({ open }) => {
  const { page } = await open('/pair#a-secret', { scenario: 'unpaired' });
  await page.getByLabel('Name of this device').fill('  ');
  const pair = page.getByRole('button', { name: 'Pair this device' });
  await expect(pair).toHaveAttribute('aria-disabled', 'true');
  await expect(pair).toHaveAccessibleDescription(/A name is needed/u);
});

test('a device that is paired already does not use the link up', async ({ open }) => {
  const { page } = await open('/pair#a-secret', { scenario: 'busy' });
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('This device is paired');
  await expect(page.getByText('The link was not used.')).toBeVisible();
});

test('another link that is opened in the same tab counts', async ({ open }) => {
  const { page } = await open('/pair', { scenario: 'unpaired' });
  await expect(page.getByText('npm run rejoin -- pair')).toBeVisible();
  await page.evaluate(() => {
    location.hash = 'another-secret';
  });
  await expect(page.getByRole('button', { name: 'Pair this device' })).toBeVisible();
  expect(page.url()).not.toContain('secret');
});
