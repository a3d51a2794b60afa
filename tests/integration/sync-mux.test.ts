import * as encoding from 'lib0/encoding';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { sessionIdSchema } from '#lib/domain/ids.ts';
import { limits } from '#lib/domain/limits.ts';
import { encodeMuxFrame } from '#lib/sync/wire/mux-frames.ts';
import { memoryStorage, type MemoryStorage } from '../../server/storage/memory-storage.ts';
import { eventually } from '../fixtures/eventually.ts';
import { ManualTime, seededRandom } from '../fixtures/manual-time.ts';
import { MuxClient, syncFrame } from '../fixtures/raw-client.ts';
import { startSyncBridge, type SyncBridge } from '../fixtures/sync-bridge.ts';

let storage: MemoryStorage;
let bridge: SyncBridge;
const session = sessionIdSchema.parse('018f0000-0000-7000-8000-000000000001');

beforeEach(async () => {
  storage = memoryStorage(seededRandom(1));
  bridge = await startSyncBridge(storage);
  bridge.pair('laptop', 'owner');
  bridge.pair('phone', 'editor');
  bridge.pair('reader', 'viewer', undefined, 'ben');
});

afterEach(() => bridge.stop());

describe('the socket of a tab', () => {
  test('[SY20] the bridge proves its key, bound to nonce, origin and device, before anything else', async () => {
    const client = new MuxClient(bridge, 'laptop', 'https://rejoin.example');
    await client.opened();
    client.hello();
    const proof = await eventually(() => client.control.find(({ kind }) => kind === 'proof'));
    expect(proof).toEqual({
      kind: 'proof',
      bridgeId: 'this-bridge',
      deviceId: 'laptop',
      signature: Uint8Array.of(1, 2, 3),
    });
    expect(bridge.proofs).toEqual([
      { nonce: new Uint8Array(32).fill(7), origin: 'https://rejoin.example', deviceId: 'laptop' },
    ]);
    expect(client.frames).toHaveLength(1);
  });

  test('[SY20] an open before the hello ends the socket', async () => {
    const client = new MuxClient(bridge, 'laptop');
    await client.opened();
    client.open('tasks');
    await eventually(() => client.closed?.code === 1007);
  });

  test('[SY20] another protocol version is told so with 4409, for good', async () => {
    const client = new MuxClient(bridge, 'laptop');
    await client.opened();
    client.hello(99);
    await eventually(() => client.closed?.code === 4409);
    expect(client.closed?.reason).toContain('expected protocol 1, got 99');
  });

  test('[SY21] many rooms over one socket, each with its own state; closing one leaves the others', async () => {
    const client = await MuxClient.proved(bridge, 'laptop');
    const other = await MuxClient.proved(bridge, 'phone');
    const rooms = ['tasks', 'workspace', 'person/mara', `session/${session}`];
    const here = await Promise.all(rooms.map((room) => client.join(room)));
    const there = await Promise.all(rooms.map((room) => other.join(room)));
    here.forEach(({ doc }, index) => doc.getMap('m').set('k', index));
    for (const [index, { channel }] of there.entries()) {
      const [update] = await eventually(() => {
        const updates = other.syncs(channel, 2);
        return updates.length > 0 && updates;
      });
      const doc = new Y.Doc();
      Y.applyUpdate(doc, update ?? new Uint8Array());
      expect(doc.getMap('m').get('k')).toBe(index);
    }
    client.send(
      encodeMuxFrame({ kind: 'close', channel: here[0]?.channel ?? 0, code: 1000, reason: '' }),
    );
    here[1]?.doc.getMap('m').set('k', 'again');
    await eventually(() => other.syncs(there[1]?.channel ?? 0, 2).length === 2);
    expect(client.closed).toBeNull();
  });

  test('[SY21] a channel number is used once; a smaller or equal one ends the socket', async () => {
    const client = await MuxClient.proved(bridge, 'laptop');
    client.open('tasks', 5);
    client.open('workspace', 5);
    await eventually(() => client.closed?.code === 1007);
    expect(client.closed?.reason).toContain('expected a channel above 5');
  });

  test('[R9] channels of a socket are bounded: one more is told to come later, the others stay', async () => {
    const client = await MuxClient.proved(bridge, 'laptop');
    for (let n = 0; n < limits.channelsPerSocketMax; n += 1) client.open(`tasks`);
    const tooMany = client.open('workspace');
    await eventually(() => client.closedChannels.get(tooMany)?.code === 1013);
    expect(client.closedChannels.size).toBe(1);
    expect(bridge.server.counts().rooms).toBe(limits.channelsPerSocketMax);
  });

  test('[SY22] a frame of a channel that cannot be read ends that channel only', async () => {
    const client = await MuxClient.proved(bridge, 'laptop');
    const bad = await client.join('tasks');
    const good = await client.join('workspace');
    client.data(bad.channel, Uint8Array.of(0, 9, 1, 2));
    await eventually(() => client.closedChannels.get(bad.channel)?.code === 1007);
    good.doc.getMap('m').set('k', 1);
    client.say(good.channel, { type: 'mark', n: 1 });
    await eventually(() => client.ours(good.channel).length === 1);
    expect(client.closed).toBeNull();
  });

  test('[SY23] the bridge beats every 5 s, and a client that says nothing for 15 s is cut off', async () => {
    const time = new ManualTime();
    const slow = await startSyncBridge(storage, { time: { clock: time, scheduler: time } });
    slow.pair('laptop', 'owner');
    const client = await MuxClient.proved(slow, 'laptop');
    const beats = (): number => client.control.filter(({ kind }) => kind === 'beat').length;
    time.advance(limits.heartbeatMs);
    await eventually(() => beats() === 1);
    client.send(encodeMuxFrame({ kind: 'beat' }));
    const stays = await MuxClient.proved(slow, 'laptop');
    time.advance(limits.heartbeatMs);
    await eventually(() => beats() === 2 && stays.control.some(({ kind }) => kind === 'beat'));
    time.advance(limits.silenceMsMax - limits.heartbeatMs);
    expect(client.closed).toBeNull();
    time.advance(1000);
    await eventually(() => client.closed?.code === 1006);
    await slow.stop();
  });

  test('[SY6] a device that is not known any more loses a socket without rooms too', async () => {
    const gone = bridge.pair('gone', 'owner');
    const client = await MuxClient.proved(bridge, 'gone');
    bridge.unpair('gone');
    bridge.server.roleChanged(gone);
    await eventually(() => client.closed?.code === 4401);
  });
});

describe('durable acknowledgements', () => {
  test('[R5] a mark is acknowledged when everything before it is on disk, and not before', async () => {
    const client = await MuxClient.proved(bridge, 'laptop');
    const { channel, doc } = await client.join('tasks');
    storage.faults.held = true;
    doc.getMap('m').set('k', 1);
    client.say(channel, { type: 'mark', n: 1 });
    const other = await MuxClient.proved(bridge, 'phone');
    const theirs = other.open('tasks');
    other.data(theirs, syncFrame(0, Y.encodeStateVector(new Y.Doc())));
    await eventually(() => other.syncs(theirs, 0).length === 1);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(client.ours(channel)).toEqual([]);
    // Nobody is shown what is not on disk.
    expect(other.syncs(theirs, 1)).toEqual([]);
    storage.letGo();
    await eventually(() => client.ours(channel).length === 1);
    expect(client.ours(channel)[0]).toEqual({
      type: 'ack',
      n: 1,
      epoch: storage.life.epoch,
      seq: storage.position(),
    });
    await eventually(() => other.syncs(theirs, 1).length === 1);
  });

  test('[SY24] on opening, each side says where it is', async () => {
    const client = await MuxClient.proved(bridge, 'laptop');
    const { channel, doc } = await client.join('tasks');
    doc.getMap('m').set('k', 1);
    client.say(channel, { type: 'position', epoch: 'other', seq: 5, held: 2 });
    await eventually(() => client.ours(channel).length === 1);
    expect(client.ours(channel)[0]).toMatchObject({
      type: 'position',
      epoch: storage.life.epoch,
      held: 0,
    });
  });

  test('[SY8] an edit without its predecessors waits, is asked for and is acknowledged when they came', async () => {
    const client = await MuxClient.proved(bridge, 'laptop');
    const { channel } = await client.join('tasks');
    const doc = new Y.Doc();
    const updates: Uint8Array[] = [];
    doc.on('update', (update: Uint8Array) => updates.push(update));
    doc.getText('t').insert(0, 'one ');
    doc.getText('t').insert(4, 'two');
    const asked = client.syncs(channel, 0).length;
    client.data(channel, syncFrame(2, updates[1] ?? new Uint8Array()));
    client.say(channel, { type: 'mark', n: 1 });
    await eventually(() => client.syncs(channel, 0).length > asked);
    expect(client.ours(channel)).toEqual([]);
    expect((await storage.loadRoom('tasks')).updates).toEqual([]);
    client.data(channel, syncFrame(1, Y.encodeStateAsUpdate(doc)));
    client.say(channel, { type: 'mark', n: 2 });
    await eventually(() => client.ours(channel).length === 2);
    expect(client.ours(channel).map((message) => 'n' in message && message.n)).toEqual([1, 2]);
    const stored = new Y.Doc();
    for (const update of (await storage.loadRoom('tasks')).updates) Y.applyUpdate(stored, update);
    expect(stored.getText('t').toString()).toBe('one two');
  });

  test('[SY8] what a device lost for good does not hold up the rest of what it has', async () => {
    const client = await MuxClient.proved(bridge, 'laptop');
    const { channel } = await client.join('tasks');
    const broken = new Y.Doc();
    const updates: Uint8Array[] = [];
    const source = new Y.Doc();
    source.on('update', (update: Uint8Array) => updates.push(update));
    source.getText('t').insert(0, 'lost ');
    source.getText('t').insert(5, 'pending');
    Y.applyUpdate(broken, updates[1] ?? new Uint8Array());
    broken.getMap('m').set('mine', 'kept');
    client.data(channel, syncFrame(1, Y.encodeStateAsUpdate(broken)));
    client.say(channel, { type: 'mark', n: 1 });
    await eventually(
      () => bridge.documents.peek({ kind: 'tasks' })?.doc.getMap('m').get('mine') === 'kept',
    );
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(client.ours(channel)).toEqual([]);
  });
});

describe('the “no” on the wire', () => {
  test('[SY3] a refusal names the first mark that will not be acknowledged, once, and reading goes on', async () => {
    bridge.pair('late', 'editor');
    const client = await MuxClient.proved(bridge, 'late');
    const { channel, doc } = await client.join('tasks');
    doc.getMap('m').set('a', 1);
    client.say(channel, { type: 'mark', n: 1 });
    await eventually(() => client.ours(channel).length === 1);
    bridge.pair('late', 'viewer');
    bridge.server.roleChanged(bridge.pair('late', 'viewer'));
    doc.getMap('m').set('b', 2);
    client.say(channel, { type: 'mark', n: 2 });
    doc.getMap('m').set('c', 3);
    client.say(channel, { type: 'mark', n: 3 });
    const owner = await MuxClient.proved(bridge, 'laptop');
    const theirs = await owner.join('tasks');
    theirs.doc.getMap('m').set('d', 4);
    await eventually(() => client.syncs(channel, 2).length === 1);
    expect(client.ours(channel).slice(1)).toEqual([
      { type: 'refusal', n: 2, reason: 'this device may read here, not write' },
    ]);
    expect(client.closedChannels.size).toBe(0);
    expect(theirs.doc.getMap('m').toJSON()).toEqual({ a: 1, d: 4 });
  });

  test('[SY3] after a refusal nothing of that connection is taken, not even what it may write', async () => {
    const client = await MuxClient.proved(bridge, 'laptop');
    const { channel, doc } = await client.join('tasks');
    client.say(channel, { type: 'position', epoch: 'x', seq: 0, held: 0 });
    client.data(channel, syncFrame(2, Uint8Array.of(1, 1, 5, 0, 0, 0, 0)));
    doc.getMap('m').set('k', 1);
    client.say(channel, { type: 'mark', n: 1 });
    await eventually(() => client.ours(channel).some(({ type }) => type === 'refusal'));
    const again = await client.join('tasks');
    expect(again.doc.getMap('m').size).toBe(0);
    again.doc.getMap('m').set('k', 2);
    client.say(again.channel, { type: 'mark', n: 1 });
    await eventually(() => client.ours(again.channel).length === 1);
    expect(client.ours(channel).some(({ type }) => type === 'ack')).toBe(false);
  });

  test('[SY3] rooms that the bridge writes refuse a device that may write everything else', async () => {
    const client = await MuxClient.proved(bridge, 'laptop');
    for (const room of ['bridge', `state/${session}`, `transcript/${session}/0`]) {
      const { channel, doc } = await client.join(room);
      client.say(channel, { type: 'position', epoch: 'x', seq: 0, held: 0 });
      doc.getMap('sessions').set('forged', true);
      await eventually(() => client.ours(channel).some(({ type }) => type === 'refusal'));
    }
    expect(await storage.roomNames()).toEqual([]);
  });

  test('[R9] a document larger than its bound is refused with both numbers', async () => {
    const client = await MuxClient.proved(bridge, 'laptop');
    const { channel } = await client.join('tasks');
    client.say(channel, { type: 'position', epoch: 'x', seq: 0, held: 0 });
    const doc = new Y.Doc();
    const updates: Uint8Array[] = [];
    doc.on('update', (update: Uint8Array) => updates.push(update));
    const part = 3 * 1024 * 1024;
    const fits = Math.floor(limits.documentBytesMax / part);
    for (let n = 0; n <= fits; n += 1) doc.getArray('a').push([`${String(n)}`.padEnd(part, 'x')]);
    updates.slice(0, fits).forEach((update, index) => {
      client.data(channel, syncFrame(2, update));
      client.say(channel, { type: 'mark', n: index + 1 });
    });
    await eventually(
      () => client.ours(channel).filter(({ type }) => type === 'ack').length === fits,
    );
    client.data(channel, syncFrame(2, updates[fits] ?? new Uint8Array()));
    await eventually(() => client.ours(channel).some(({ type }) => type === 'refusal'));
    const refusal = client.ours(channel).find(({ type }) => type === 'refusal');
    expect(refusal).toMatchObject({ n: fits + 1, reason: expect.stringContaining('33554432') });
  }, 60_000);
});

describe('who gets in', () => {
  const closeOf = async (device: string, room: string): Promise<number> => {
    const client = await MuxClient.proved(bridge, device);
    const channel = client.open(room);
    return eventually(() => client.closedChannels.get(channel)?.code);
  };

  test('[SY4] a guest of one session gets that session’s rooms and learns nothing of others', async () => {
    bridge.pair('guest', 'reviewer', { kind: 'sessions', sessions: [session] }, 'ben');
    await storage.commit([{ kind: 'room_deleted', room: `session/${session}` }]);
    const other = '018f0000-0000-7000-8000-000000000009';
    for (const room of ['tasks', 'workspace', 'bridge', `state/${other}`, 'person/mara'])
      expect([room, await closeOf('guest', room)]).toEqual([room, 4403]);
    expect(await closeOf('guest', `state/${session}`)).toBe(4404);
  });

  test('[SY4] nobody but its person reads a person’s room, not even an owner', async () => {
    expect(await closeOf('laptop', 'person/ben')).toBe(4403);
  });

  test('[SY5] names that no document has are answered 4404', async () => {
    for (const room of ['', 'nothing', 'tasks/1', 'session/x', 'transcript/x/0', 'a'.repeat(5000)])
      expect([room, await closeOf('laptop', room)]).toEqual([room, 4404]);
    expect(await closeOf('laptop', 'merge/018f0000-0000-7000-8000-000000000001')).toBe(4404);
  });

  test('[SY5] a session that was begun offline begins with an editor’s first connection; a viewer begins none', async () => {
    expect(await closeOf('reader', `session/${session}`)).toBe(4404);
    const client = await MuxClient.proved(bridge, 'phone');
    const { doc, channel } = await client.join(`session/${session}`);
    doc.getMap('notes').set('n', 1);
    client.say(channel, { type: 'mark', n: 1 });
    await eventually(() => client.ours(channel).length === 1);
    const reader = await MuxClient.proved(bridge, 'reader');
    await reader.join(`session/${session}`);
    expect(reader.closedChannels.size).toBe(0);
  });

  test('[SY6] a revoked device is closed with 4401 at once, on every socket it has', async () => {
    const gone = bridge.pair('gone', 'owner');
    const client = await MuxClient.proved(bridge, 'gone');
    const { doc } = await client.join('tasks');
    bridge.unpair('gone');
    bridge.server.revoke(gone);
    doc.getMap('m').set('late', 1);
    await eventually(() => client.closed?.code === 4401);
    expect((await storage.loadRoom('tasks')).updates).toEqual([]);
    expect(bridge.server.connectedDevices().has(gone)).toBe(false);
  });

  test('[SY6] a device that is no longer known is closed with its next message, told or not', async () => {
    bridge.pair('gone', 'owner');
    const client = await MuxClient.proved(bridge, 'gone');
    const { doc } = await client.join('tasks');
    bridge.unpair('gone');
    doc.getMap('m').set('late', 1);
    await eventually(() => client.closed?.code === 4401);
    expect((await storage.loadRoom('tasks')).updates).toEqual([]);
  });

  test('[SY6] a scope that was narrowed closes what it no longer covers', async () => {
    const device = bridge.pair('narrow', 'editor');
    const client = await MuxClient.proved(bridge, 'narrow');
    const tasks = await client.join('tasks');
    const inside = await client.join(`session/${session}`);
    bridge.pair('narrow', 'editor', { kind: 'sessions', sessions: [session] });
    bridge.server.roleChanged(device);
    await eventually(() => client.closedChannels.get(tasks.channel)?.code === 4403);
    inside.doc.getMap('notes').set('n', 1);
    client.say(inside.channel, { type: 'mark', n: 1 });
    await eventually(() => client.ours(inside.channel).length === 1);
  });
});

describe('state in frames', () => {
  test('[SY10] a large state comes in frames of at most 256 KiB, and small rooms are not held up', async () => {
    const big = new Y.Doc();
    for (let n = 0; n < 60; n += 1) big.getArray('a').push(['x'.repeat(100_000)]);
    await storage.commit([
      {
        kind: 'update',
        room: 'tasks',
        seq: storage.allocate(),
        update: Y.encodeStateAsUpdate(big),
      },
    ]);
    const client = await MuxClient.proved(bridge, 'laptop');
    const large = client.open('tasks');
    client.data(large, syncFrame(0, Y.encodeStateVector(new Y.Doc())));
    const small = client.open('workspace');
    client.data(small, syncFrame(0, Y.encodeStateVector(new Y.Doc())));
    await eventually(() => client.syncs(large, 1).length === 1);
    const order = client.frames.map((frame) => frame[0]);
    expect(order.indexOf(small)).toBeLessThan(order.lastIndexOf(large));
    const heard = client.heard.get(large) ?? [];
    for (const each of heard)
      if (each.kind === 'sync')
        expect(each.bytes).toBeLessThanOrEqual(limits.stateFrameBytesMax + 64);
    const doc = new Y.Doc();
    for (const update of [...client.syncs(large, 2), ...client.syncs(large, 1)]) {
      Y.applyUpdate(doc, update);
      expect(doc.store.pendingStructs).toBeNull();
    }
    expect(doc.getArray('a').length).toBe(60);
  });

  test('[SY9] a state vector is answered with the bridge’s own, so that what a tab learned later is asked for', async () => {
    const client = await MuxClient.proved(bridge, 'laptop');
    const { channel } = await client.join('tasks');
    const before = client.syncs(channel, 0).length;
    client.data(channel, syncFrame(0, Y.encodeStateVector(new Y.Doc())));
    await eventually(() => client.syncs(channel, 0).length === before + 1);
  });
});

test('[SY25] a newer version’s roots and types are kept as they are', async () => {
  const client = await MuxClient.proved(bridge, 'laptop');
  const { channel, doc } = await client.join('tasks');
  doc.getMap('hologram').set('depth', new Y.XmlText('layers'));
  doc.getArray('unheard').push([{ v: 99, nested: [1, { deep: true }] }]);
  client.say(channel, { type: 'mark', n: 1 });
  client.data(
    channel,
    encoding.encode((encoder) => {
      encoding.writeVarUint(encoder, 177);
      encoding.writeVarString(encoder, 'a message of next year');
    }),
  );
  client.say(channel, { type: 'mark', n: 2 });
  await eventually(() => client.ours(channel).length === 2);
  await bridge.stop();
  bridge = await startSyncBridge(storage.restart(seededRandom(4)));
  bridge.pair('phone', 'editor');
  const again = await (await MuxClient.proved(bridge, 'phone')).join('tasks');
  expect(again.doc.getArray('unheard').toJSON()).toEqual([{ v: 99, nested: [1, { deep: true }] }]);
  expect(String(again.doc.getMap('hologram').get('depth'))).toBe('layers');
});
