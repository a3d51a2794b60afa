import { connect } from 'node:net';
import * as encoding from 'lib0/encoding';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { limits } from '#lib/domain/limits.ts';
import { memoryStorage, type MemoryStorage } from '../../server/storage/memory-storage.ts';
import { eventually } from '../fixtures/eventually.ts';
import { seededRandom } from '../fixtures/manual-time.ts';
import { MuxClient, RawSocket, stockSocket, syncFrame } from '../fixtures/raw-client.ts';
import { stockClient } from '../fixtures/stock-client.ts';
import { startSyncBridge, type SyncBridge } from '../fixtures/sync-bridge.ts';

let storage: MemoryStorage;
let bridge: SyncBridge;

beforeEach(async () => {
  storage = memoryStorage(seededRandom(1));
  bridge = await startSyncBridge(storage);
  bridge.pair('laptop', 'owner');
  bridge.pair('phone', 'editor');
});

afterEach(() => bridge.stop());

/** A good client in the same room goes on as if nothing had happened. */
async function othersGoOn(while_: () => Promise<void>): Promise<void> {
  const a = stockClient(bridge, 'tasks', 'laptop');
  const b = stockClient(bridge, 'tasks', 'phone');
  await Promise.all([a.synced(), b.synced()]);
  a.doc.getMap('m').set('before', 1);
  await eventually(() => b.doc.getMap('m').get('before') === 1);
  const drops: unknown[] = [];
  b.provider.on('connection-close', (event) => drops.push(event));
  await while_();
  a.doc.getMap('m').set('after', 1);
  await eventually(() => b.doc.getMap('m').get('after') === 1);
  expect(b.doc.getMap('m').toJSON()).toEqual({ before: 1, after: 1 });
  expect(drops).toEqual([]);
  a.leave();
  b.leave();
}

/** A handshake without a client library, to send bytes that no library sends. */
async function bareSocket(room: string): Promise<ReturnType<typeof connect>> {
  const socket = connect(bridge.port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(
    `GET /sync/${room}?device=laptop HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n` +
      'Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n',
  );
  await new Promise((resolve) => socket.once('data', resolve));
  return socket;
}

describe('bad frames', () => {
  test('[SY22] malformed WebSocket frames end their socket and nothing else', async () => {
    await othersGoOn(async () => {
      for (const bytes of [
        [0xf2, 0x80, 0, 0, 0, 0],
        [0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0],
        [0x83, 0x80, 0, 0, 0, 0],
        [0x82, 0x01, 0x00],
      ]) {
        const socket = await bareSocket('tasks');
        const ended = new Promise((resolve) => socket.once('close', resolve));
        socket.write(Uint8Array.from(bytes));
        await ended;
      }
    });
  });

  test('[R9] a frame of 4 MiB is read, one byte more ends the socket', async () => {
    const good = await stockSocket(bridge, 'tasks', 'laptop');
    const frame = new Uint8Array(limits.frameBytesMax);
    // A message of a type that nobody knows: read, and of no meaning.
    frame[0] = 120;
    good.send(frame);
    good.send(syncFrame(0, Y.encodeStateVector(new Y.Doc())));
    await eventually(() => good.frames.length >= 3);
    expect(good.closed).toBeNull();
    const bad = await stockSocket(bridge, 'tasks', 'laptop');
    bad.send(new Uint8Array(limits.frameBytesMax + 1));
    await eventually(() => bad.closed !== null);
  });

  test('[SY22] text frames are refused', async () => {
    const socket = await stockSocket(bridge, 'tasks', 'laptop');
    socket.socket.send('hello');
    await eventually(() => socket.closed?.code === 1003);
  });

  test('[SY22] a corpus of garbage, cut and flipped frames: each ends its room or is taken, the others go on', async () => {
    const random = seededRandom(20_251_122);
    const source = new Y.Doc();
    source.clientID = 77;
    source.getText('t').insert(0, 'some text');
    source.getArray('l').push([1, { a: [true, null, 'x'] }, 2.5]);
    source.getMap('n').set('nested', new Y.Map([['k', 1]]));
    source.getText('t').delete(2, 3);
    const good = syncFrame(2, Y.encodeStateAsUpdate(source));
    const corpus = Array.from({ length: 400 }, (_, index) => {
      if (index % 4 === 0) return random.bytes(1 + Math.floor(random.next() * 60));
      if (index % 4 === 1) return good.slice(0, 1 + Math.floor(random.next() * (good.length - 1)));
      const flipped = good.slice();
      for (let n = 0; n < 1 + (index % 3); n += 1)
        flipped[2 + Math.floor(random.next() * (flipped.length - 2))] = Math.floor(
          random.next() * 256,
        );
      return flipped;
    });
    await othersGoOn(async () => {
      let socket = await stockSocket(bridge, 'workspace', 'phone');
      for (const frame of corpus) {
        if (socket.socket.readyState !== WebSocket.OPEN)
          socket = await stockSocket(bridge, 'workspace', 'phone');
        socket.send(frame);
        await new Promise((resolve) => setImmediate(resolve));
      }
    });
    // Whatever was taken is what a restart finds.
    const live = bridge.documents.peek({ kind: 'workspace' });
    if (live === null) throw new Error('expected the room to be in memory');
    await live.settled;
    const stored = new Y.Doc();
    for (const update of (await storage.loadRoom('workspace')).updates)
      Y.applyUpdate(stored, update);
    expect(Y.encodeStateVector(stored)).toEqual(Y.encodeStateVector(live.doc));
    expect(stored.store.pendingStructs).toBeNull();
  }, 60_000);

  test('[SY22] a corpus over the socket of a tab ends at most that socket', async () => {
    const random = seededRandom(7);
    await othersGoOn(async () => {
      for (let n = 0; n < 150; n += 1) {
        const client = await MuxClient.proved(bridge, 'phone');
        client.open('workspace');
        for (let k = 0; k < 5; k += 1)
          client.send(random.bytes(1 + Math.floor(random.next() * 40)));
        client.socket.close();
      }
    });
  }, 60_000);
});

describe('readers that do not read', () => {
  test('[SY26] a reader that lags by 4 MiB is closed and the memory is given back; the others go on', async () => {
    const lazy = new RawSocket(`${bridge.origin}/sync/tasks?device=phone`);
    await lazy.opened();
    await eventually(() => lazy.frames.length >= 1);
    lazy.socket.pause();
    const held = bridge.sockets.at(-1);
    const writer = await MuxClient.proved(bridge, 'laptop');
    const { doc, channel } = await writer.join('tasks');
    let most = 0;
    for (let n = 1; n <= 400 && held?.readyState === WebSocket.OPEN; n += 1) {
      doc.getMap('m').set(`k${String(n % 3)}`, 'x'.repeat(100_000));
      writer.say(channel, { type: 'mark', n });
      await eventually(() => writer.ours(channel).length === n);
      most = Math.max(most, held.bufferedAmount);
    }
    expect(held?.readyState).not.toBe(WebSocket.OPEN);
    expect(most).toBeLessThanOrEqual(limits.socketBufferedBytesMax + 200_000);
    await eventually(() => held?.readyState === WebSocket.CLOSED, 8000);
    lazy.socket.terminate();
  }, 60_000);
});

describe('absurd awareness', () => {
  test('[SY15] 50,000 states from one client are one at most, and the room goes on', async () => {
    await othersGoOn(async () => {
      const socket = await stockSocket(bridge, 'tasks', 'phone');
      const flood = encoding.encode((encoder) => {
        encoding.writeVarUint(encoder, 50_000);
        for (let n = 0; n < 50_000; n += 1) {
          encoding.writeVarUint(encoder, n);
          encoding.writeVarUint(encoder, 1);
          encoding.writeVarString(encoder, '{}');
        }
      });
      socket.send(
        encoding.encode((encoder) => {
          encoding.writeVarUint(encoder, 1);
          encoding.writeVarUint8Array(encoder, flood);
        }),
      );
      await eventually(
        () => bridge.documents.peek({ kind: 'tasks' })?.presence.states().length === 3,
      );
      socket.socket.terminate();
    });
  });
});
