import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, type BrowserContext, type Page } from '@playwright/test';
import { freePort } from '../fixtures/free-port.ts';
import { gitRepository } from '../fixtures/git-repository.ts';
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
    const repository = await gitRepository(join(root, 'parcel-api'), {
      'src/retry.ts': 'export const retryAfter = (header: string): number => Number(header);\n',
    });
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
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
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

/** A further link, made at the bridge's terminal. */
async function pairingLink(data: string, role: string): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  const terminal: unknown = JSON.parse(await readFile(join(data, 'terminal.json'), 'utf8'));
  if (
    typeof terminal !== 'object' ||
    terminal === null ||
    !('url' in terminal) ||
    !('token' in terminal)
  ) {
    throw new Error('expected url and token in terminal.json');
  }
  const response = await fetch(`${String(terminal.url)}/api/pairings`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${String(terminal.token)}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ role, scope: { kind: 'workspace' } }),
  });
  const answer: unknown = await response.json();
  if (typeof answer !== 'object' || answer === null || !('url' in answer)) {
    throw new Error(`expected a pairing link, got ${JSON.stringify(answer)}`);
  }
  return String(answer.url);
}
