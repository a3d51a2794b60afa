import { describe, it } from 'vitest';
import { MemoryDocuments } from '#lib/sync/memory-documents.ts';
import { persistenceCases } from './persistence.ts';

describe('copies of documents in memory', () => {
  for (const { name, run } of persistenceCases)
    it(name, async () => {
      const disk = new Map<string, Uint8Array[]>();
      await run({ databases: () => new MemoryDocuments(disk), newName: () => 'copy' });
    });
});
