import { describe, it } from 'vitest';
import { MemoryDisk, MemoryTables } from '#lib/sync/memory-tables.ts';
import { tablesCases } from './tables.ts';

describe('tables in memory', () => {
  for (const { name, run } of tablesCases)
    it(name, async () => {
      const disk = new MemoryDisk();
      await run({ open: () => new MemoryTables(disk) });
    });
});
