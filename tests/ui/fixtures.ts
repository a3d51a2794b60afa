import { test as base, type Page } from '@playwright/test';
import { harnessFolder } from './harness/harness-folder.ts';
import type { Harness } from './harness/open-workspace.ts';
import { storyTime } from './harness/people.ts';
import type { Scenario } from './harness/scenarios.ts';
import { serveFiles } from './serve-files.ts';

export const sizes = {
  desktop: { viewport: { width: 1440, height: 900 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  smallest: { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true },
} as const;
export type Size = keyof typeof sizes;

export interface Opening {
  readonly scenario?: Scenario;
  readonly size?: Size;
  readonly theme?: 'light' | 'dark';
}

/** An app that is open in a page of its own, and what the bridge and the network do to it. */
export interface OpenApp {
  readonly page: Page;
  /** Calls one of the harness's verbs inside the page. */
  tell<K extends keyof Harness>(verb: K, ...args: Parameters<Harness[K]>): Promise<void>;
}

interface Fixtures {
  open(path: string, opening?: Opening): Promise<OpenApp>;
}

/** `open` shows a route over a scenario at a fixed time, with motion reduced so that pictures and boxes stand still. */
export const test = base.extend<Fixtures, { origin: string }>({
  origin: [
    // eslint-disable-next-line no-empty-pattern -- Playwright reads what a fixture needs from this pattern.
    async ({}, use) => {
      const server = await serveFiles(harnessFolder);
      await use(server.origin);
      await server.close();
    },
    { scope: 'worker' },
  ],
  open: async ({ browser, origin }, use) => {
    const ends: (() => Promise<void>)[] = [];
    await use(async (path, { scenario = 'busy', size = 'desktop', theme = 'light' } = {}) => {
      const context = await browser.newContext({
        ...sizes[size],
        baseURL: origin,
        colorScheme: theme,
        reducedMotion: 'reduce',
        serviceWorkers: 'block',
        locale: 'en-GB',
      });
      ends.push(() => context.close());
      const page = await context.newPage();
      await page.clock.setFixedTime(storyTime);
      await page.addInitScript((name) => {
        window.rejoinScenario = name;
      }, scenario);
      await page.goto(path);
      await page.locator('h1').first().waitFor({ state: 'attached' });
      return {
        page,
        async tell(verb, ...args) {
          await page.evaluate(
            ([name, given]) => {
              const harness = window.rejoinHarness;
              if (harness === undefined) throw new Error('expected the harness in the page');
              Reflect.apply(Reflect.get(harness, name) as () => void, harness, given);
            },
            [verb, args] as const,
          );
        },
      };
    });
    await Promise.all(ends.map((end) => end()));
  },
});

export const sessionPath = '/s/01890000-0000-7000-8000-000000000001';

/** An operation of the scenario `away` that came too late. */
export const expiredPath = '/queue/01890000-0000-7000-8111-000000000190';

/** Every route, over the state in which it has the most to show. */
export const routes = [
  { name: 'sessions', path: '/', opening: {} },
  { name: 'first run', path: '/', opening: { scenario: 'first' } },
  { name: 'new session', path: '/new', opening: {} },
  { name: 'session', path: sessionPath, opening: {} },
  { name: 'session tasks', path: `${sessionPath}?panel=tasks`, opening: {} },
  { name: 'session queue', path: `${sessionPath}?panel=queue`, opening: {} },
  { name: 'session notes', path: `${sessionPath}?panel=notes`, opening: {} },
  { name: 'tasks', path: '/tasks', opening: {} },
  { name: 'task list', path: '/tasks?view=list&task=task-1', opening: {} },
  { name: 'queue', path: '/queue', opening: {} },
  { name: 'history', path: '/queue?tab=history', opening: {} },
  { name: 'queue after the train', path: '/queue', opening: { scenario: 'away' } },
  { name: 'queue entry', path: expiredPath, opening: { scenario: 'away' } },
  { name: 'not accepted copy', path: '/queue/copy-1', opening: { scenario: 'away' } },
  { name: 'settings', path: '/settings', opening: {} },
  { name: 'people', path: '/settings/people', opening: {} },
  { name: 'agents', path: '/settings/agents', opening: {} },
  { name: 'rules', path: '/settings/rules', opening: {} },
  { name: 'storage', path: '/settings/storage', opening: {} },
  { name: 'keyboard', path: '/settings/keyboard', opening: {} },
  { name: 'appearance', path: '/settings/appearance', opening: {} },
  { name: 'about', path: '/settings/about', opening: {} },
  { name: 'pairing', path: '/pair#a-secret', opening: { scenario: 'unpaired' } },
  { name: 'pairing without a link', path: '/pair', opening: { scenario: 'unpaired' } },
  { name: 'unpaired', path: '/', opening: { scenario: 'unpaired' } },
] as const satisfies readonly { name: string; path: string; opening: Opening }[];
