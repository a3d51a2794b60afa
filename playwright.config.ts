import { defineConfig, devices } from '@playwright/test';

// The launcher sets it to the browser it found or installed (scripts/launcher/chromium.mjs).
const executablePath = process.env['CHROMIUM_PATH'];

// The specs start bridges of their own on free ports, so there is no web server here.
export default defineConfig({
  projects: [
    // The whole: bridges, browsers, agents.
    { name: 'e2e', testDir: 'tests/e2e', testMatch: '*.spec.ts' },
    // The interface alone, over a workspace in memory.
    { name: 'ui-build', testDir: 'tests/ui', testMatch: 'build.setup.ts' },
    { name: 'ui', testDir: 'tests/ui', testMatch: '*.spec.ts', dependencies: ['ui-build'] },
  ],
  outputDir: 'test-results',
  workers: 1,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: process.env['CI'] !== undefined,
  reporter: 'list',
  use: {
    ...devices['Desktop Chrome'],
    viewport: { width: 1440, height: 900 },
    video: 'off',
    trace: 'retain-on-failure',
    launchOptions: {
      ...(executablePath === undefined ? {} : { executablePath }),
      args: [
        // Chromium's sandbox cannot be entered by root.
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-quic',
        '--disable-sync',
        '--no-first-run',
      ],
    },
  },
});
