import { test as setup } from '@playwright/test';
import { buildHarness } from './harness/harness-config.ts';

setup('the app builds over a workspace in memory', async () => {
  setup.setTimeout(300_000);
  await buildHarness();
});
