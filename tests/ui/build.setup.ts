import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { test as setup } from '@playwright/test';
import { projectFolder } from './harness/harness-folder.ts';

const run = promisify(execFile);

// A process of its own, since Kit builds in two passes that each read the configuration from its file.
setup('the app builds over a workspace in memory', async () => {
  setup.setTimeout(300_000);
  await run(
    process.execPath,
    ['node_modules/vite/bin/vite.js', 'build', '--config', 'tests/ui/harness/vite.config.ts'],
    { cwd: projectFolder },
  );
});
