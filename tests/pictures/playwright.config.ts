import { defineConfig } from '@playwright/test';
import base from '../../playwright.config.ts';

// Not a test: it takes the pictures that README and docs/brief.md show (`npm run pictures`).
export default defineConfig({
  ...base,
  projects: [{ name: 'pictures' }],
  testDir: import.meta.dirname,
  testMatch: /\.pictures\.ts$/u,
  outputDir: '../../test-results',
});
