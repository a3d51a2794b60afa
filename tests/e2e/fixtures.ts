import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, type BrowserContext, type Locator, type Page } from '@playwright/test';
import { pairingResponseSchema } from '../../server/http/terminal-wire.ts';
import { readTerminalFile } from '../../server/identity/terminal.ts';
import { freePort } from '../fixtures/free-port.ts';
import { repositoryFixture } from '../fixtures/git-repository.ts';
import { RunningBridge, type Serving } from '../fixtures/running-bridge.ts';

/** A bridge on a real repository, the way a person starts it, and devices that join it. */
export interface Bench {
  readonly repository: string;
  readonly bridge: RunningBridge;
  /** As of the last start. */
  serving(): Serving;
  restart(signal?: NodeJS.Signals): Promise<Serving>;
  /** A browser profile of its own, paired with the first link or with one made for `role`. */
  device(name: string, role?: string): Promise<Device>;
}

export interface Device {
  readonly context: BrowserContext;
  readonly page: Page;
}

export const test = base.extend<{ bench: Bench }>({
  bench: async ({ browser }, use) => {
    const root = await mkdtemp(join(tmpdir(), 'rejoin-e2e-'));
    await using sample = await repositoryFixture();
    await sample.write('README.md', '# Parcel API\n\nRates and labels.\n');
    await sample.write(
      'src/retry.ts',
      'export const retryAfter = (header: string): number => Number(header);\n',
    );
    await sample.git('add', '--all');
    await sample.git('commit', '--quiet', '--message', 'First files');
    const repository = sample.path;
    const data = join(root, 'data');
    const port = await freePort();
    const bridge = new RunningBridge(['--port', String(port), '--data', data, repository], {
      PLAYGROUND_PACE: '0.1',
    });
    let serving = await bridge.start();
    let firstLink = serving.pairingUrl;
    const contexts: BrowserContext[] = [];

    const device = async (name: string, role = 'owner'): Promise<Device> => {
      const link = firstLink ?? (await pairingLink(data, role));
      firstLink = null;
      const context = await browser.newContext({
        baseURL: serving.url,
        viewport: { width: 1440, height: 900 },
      });
      contexts.push(context);
      const page = await context.newPage();
      await page.goto(link);
      await page.getByLabel('Name of this device').fill(name);
      await page.getByRole('button', { name: 'Pair this device' }).click();
      await page.waitForURL((url) => !url.pathname.startsWith('/pair'));
      return { context, page };
    };

    await use({
      repository,
      bridge,
      serving: () => serving,
      async restart(signal) {
        await bridge.stop(signal);
        serving = await bridge.start();
        return serving;
      },
      device,
    });

    for (const context of contexts) await context.close();
    await bridge.stop();
    await rm(root, { recursive: true, force: true });
  },
});

export { expect } from '@playwright/test';

/** The composer of the session that a page shows. */
export const composer = (page: Page): Locator => page.getByRole('textbox', { name: 'Prompt' });

/** Starts a session with the playground agent, from wherever the page is. */
export async function startSession(page: Page, prompt: string): Promise<void> {
  await page.goto('/new');
  await page.getByRole('radio', { name: /Playground agent/u }).check();
  await page.getByRole('textbox', { name: 'First prompt' }).fill(prompt);
  await page.getByRole('button', { name: /^Start/u }).click();
  await page.waitForURL(/\/s\//u);
}

/** A further link, made at the bridge's terminal. */
async function pairingLink(data: string, role: string): Promise<string> {
  const terminal = await readTerminalFile(data);
  if (terminal === null) throw new Error('expected a terminal file of a running bridge');
  const response = await fetch(`${terminal.url}/api/pairings`, {
    method: 'POST',
    headers: { authorization: `Bearer ${terminal.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ role, scope: { kind: 'workspace' } }),
  });
  return pairingResponseSchema.parse(await response.json()).url;
}
