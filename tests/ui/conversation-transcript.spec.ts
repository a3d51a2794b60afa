import { expect } from '@playwright/test';
import { test } from './conversation-page.ts';
import { sessionPath } from './fixtures.ts';

const lines = (count: number, word: string): string =>
  Array.from({ length: count }, (_, index) => `${word} ${String(index)}`).join('\n\n');

test.describe('what moves while text streams', () => {
  test('[UX 10] nothing shifts during a turn: text, cards, code and changes only add below', async ({
    converse,
  }) => {
    const { page, say } = await converse();
    await say('answer', 'before', 50, lines(30, 'before'));
    await page.waitForTimeout(600);
    const score = await page.evaluate(async () => {
      let shifts = 0;
      const observer = new PerformanceObserver((list) => {
        for (const entry of list.getEntries())
          if (!('hadRecentInput' in entry && entry.hadRecentInput === true))
            shifts += 'value' in entry ? Number(entry.value) : 0;
      });
      observer.observe({ type: 'layout-shift', buffered: false });
      const verbs = window.rejoinConversation;
      if (verbs === undefined) throw new Error('expected the harness in the page');
      const frame = (): Promise<number> => new Promise((done) => requestAnimationFrame(done));
      for (let step = 0; step < 300; step += 1) {
        const part = Math.floor(step / 60);
        verbs.stream(
          `live-${String(part)}`,
          100 + part * 10,
          step % 20 === 19 ? '\n\n```ts\nconst a = 1;\n```\n\n' : `word ${String(step)} and more `,
        );
        if (step % 60 === 59) {
          verbs.tool(`edit-${String(part)}`, 101 + part * 10, {
            toolKind: 'edit',
            diffs: [{ path: 'src/a.ts', oldText: 'const a = 1;\n', newText: 'const b = 2;\n' }],
          });
          verbs.tool(`run-${String(part)}`, 102 + part * 10, {
            command: 'npm test',
            status: 'in_progress',
            endedAt: null,
          });
        }
        await frame();
      }
      await frame();
      await frame();
      observer.disconnect();
      return shifts;
    });
    expect(score).toBe(0);
  });

  test('the view stays at the end while it was there, and to the pixel when it was not', async ({
    converse,
  }) => {
    const { page, log, say, fromEnd } = await converse();
    await say('answer', 'long', 50, lines(60, 'line'));
    await expect.poll(fromEnd).toBeLessThanOrEqual(1);
    await say('stream', 'live', 60, lines(5, 'live'));
    await expect.poll(fromEnd).toBeLessThanOrEqual(1);

    await log.hover();
    await page.mouse.wheel(0, -400);
    await expect(page.getByRole('button', { name: 'Jump to latest' })).toBeVisible();
    const before = await log.evaluate((element) => element.scrollTop);
    await say('stream', 'live', 60, lines(20, 'more'));
    await say('answer', 'next', 61, 'another');
    await say('answer', 'third', 62, 'and another');
    await expect(page.getByRole('button', { name: 'Jump to latest · 2 new' })).toBeVisible();
    expect(await log.evaluate((element) => element.scrollTop)).toBe(before);

    await page.getByRole('button', { name: /^Jump to latest/u }).click();
    await expect.poll(fromEnd).toBeLessThanOrEqual(1);
    await expect(page.getByRole('button', { name: /^Jump to latest/u })).toBeHidden();
  });

  test('selected text stays selected and in sight', async ({ converse }) => {
    const { page, log, say } = await converse();
    await say('answer', 'long', 50, lines(40, 'line'));
    await page.getByText('line 38', { exact: true }).selectText();
    const before = await log.evaluate((element) => element.scrollTop);
    await say('stream', 'live', 60, lines(30, 'more'));
    await page.waitForTimeout(300);
    expect(await page.evaluate(() => document.getSelection()?.toString())).toContain('line 38');
    expect(await log.evaluate((element) => element.scrollTop)).toBe(before);
  });

  test('what is opened stays open, and nothing opens by itself', async ({ converse }) => {
    const { page, say } = await converse();
    await say('tool', 'run', 50, { command: 'npm test', output: { kind: 'inline', text: 'ok' } });
    const card = page.getByRole('button', { name: /npm test/u });
    await expect(card).toHaveAttribute('aria-expanded', 'false');
    await card.click();
    await say('stream', 'live', 60, 'more text');
    await expect(card).toHaveAttribute('aria-expanded', 'true');
  });
});

test.describe('older entries', () => {
  test('come when they are near, and what was in sight stays where it was', async ({
    converse,
  }) => {
    const { page, log, say } = await converse();
    await say('answer', 'long', 50, lines(40, 'line'));
    await say('history', 3, 40, 2);
    await page.waitForTimeout(300);
    await log.evaluate((element) => {
      element.scrollTop = 0;
    });
    const entry = page.getByText('Clients that send', { exact: false }).first();
    await expect(page.getByText('Entry 39 of part 2.', { exact: false }).first()).toBeAttached();
    await expect(entry).toBeInViewport();
    await expect.poll(() => log.evaluate((element) => element.scrollTop)).toBeGreaterThan(500);
  });

  test('that are nowhere say how many they are and how big, and can be asked for', async ({
    converse,
  }) => {
    const { page, log, say } = await converse();
    await say('history', 1, 500, 0);
    await log.evaluate((element) => {
      element.scrollTop = 0;
    });
    await expect(
      page.getByText('500 earlier entries are not on this device. The next part has 600 kB.'),
    ).toBeVisible();
    await say('history', 1, 500, 1);
    await page.getByRole('button', { name: 'Read earlier entries' }).click();
    await expect(page.getByText('Entry 499 of part 0.', { exact: false })).toBeAttached();
  });

  test('a link to one of them brings it into sight and marks it until the next press', async ({
    converse,
  }) => {
    const { page } = await converse({ path: `${sessionPath}/i/item-38`, quiet: false });
    const entry = page.locator('article.marked');
    await expect(entry).toContainText('parseRetryAfter');
    await expect(entry).toBeInViewport();
    await page.mouse.click(300, 300);
    await expect(entry).toHaveCount(0);
  });
});

test.describe('[R11] text of agents is data', () => {
  test('HTML is text, a link tells where it goes, an image is not fetched', async ({
    converse,
  }) => {
    const { page, log, say } = await converse();
    const requests: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    await say(
      'answer',
      'md',
      50,
      '<img src="/x" onerror="window.hit = 1"> [https://good.example](https://evil.example/a) ![c](https://t.example/p.png) [no](javascript:alert)',
    );
    await expect(log.getByText('onerror', { exact: false })).toBeVisible();
    expect(await page.evaluate(() => 'hit' in window)).toBe(false);
    const link = log.getByRole('link', { name: 'https://good.example' });
    await expect(link).toHaveAttribute('href', 'https://evil.example/a');
    await expect(link).toHaveAttribute('rel', /noopener/u);
    await expect(log.getByText('(goes to evil.example)')).toBeVisible();
    await expect(log.getByText('Image, not loaded: c')).toBeVisible();
    await expect(log.getByRole('link', { name: 'no', exact: true })).toHaveCount(0);
    expect(requests.filter((url) => url.includes('example'))).toEqual([]);
  });

  test('an entry of a newer version is shown as it is kept', async ({ converse }) => {
    const { log, say } = await converse();
    await say('foreign', { v: 9, kind: 'hologram' });
    await expect(log.getByText('Written by a newer version of Rejoin (format 9)')).toBeVisible();
    await expect(log.getByText('"hologram"')).toBeVisible();
  });
});

test.describe('output', () => {
  test('a long one shows its two ends; all of it is read when asked for', async ({ converse }) => {
    const { page, log, say } = await converse();
    const text = Array.from({ length: 3000 }, (_, index) => `row ${String(index)}`).join('\n');
    const sha256 = await say('blob', text);
    await say('tool', 'run', 50, {
      command: 'npm run all',
      output: {
        kind: 'blob',
        sha256: sha256 as never,
        bytes: 26_889,
        lines: 3000,
        head: 'row 0\nrow 1',
        tail: 'row 2998\nrow 2999',
      },
    });
    await page.getByRole('button', { name: /npm run all/u }).click();
    await expect(log.getByText('2,996 lines in between')).toBeVisible();
    await log.getByRole('button', { name: 'Open all 26.9 kB' }).click();
    const all = log.getByRole('group', { name: 'Output of Run a command' });
    await expect(all.getByText('row 2', { exact: true })).toBeVisible();
    expect(await all.locator('.line').count()).toBeLessThan(100);
  });

  test('what is not here says so', async ({ converse }) => {
    const { page, log, say } = await converse();
    await say('tool', 'run', 50, {
      command: 'npm run all',
      output: {
        kind: 'blob',
        sha256: 'f'.repeat(64) as never,
        bytes: 50_000_000,
        lines: 9,
        head: 'a',
        tail: 'b',
      },
    });
    await page.getByRole('button', { name: /npm run all/u }).click();
    await log.getByRole('button', { name: 'Open all 50.0 MB' }).click();
    await expect(
      log.getByText('The whole output is not on this device', { exact: false }),
    ).toBeVisible();
  });
});
