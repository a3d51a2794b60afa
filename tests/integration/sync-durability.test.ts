import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import type { Storage } from '../../server/storage/contract.ts';
import { openSqliteStorage } from '../../server/storage/sqlite-storage.ts';
import { eventually } from '../fixtures/eventually.ts';
import { seededRandom } from '../fixtures/manual-time.ts';
import { MuxClient, syncFrame } from '../fixtures/raw-client.ts';
import { silentLog } from '../fixtures/silent-log.ts';
import { stockClient } from '../fixtures/stock-client.ts';
import { realTime, startSyncBridge, type SyncBridge } from '../fixtures/sync-bridge.ts';

let directory: string;
const processes: ChildProcess[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rejoin-durable-'));
});

afterEach(() => {
  for (const process of processes.splice(0)) process.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

async function startProcess(): Promise<{ readonly child: ChildProcess; readonly origin: string }> {
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, '../fixtures/sync-process.ts'), directory],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  processes.push(child);
  const [port] = await once(child.stdout, 'data');
  return { child, origin: `ws://127.0.0.1:${String(port).trim()}` };
}

const openStorage = (databasePagesMax?: number): Promise<Storage> =>
  openSqliteStorage({
    directory,
    ...realTime,
    random: seededRandom(1),
    log: silentLog,
    ...(databasePagesMax === undefined ? {} : { databasePagesMax }),
  });

const stored = async (storage: Storage, room: string): Promise<Y.Doc> => {
  const doc = new Y.Doc();
  for (const update of (await storage.loadRoom(room)).updates) Y.applyUpdate(doc, update);
  return doc;
};

describe('a bridge that is killed', () => {
  test('[R5] what was acknowledged or shown to another is there, kill after kill', async () => {
    const acknowledged = new Set<string>();
    for (let round = 0; round < 4; round += 1) {
      const { child, origin } = await startProcess();
      const bridge = { origin } as SyncBridge;
      const writer = await MuxClient.proved(bridge, 'laptop');
      const { doc, channel } = await writer.join('tasks');
      const reader = stockClient(bridge, 'tasks', 'phone');
      await reader.synced();
      // What earlier rounds acknowledged is what this one begins with.
      for (const key of acknowledged) expect(reader.doc.getMap('m').has(key)).toBe(true);
      for (let n = 1; n <= 40; n += 1) {
        doc.getMap('m').set(`${String(round)}/${String(n)}`, 'x'.repeat(n * 50));
        writer.say(channel, { type: 'mark', n });
      }
      await eventually(() => writer.ours(channel).length >= 5 + round * 7);
      child.kill('SIGKILL');
      await once(child, 'exit');
      const highest = Math.max(
        ...writer.ours(channel).map((message) => (message.type === 'ack' ? message.n : 0)),
      );
      for (let n = 1; n <= highest; n += 1) acknowledged.add(`${String(round)}/${String(n)}`);
      for (const key of reader.doc.getMap('m').keys()) acknowledged.add(key);
      reader.leave();
    }
    const storage = await openStorage();
    const kept = (await stored(storage, 'tasks')).getMap('m');
    expect([...acknowledged].filter((key) => !kept.has(key))).toEqual([]);
    expect(acknowledged.size).toBeGreaterThan(60);
    expect(storage.life.kind).toBe('continued');
    await storage.close();
  }, 60_000);
});

describe('a full disk', () => {
  test('[ST5] nothing is acknowledged that is not on disk; clients are told to come again, and all is there when it has room', async () => {
    const storage = await openStorage(120);
    const bridge = await startSyncBridge(storage);
    bridge.pair('laptop', 'owner');
    bridge.pair('phone', 'editor');
    const client = await MuxClient.proved(bridge, 'laptop');
    const { doc, channel } = await client.join('tasks');
    let n = 0;
    while (!client.closedChannels.has(channel) && n < 100) {
      n += 1;
      doc.getArray('a').push([`${String(n)}:${crypto.randomUUID().repeat(400)}`]);
      client.say(channel, { type: 'mark', n });
      await eventually(
        () => client.closedChannels.has(channel) || client.ours(channel).length === n,
      );
    }
    expect(client.closedChannels.get(channel)?.code).toBe(1013);
    const acked = client.ours(channel).length;
    expect(acked).toBe(n - 1);
    expect((await stored(storage, 'tasks')).getArray('a').length).toBe(acked);
    // Another room that needs no new page of the database goes on.
    const small = await client.join('workspace');
    expect(small.doc.getMap('m').size).toBe(0);
    await bridge.stop();
    await storage.close();

    const larger = await openStorage(4000);
    const again = await startSyncBridge(larger);
    again.pair('laptop', 'owner');
    const back = await MuxClient.proved(again, 'laptop');
    const reopened = await back.join('tasks');
    back.data(
      reopened.channel,
      syncFrame(1, Y.encodeStateAsUpdate(doc, Y.encodeStateVector(reopened.doc))),
    );
    back.say(reopened.channel, { type: 'mark', n: 1 });
    await eventually(() => back.ours(reopened.channel).length === 1);
    expect((await stored(larger, 'tasks')).getArray('a').toJSON()).toEqual(
      doc.getArray('a').toJSON(),
    );
    await again.stop();
    await larger.close();
  }, 60_000);
});
