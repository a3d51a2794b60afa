import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test as base, type Page } from '@playwright/test';
import { build } from 'vite';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
};

/** A page with nothing but the storage modules, served from an origin of its own. */
export const test = base.extend<{ harness: Page }, { harnessUrl: string }>({
  harnessUrl: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads the names of a fixture's inputs from this pattern
    async ({}, use) => {
      const out = await mkdtemp(join(tmpdir(), 'rejoin-harness-'));
      await build({
        configFile: false,
        logLevel: 'error',
        root: fileURLToPath(new URL('.', import.meta.url)),
        resolve: { dedupe: ['yjs', 'y-protocols', 'lib0'] },
        build: { outDir: out, emptyOutDir: true, minify: false, target: 'es2024' },
      });
      const server = createServer((request, response) => {
        const path = request.url === '/' ? '/index.html' : (request.url ?? '');
        readFile(join(out, path)).then(
          (bytes) => {
            response.writeHead(200, { 'content-type': types[extname(path)] ?? 'text/plain' });
            response.end(bytes);
          },
          () => {
            response.writeHead(404).end();
          },
        );
      });
      await new Promise<void>((resolve) => {
        server.listen(0, '127.0.0.1', resolve);
      });
      const { port } = server.address() as AddressInfo;
      await use(`http://localhost:${String(port)}/`);
      server.closeAllConnections();
      server.close();
      await rm(out, { recursive: true, force: true });
    },
    { scope: 'worker' },
  ],
  harness: async ({ harnessUrl, page }, use) => {
    await openHarness(page, harnessUrl);
    await use(page);
  },
});

/** Opens the page and waits until it can be asked. */
export async function openHarness(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await page.waitForFunction(() => 'storageHarness' in window);
}

export { expect } from '@playwright/test';
