import type { Environment } from 'vitest/runtime';

/** Node's globals, with modules compiled as for the browser (see vitest.config.ts). */
const environment: Environment = {
  name: 'runes',
  viteEnvironment: 'client',
  setup: () => ({ teardown: () => undefined }),
};

export default environment;
