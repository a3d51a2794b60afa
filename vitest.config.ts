import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

const shared = {
  testTimeout: 20_000,
  hookTimeout: 20_000,
  pool: 'forks',
} as const;

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          ...shared,
          name: 'node',
          environment: 'node',
          include: ['{src,server,tests}/**/*.test.ts'],
          exclude: ['**/*.svelte.test.ts', '**/node_modules/**', 'tests/bench/**'],
        },
      },
      {
        // Modules with runes are compiled as for the browser, where $effect runs; svelte itself is
        // bundled in, since Node would load its server build.
        plugins: [svelte({ configFile: false })],
        resolve: { conditions: ['browser'] },
        test: {
          ...shared,
          name: 'runes',
          environment: './tests/runes-environment.ts',
          server: { deps: { inline: [/svelte/] } },
          include: ['{src,tests}/**/*.svelte.test.ts'],
        },
      },
    ],
  },
});
