import type { MemoryStorage } from '../../server/storage/memory-storage.ts';
import { memoryStorage } from '../../server/storage/memory-storage.ts';
import { seededRandom } from '../fixtures/manual-time.ts';
import { flushMs, projectorBench, type ProjectorBench } from '../fixtures/projector-bench.ts';
import { FakeRecord } from '../fixtures/session-fakes.ts';
import { recordContract, type RecordUnderTest } from './record.ts';

const overDocuments = (bench: ProjectorBench): RecordUnderTest => ({
  record: bench.projector,
  storage: bench.storage,
  shown: (sessionId) => bench.shown(sessionId),
  async flush() {
    bench.time.advance(flushMs);
    await Promise.resolve();
  },
  restart: async () => overDocuments(await bench.restart()),
  setFull(full) {
    bench.storage.faults.full = full;
  },
  async release() {
    bench.documents.close();
    await bench.storage.close();
  },
});

const overFake = (record: FakeRecord, storage: MemoryStorage): RecordUnderTest => ({
  record,
  storage,
  async shown(sessionId) {
    const { shown } = record.session(sessionId);
    return {
      items: shown.ordered(),
      growing: [...shown.live.values()],
      run: shown.field('run') ?? null,
      receipts: [...shown.receipts.values()],
      permissions: [...shown.permissions.values()],
    };
  },
  flush: () => Promise.resolve(),
  async restart() {
    const again = storage.restart(seededRandom(3));
    return overFake(record.restart(again), again);
  },
  setFull(full) {
    storage.faults.full = full;
  },
  release: () => storage.close(),
});

recordContract('the projector, over documents', async () =>
  overDocuments(await projectorBench(memoryStorage(seededRandom(1)))),
);

recordContract('the fake that the engine is tested with', async () => {
  const storage = memoryStorage(seededRandom(1));
  return overFake(new FakeRecord(storage), storage);
});
