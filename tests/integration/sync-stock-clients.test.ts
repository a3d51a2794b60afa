import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { limits } from '#lib/domain/limits.ts';
import type { MemoryStorage } from '../../server/storage/memory-storage.ts';
import { memoryStorage } from '../../server/storage/memory-storage.ts';
import { eventually } from '../fixtures/eventually.ts';
import { seededRandom } from '../fixtures/manual-time.ts';
import { stockClient, type StockClient } from '../fixtures/stock-client.ts';
import { startSyncBridge, type SyncBridge } from '../fixtures/sync-bridge.ts';

let storage: MemoryStorage;
let bridge: SyncBridge;
const clients: StockClient[] = [];

beforeEach(async () => {
  storage = memoryStorage(seededRandom(1));
  bridge = await startSyncBridge(storage);
  bridge.pair('laptop', 'owner');
  bridge.pair('phone', 'editor');
  bridge.pair('guest', 'viewer', undefined, 'ben');
});

afterEach(async () => {
  for (const client of clients.splice(0)) client.leave();
  await bridge.stop();
});

const join = (room: string, device: string): StockClient => {
  const client = stockClient(bridge, room, device);
  clients.push(client);
  return client;
};

describe('stock y-websocket clients, unchanged', () => {
  test('[SY1] two clients converge, live and after one was away', async () => {
    const laptop = join('tasks', 'laptop');
    const phone = join('tasks', 'phone');
    await Promise.all([laptop.synced(), phone.synced()]);
    laptop.doc.getText('t').insert(0, 'hello');
    await eventually(() => phone.doc.getText('t').toString() === 'hello');
    phone.provider.disconnect();
    phone.doc.getText('t').insert(5, ' phone');
    laptop.doc.getText('t').insert(0, 'laptop ');
    phone.provider.connect();
    await eventually(
      () =>
        phone.doc.getText('t').toString() === 'laptop hello phone' &&
        laptop.doc.getText('t').toString() === 'laptop hello phone',
    );
  });

  test('[SY2] who may only read gets everything, live too', async () => {
    const laptop = join('tasks', 'laptop');
    const guest = join('tasks', 'guest');
    laptop.doc.getMap('m').set('k', 1);
    laptop.doc.getMap('m').delete('k');
    laptop.doc.getMap('m').set('k', 2);
    await eventually(() => guest.doc.getMap('m').get('k') === 2);
    guest.provider.disconnect();
    guest.provider.connect();
    await guest.synced();
    expect(guest.closed).toBeNull();
  });

  test('[SY3] an edit of a reader closes it with 4403 and changes nothing', async () => {
    const laptop = join('tasks', 'laptop');
    const guest = join('tasks', 'guest');
    laptop.doc.getMap('m').set('k', 1);
    await eventually(() => guest.doc.getMap('m').get('k') === 1);
    guest.doc.getMap('m').set('k', 'mine');
    await eventually(() => guest.closed?.code === 4403);
    expect(laptop.doc.getMap('m').get('k')).toBe(1);
  });

  test('[SY3] a deletion of a reader is an edit', async () => {
    const laptop = join('tasks', 'laptop');
    const guest = join('tasks', 'guest');
    laptop.doc.getMap('m').set('k', 1);
    await eventually(() => guest.doc.getMap('m').get('k') === 1);
    guest.doc.getMap('m').delete('k');
    await eventually(() => guest.closed?.code === 4403);
    expect(laptop.doc.getMap('m').get('k')).toBe(1);
  });

  test('[SY6] a role that is lowered while the client is connected holds for its next edit', async () => {
    const laptop = join('tasks', 'laptop');
    const phone = join('tasks', 'phone');
    await Promise.all([laptop.synced(), phone.synced()]);
    phone.doc.getMap('m').set('before', 1);
    await eventually(() => laptop.doc.getMap('m').get('before') === 1);
    bridge.server.roleChanged(bridge.pair('phone', 'viewer'));
    laptop.doc.getMap('m').set('still', 'read');
    await eventually(() => phone.doc.getMap('m').get('still') === 'read');
    phone.doc.getMap('m').set('after', 1);
    await eventually(() => phone.closed?.code === 4403);
    expect(laptop.doc.getMap('m').toJSON()).toEqual({ before: 1, still: 'read' });
  });

  test('[R9] a change that would make the document too large closes a stock client with 4413', async () => {
    const part = 3_000_000;
    const full = new Y.Doc();
    for (let n = 0; n * part < limits.documentBytesMax - part; n += 1)
      full.getArray('a').push([`${String(n)}`.padEnd(part, 'x')]);
    await storage.commit([
      {
        kind: 'update',
        room: 'tasks',
        seq: storage.allocate(),
        update: Y.encodeStateAsUpdate(full),
      },
    ]);
    const laptop = join('tasks', 'laptop');
    await laptop.synced();
    laptop.doc.getArray('a').push(['y'.repeat(part)]);
    await eventually(() => laptop.closed?.code === 4413);
  });

  test('[R5] what a client has was committed: it is there after the bridge was lost', async () => {
    const laptop = join('tasks', 'laptop');
    const phone = join('tasks', 'phone');
    laptop.doc.getText('t').insert(0, 'kept');
    await eventually(() => phone.doc.getText('t').toString() === 'kept');
    await bridge.stop();
    bridge = await startSyncBridge(storage.restart(seededRandom(2)));
    bridge.pair('tablet', 'owner');
    const tablet = join('tasks', 'tablet');
    await tablet.synced();
    expect(tablet.doc.getText('t').toString()).toBe('kept');
  });
});
