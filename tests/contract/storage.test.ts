import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { FailureError } from '#lib/domain/failure.ts';
import type { Storage } from '../../server/storage/contract.ts';
import { memoryStorage } from '../../server/storage/memory-storage.ts';
import { openSqliteStorage } from '../../server/storage/sqlite-storage.ts';
import { ManualTime, seededRandom } from '../fixtures/manual-time.ts';
import { silentLog } from '../fixtures/silent-log.ts';
import { storageContract } from './storage.ts';

storageContract('in memory', async () => {
  const storage = memoryStorage(seededRandom(1));
  return {
    storage,
    restart: async () => storage.restart(seededRandom(2)),
    async reopen() {
      await storage.close();
      return storage.restart(seededRandom(2));
    },
    async fill() {
      storage.faults.full = true;
      return async () => {
        storage.faults.full = false;
      };
    },
    damage(room) {
      storage.faults.damaged.add(room);
    },
    release: () => storage.close(),
  };
});

storageContract('SQLite', async () => {
  const home = mkdtempSync(join(tmpdir(), 'rejoin-storage-'));
  const opened: Storage[] = [];
  const open = async (name: string): Promise<Storage> => {
    const storage = await openSqliteStorage({
      directory: join(home, name),
      clock: new ManualTime(),
      random: seededRandom(1),
      log: silentLog,
      databasePagesMax: 100,
    });
    opened.push(storage);
    return storage;
  };
  const storage = await open('data');
  return {
    storage,
    restart() {
      // The files of a running bridge are what a kill leaves behind.
      cpSync(join(home, 'data'), join(home, 'killed'), { recursive: true });
      return open('killed');
    },
    async reopen() {
      await storage.close();
      return open('data');
    },
    async fill() {
      const filler = (size: number) => ({
        kind: 'update' as const,
        room: 'filler',
        seq: storage.allocate(),
        update: new Uint8Array(size),
      });
      for (const size of [32_768, 4096, 256]) {
        try {
          for (;;) await storage.commit([filler(size)]);
        } catch (error) {
          if (!(error instanceof FailureError) || error.failure.code !== 'disk_full') throw error;
        }
      }
      return async () => {
        // Until everybody who waited was told, a full disk is a full disk for all.
        await new Promise((resolve) => setImmediate(resolve));
        await storage.commit([{ kind: 'room_deleted', room: 'filler' }]);
      };
    },
    damage(room) {
      const database = new DatabaseSync(join(home, 'data', 'rejoin.sqlite'));
      database
        .prepare(
          `UPDATE room_rows SET bytes = x'010204' WHERE room = (SELECT id FROM rooms WHERE name = ?)`,
        )
        .run(room);
      database.close();
    },
    async release() {
      for (const each of opened) await each.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
});
