import { persistenceCases } from '../contract/persistence.ts';
import { tablesCases } from '../contract/tables.ts';
import { expect, test } from './harness/storage-fixture.ts';

/** The suites that also run over the implementations in memory (tests/contract). */
const suites = [
  { suite: 'persistence', what: 'copies of documents in IndexedDB', cases: persistenceCases },
  { suite: 'tables', what: 'the device’s own database in IndexedDB', cases: tablesCases },
] as const;

for (const { cases, suite, what } of suites)
  test(`${what}: all ${String(cases.length)} rules of the contract hold`, async ({ harness }) => {
    for (const { name } of cases)
      await test.step(name, async () => {
        const failed = await harness.evaluate(
          ([ofSuite, ofName]) => window.storageHarness.runCase(ofSuite, ofName),
          [suite, name] as const,
        );
        expect.soft(failed, name).toBeNull();
      });
  });
