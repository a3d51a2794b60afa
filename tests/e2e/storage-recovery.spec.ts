import type { Page } from '@playwright/test';
import { expect, openHarness, test } from './harness/storage-fixture.ts';

/** Says what the copy says of itself. */
const stateOf = (page: Page, name: string): Promise<string> =>
  page.evaluate((copy) => window.storageHarness.storage(copy).kind, name);

const storedKeys = (page: Page, name: string): Promise<readonly string[]> =>
  page.evaluate((copy) => window.storageHarness.stored(copy), name);

async function openCopy(page: Page, name: string): Promise<void> {
  await page.evaluate(async (copy) => {
    window.storageHarness.open(copy);
    await window.storageHarness.loaded(copy);
  }, name);
}

/** Nothing that a page does not handle itself: the browser would show it as an error of ours. */
function unhandledErrors(page: Page): readonly string[] {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  return errors;
}

test.describe('a document’s copy', () => {
  test('[R5] that another tab erases again and again loses no edit that it called durable', async ({
    harness,
  }) => {
    const errors = unhandledErrors(harness);
    await openCopy(harness, 'erased');
    const { durable, total } = await harness.evaluate(async () => {
      const page = window.storageHarness;
      const told: string[] = [];
      for (let edit = 0; edit < 150; edit += 1) {
        const key = `k${String(edit)}`;
        page.set('erased', key);
        if (edit % 30 === 10) void page.erase('erased');
        if (await page.isDurable('erased')) told.push(key);
      }
      return { durable: told, total: 150 };
    });
    expect(durable.length).toBeGreaterThan(total / 2);
    await expect.poll(() => stateOf(harness, 'erased')).toBe('kept');
    await harness.evaluate(() => window.storageHarness.isDurable('erased'));
    const stored = new Set(await storedKeys(harness, 'erased'));
    expect(durable.filter((key) => !stored.has(key))).toEqual([]);
    expect(stored.size).toBe(total);
    expect(errors).toEqual([]);
  });

  test('is kept on when another tab changes the version of its database', async ({ harness }) => {
    await openCopy(harness, 'upgraded');
    await harness.evaluate(async () => {
      window.storageHarness.set('upgraded', 'before');
      await window.storageHarness.isDurable('upgraded');
      await window.storageHarness.upgrade('upgraded');
      window.storageHarness.set('upgraded', 'after');
    });
    await expect.poll(() => stateOf(harness, 'upgraded')).toBe('kept');
    await harness.evaluate(() => window.storageHarness.isDurable('upgraded'));
    expect(await storedKeys(harness, 'upgraded')).toEqual(['after', 'before']);
  });

  test('is written anew after the person cleared the site’s data', async ({
    harness,
    harnessUrl,
  }) => {
    const errors = unhandledErrors(harness);
    await openCopy(harness, 'cleared');
    await harness.evaluate(async () => {
      window.storageHarness.set('cleared', 'before');
      await window.storageHarness.isDurable('cleared');
    });
    const cdp = await harness.context().newCDPSession(harness);
    await cdp.send('Storage.clearDataForOrigin', {
      origin: new URL(harnessUrl).origin,
      storageTypes: 'indexeddb',
    });
    await harness.evaluate(() => {
      window.storageHarness.set('cleared', 'after');
    });
    await expect.poll(() => stateOf(harness, 'cleared'), { timeout: 20_000 }).toBe('kept');
    await harness.evaluate(() => window.storageHarness.isDurable('cleared'));
    expect(await storedKeys(harness, 'cleared')).toEqual(['after', 'before']);
    expect(errors).toEqual([]);
  });

  test('[R6] says at once that it is in memory only where IndexedDB is refused, and is written when it is not', async ({
    harnessUrl,
    page,
  }) => {
    const errors = unhandledErrors(page);
    await page.addInitScript(() => {
      const open = indexedDB.open.bind(indexedDB);
      Object.assign(window, { isRefused: true });
      IDBFactory.prototype.open = (...values: Parameters<IDBFactory['open']>) => {
        if ('isRefused' in window && window.isRefused === true)
          throw new DOMException('denied', 'SecurityError');
        return open(...values);
      };
    });
    await openHarness(page, harnessUrl);
    const began = Date.now();
    await openCopy(page, 'refused');
    expect(Date.now() - began).toBeLessThan(1000);
    expect(await stateOf(page, 'refused')).toBe('memory_only');
    const durable = await page.evaluate(async () => {
      window.storageHarness.set('refused', 'in memory');
      return await window.storageHarness.isDurable('refused');
    });
    expect(durable).toBe(false);
    await page.evaluate(() => Object.assign(window, { isRefused: false }));
    await expect.poll(() => stateOf(page, 'refused'), { timeout: 20_000 }).toBe('kept');
    await page.evaluate(() => window.storageHarness.isDurable('refused'));
    expect(await storedKeys(page, 'refused')).toEqual(['in memory']);
    expect(errors).toEqual([]);
  });

  test('works in memory while its database does not open, and is written when it does', async ({
    harness,
  }) => {
    await openCopy(harness, 'hung');
    await harness.evaluate(async () => {
      window.storageHarness.set('hung', 'on disk');
      await window.storageHarness.close('hung');
      // A connection that ignores that somebody wants to erase it, so that the next opening hangs.
      const blocker = await new Promise<IDBDatabase>((resolve) => {
        const opening = indexedDB.open('hung');
        opening.onsuccess = () => {
          resolve(opening.result);
        };
      });
      const erasing = indexedDB.deleteDatabase('hung');
      await new Promise((resolve) => {
        erasing.onblocked = resolve;
      });
      Object.assign(window, { blocker });
      window.storageHarness.open('hung');
      window.storageHarness.set('hung', 'while it hung');
      await window.storageHarness.loaded('hung');
    });
    expect(await stateOf(harness, 'hung')).toBe('memory_only');
    await harness.evaluate(() => {
      if ('blocker' in window && window.blocker instanceof IDBDatabase) window.blocker.close();
    });
    await expect.poll(() => stateOf(harness, 'hung'), { timeout: 20_000 }).toBe('kept');
    await harness.evaluate(() => window.storageHarness.isDurable('hung'));
    expect(await storedKeys(harness, 'hung')).toEqual(['while it hung']);
  });

  test('[R6] says that the disk is full, calls nothing durable meanwhile, and is whole afterwards', async ({
    harnessUrl,
    page,
  }) => {
    const { origin } = new URL(harnessUrl);
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 600_000 });
    await openHarness(page, harnessUrl);
    await openCopy(page, 'full');
    const told = await page.evaluate(async () => {
      const durable: string[] = [];
      for (let edit = 0; edit < 12; edit += 1) {
        const key = `k${String(edit).padStart(2, '0')}`;
        window.storageHarness.set('full', key, 100_000);
        if (await window.storageHarness.isDurable('full')) durable.push(key);
      }
      return durable;
    });
    expect(told.length).toBeLessThan(12);
    expect(await stateOf(page, 'full')).toBe('full');
    await cdp.send('Storage.overrideQuotaForOrigin', { origin });
    await expect.poll(() => stateOf(page, 'full'), { timeout: 40_000 }).toBe('kept');
    expect(await page.evaluate(() => window.storageHarness.isDurable('full'))).toBe(true);
    expect(await storedKeys(page, 'full')).toHaveLength(12);
  });

  test('[R9] is compacted while edits stream in: never 500 rows, and nothing is missing', async ({
    harness,
  }) => {
    await openCopy(harness, 'streamed');
    const most = await harness.evaluate(async () => {
      let rows = 0;
      for (let edit = 0; edit < 2000; edit += 1) {
        window.storageHarness.set('streamed', `k${String(edit)}`);
        if (edit % 100 !== 99) continue;
        await window.storageHarness.isDurable('streamed');
        rows = Math.max(rows, await window.storageHarness.rows('streamed'));
      }
      return rows;
    });
    expect(most).toBeLessThan(500);
    expect(await storedKeys(harness, 'streamed')).toHaveLength(2000);
  });
});

test.describe('the device’s own database', () => {
  test('[R6] keeps rows in memory while IndexedDB is refused, says so, and writes them when it is not', async ({
    harnessUrl,
    page,
  }) => {
    await page.addInitScript(() => {
      const open = indexedDB.open.bind(indexedDB);
      Object.assign(window, { isRefused: sessionStorage.getItem('allowed') === null });
      IDBFactory.prototype.open = (...values: Parameters<IDBFactory['open']>) => {
        if ('isRefused' in window && window.isRefused === true)
          throw new DOMException('denied', 'SecurityError');
        return open(...values);
      };
    });
    await openHarness(page, harnessUrl);
    const keys = await page.evaluate(async () => {
      window.storageHarness.openTables();
      await window.storageHarness.putRow('a');
      return await window.storageHarness.rowKeys();
    });
    expect(keys).toEqual(['a']);
    const state = (): Promise<string | undefined> =>
      page.evaluate(() => window.storageHarness.tablesState()?.kind);
    expect(await state()).toBe('memory_only');
    await page.evaluate(() => {
      Object.assign(window, { isRefused: false });
      sessionStorage.setItem('allowed', 'yes');
    });
    await expect.poll(state, { timeout: 20_000 }).toBe('kept');
    await openHarness(page, harnessUrl);
    const next = await page.evaluate(async () => {
      window.storageHarness.openTables();
      return await window.storageHarness.rowKeys();
    });
    expect(next).toEqual(['a']);
  });

  test('[R5] that is erased under a tab is made anew with the rows that the tab knows', async ({
    harness,
    harnessUrl,
  }) => {
    await harness.evaluate(async () => {
      window.storageHarness.openTables();
      await window.storageHarness.putRow('a');
      await window.storageHarness.putRow('b');
      await window.storageHarness.erase('own');
      await window.storageHarness.putRow('c');
    });
    await expect
      .poll(() => harness.evaluate(() => window.storageHarness.tablesState()?.kind))
      .toBe('kept');
    await openHarness(harness, harnessUrl);
    const keys = await harness.evaluate(async () => {
      window.storageHarness.openTables();
      return await window.storageHarness.rowKeys();
    });
    expect(keys).toEqual(['a', 'b', 'c']);
  });

  test('[R6] that is full holds the row in memory, says so, and writes it when there is room', async ({
    harnessUrl,
    page,
  }) => {
    const { origin } = new URL(harnessUrl);
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 600_000 });
    await openHarness(page, harnessUrl);
    const keys = await page.evaluate(async () => {
      window.storageHarness.openTables();
      for (let row = 0; row < 8; row += 1)
        await window.storageHarness.putRow(`r${String(row)}`, 200_000);
      return await window.storageHarness.rowKeys();
    });
    expect(keys).toHaveLength(8);
    const state = (): Promise<string | undefined> =>
      page.evaluate(() => window.storageHarness.tablesState()?.kind);
    expect(await state()).toBe('full');
    await cdp.send('Storage.overrideQuotaForOrigin', { origin });
    await expect.poll(state, { timeout: 40_000 }).toBe('kept');
    await openHarness(page, harnessUrl);
    const next = await page.evaluate(async () => {
      window.storageHarness.openTables();
      return await window.storageHarness.rowKeys();
    });
    expect(next).toHaveLength(8);
  });
});
