import { fileURLToPath } from 'node:url';

export const projectFolder = fileURLToPath(new URL('../../..', import.meta.url)).replace(
  /\/$/u,
  '',
);
export const cacheFolder = `${projectFolder}/.cache/ui-harness`;
/** Where the app is after it was built over a workspace in memory. */
export const harnessFolder = `${cacheFolder}/app`;
