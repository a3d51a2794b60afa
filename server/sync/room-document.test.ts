import { beforeEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { deviceIdSchema, personIdSchema, sessionIdSchema } from '#lib/domain/ids.ts';
import { limits } from '#lib/domain/limits.ts';
import { ManualTime, seededRandom } from '../../tests/fixtures/manual-time.ts';
import { silentLog } from '../../tests/fixtures/silent-log.ts';
import { memoryStorage, type MemoryStorage } from '../storage/memory-storage.ts';
import { openDocuments, type Documents } from './documents.ts';
import type { RoomDocument } from './room-document.ts';
import type { RoomMember } from './room-member.ts';

const room = { kind: 'tasks' } as const;
let time: ManualTime;
let storage: MemoryStorage;
let documents: Documents;
let document: RoomDocument;

beforeEach(async () => {
  time = new ManualTime();
  storage = memoryStorage(seededRandom(1));
  documents = await open();
  document = await documents.open(room);
  return () => {
    documents.close();
  };
});

const open = (): Promise<Documents> =>
  openDocuments({
    storage,
    clock: time,
    scheduler: time,
    random: seededRandom(5),
    log: silentLog,
  });

interface Recorded extends RoomMember {
  readonly told: string[];
}

function member(device = 'laptop'): Recorded {
  const told: string[] = [];
  return {
    told,
    identity: () => ({
      deviceId: deviceIdSchema.parse(device),
      personId: personIdSchema.parse('mara'),
    }),
    mayWrite: () => true,
    committed: (frames) => told.push(`${String(frames.length)} frames`),
    presence: () => undefined,
    heldEnded: () => told.push('held ended'),
    refused: ({ reason }) => told.push(reason),
    resumed: () => told.push('resumed'),
    closed: (code) => told.push(`closed ${String(code)}`),
  };
}

/** A writer whose updates can be given to the bridge one by one. */
function writer(clientID?: number): { readonly doc: Y.Doc; readonly updates: Uint8Array[] } {
  const doc = new Y.Doc();
  if (clientID !== undefined) doc.clientID = clientID;
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  return { doc, updates };
}

const at = (updates: readonly Uint8Array[], index: number): Uint8Array => {
  const update = updates.at(index);
  if (update === undefined) throw new Error(`expected an update ${String(index)}`);
  return update;
};

async function storedDoc(): Promise<Y.Doc> {
  const doc = new Y.Doc();
  for (const update of (await storage.loadRoom('tasks')).updates) Y.applyUpdate(doc, update);
  return doc;
}

describe('taking updates', () => {
  test('[SY11] what is told to others is on disk; who brought it hears no echo', async () => {
    const [a, b] = [member(), member('phone')];
    document.join(a);
    document.join(b);
    const { doc, updates } = writer();
    doc.getMap('m').set('k', 1);
    storage.faults.held = true;
    expect(document.take(at(updates, 0), a, false)).toEqual({ kind: 'applied' });
    await Promise.resolve();
    expect(b.told).toEqual([]);
    storage.letGo();
    await document.settled;
    await Promise.resolve();
    expect(b.told).toEqual(['1 frames']);
    expect(a.told).toEqual([]);
  });

  test('[SY12] an update that Yjs cannot apply whole leaves the document as it is on disk, and nobody is closed', async () => {
    const [a, b] = [member(), member('phone')];
    document.join(a);
    document.join(b);
    const good = writer();
    good.doc.getText('t').insert(0, 'good');
    document.take(at(good.updates, 0), b, false);
    // Two runs of one client, the second where the first ends: Yjs keeps the second and waits for ever for the first.
    const bad = Uint8Array.from([2, 1, 9, 0, 4, 1, 1, 116, 1, 97, 1, 9, 1, 4, 1, 1, 116, 1, 98, 0]);
    expect(document.take(bad, a, false)).toMatchObject({ kind: 'refused', code: 4403 });
    expect(document.ready).toBe(false);
    for (let turn = 0; turn < 10 && !document.ready; turn += 1) await Promise.resolve();
    expect(document.ready).toBe(true);
    expect(document.doc.getText('t').toString()).toBe('good');
    expect(document.doc.store.pendingStructs).toBeNull();
    expect(b.told).toEqual(['resumed']);
    good.doc.getText('t').insert(4, ' again');
    expect(document.take(at(good.updates, 1), b, false)).toEqual({ kind: 'applied' });
    await document.settled;
    expect((await storedDoc()).getText('t').toString()).toBe('good again');
  });

  test('[SY7] nobody writes as the bridge', async () => {
    const bridgeRoom = await documents.open({ kind: 'bridge' });
    await bridgeRoom.edit((doc) => doc.getMap('info').set('k', 1));
    const forged = writer(bridgeRoom.doc.clientID);
    forged.doc.getMap('m').set('k', 'forged');
    expect(document.take(at(forged.updates, 0), member(), false)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('bridge’s own'),
    });
  });

  test('[SY7] what the bridge wrote in an earlier life is not written on by a device either', async () => {
    const merge = {
      kind: 'merge',
      operationId: '018f0000-0000-7000-8000-000000000001',
    } as const;
    const seeded = await documents.open(merge as never);
    await seeded.edit((doc) => doc.getText('t').insert(0, 'theirs'));
    const bridgeClient = seeded.doc.clientID;
    storage = storage.restart(seededRandom(9));
    documents.close();
    time.advance(1);
    documents = await openDocuments({
      storage,
      clock: time,
      scheduler: time,
      random: seededRandom(77),
      log: silentLog,
    });
    const again = await documents.open(merge as never);
    const device = writer(bridgeClient);
    Y.applyUpdate(device.doc, Y.encodeStateAsUpdate(again.doc));
    device.doc.clientID = bridgeClient;
    device.doc.getText('t').insert(0, 'forged ');
    expect(again.take(at(device.updates, -1), member(), false)).toMatchObject({ kind: 'refused' });
    const honest = writer();
    Y.applyUpdate(honest.doc, Y.encodeStateAsUpdate(again.doc));
    honest.doc.getText('t').insert(0, 'and mine, ');
    expect(again.take(Y.encodeStateAsUpdate(honest.doc), member(), true)).toEqual({
      kind: 'applied',
    });
    expect(again.doc.getText('t').toString()).toBe('and mine, theirs');
  });

  test('[SY8] what waits is bounded: beyond 1 MiB it is dropped and must be asked for', () => {
    const a = member();
    document.join(a);
    const { doc, updates } = writer();
    for (let n = 0; n < 6; n += 1) doc.getText('t').insert(0, 'x'.repeat(300_000));
    const taken = updates.slice(1).map((update) => document.take(update, a, false).kind);
    expect(taken).toEqual(['held', 'held', 'held', 'dropped', 'held']);
  });

  test('[SY8] edits that arrive in any order are all applied once the first is there', async () => {
    const a = member();
    document.join(a);
    const { doc, updates } = writer();
    for (let n = 0; n < 20; n += 1) doc.getText('t').insert(n, String(n % 10));
    for (const update of updates.slice(1).reverse()) document.take(update, a, false);
    expect(document.doc.getText('t').toString()).toBe('');
    document.take(at(updates, 0), a, false);
    expect(document.doc.getText('t').toString()).toBe(doc.getText('t').toString());
    expect(document.holdsFor(a)).toBe(false);
    expect(a.told).toEqual(['held ended']);
    await document.settled;
    expect((await storedDoc()).getText('t').toString()).toBe(doc.getText('t').toString());
  });

  test('[SY8] a deletion of what the bridge has not seen waits for it: no key disappears meanwhile', () => {
    const a = member();
    document.join(a);
    const { doc, updates } = writer();
    doc.getMap('m').set('k', 'first');
    document.take(at(updates, 0), a, false);
    doc.getMap('x').set('between', 1);
    doc.getMap('m').set('k', 'second');
    expect(document.take(at(updates, 2), a, false)).toEqual({ kind: 'held' });
    expect(document.doc.getMap('m').get('k')).toBe('first');
    document.take(at(updates, 1), a, false);
    expect(document.doc.getMap('m').get('k')).toBe('second');
  });
});

describe('losing the disk', () => {
  test('[ST5] on a full disk the room is read anew, everybody is told to come again, and disk is what they find', async () => {
    const [a, b] = [member(), member('phone')];
    document.join(a);
    document.join(b);
    const { doc, updates } = writer();
    doc.getMap('m').set('kept', 1);
    document.take(at(updates, 0), a, false);
    await document.settled;
    storage.faults.full = true;
    doc.getMap('m').set('lost', 1);
    document.take(at(updates, 1), a, false);
    await expect(document.settled).rejects.toMatchObject({ failure: { code: 'disk_full' } });
    await Promise.resolve();
    await Promise.resolve();
    expect(a.told).toEqual(['closed 1013']);
    expect(b.told).toEqual(['1 frames', 'closed 1013']);
    storage.faults.full = false;
    const again = await documents.open(room);
    expect(again).not.toBe(document);
    expect(again.doc.getMap('m').toJSON()).toEqual({ kept: 1 });
  });

  test('[ST7] a damaged room is closed to everybody with its reason, the others go on', async () => {
    storage.faults.damaged.add('workspace');
    await expect(documents.open({ kind: 'workspace' })).rejects.toMatchObject({
      code: 1013,
      message: expect.stringContaining('damaged'),
    });
    expect(document.ready).toBe(true);
    storage.faults.damaged.clear();
    expect((await documents.open({ kind: 'workspace' })).ready).toBe(true);
  });
});

describe('memory', () => {
  test('[SY13] a room is read once, however many ask', async () => {
    const session = sessionIdSchema.parse('018f0000-0000-7000-8000-000000000001');
    const asked = await Promise.all(
      [1, 2, 3].map(() => documents.open({ kind: 'session', sessionId: session })),
    );
    expect(new Set(asked).size).toBe(1);
  });

  test('[SY13] a room that nobody uses is given up after 30 s, and not while something waits for the disk', async () => {
    const a = member();
    document.join(a);
    const { doc, updates } = writer();
    doc.getMap('m').set('k', 1);
    storage.faults.held = true;
    document.take(at(updates, 0), a, false);
    document.leave(a);
    time.advance(limits.roomIdleMsMax * 2);
    expect(documents.peek(room)).toBe(document);
    storage.letGo();
    await document.settled;
    await Promise.resolve();
    time.advance(limits.roomIdleMsMax - 1);
    expect(documents.peek(room)).toBe(document);
    time.advance(1);
    expect(documents.peek(room)).toBeNull();
    expect((await documents.open(room)).doc.getMap('m').get('k')).toBe(1);
  });

  test('[SY13] a hold keeps a room in memory', async () => {
    const release = document.hold();
    time.advance(limits.roomIdleMsMax * 2);
    expect(documents.peek(room)).toBe(document);
    release();
    release();
    time.advance(limits.roomIdleMsMax);
    expect(documents.peek(room)).toBeNull();
  });

  test('[SY14] many rows become one snapshot, while edits go on', async () => {
    const a = member();
    document.join(a);
    const { doc, updates } = writer();
    for (let n = 0; n < limits.compactRowsMin + 20; n += 1) doc.getMap('m').set('k', n);
    for (const update of updates.slice(0, limits.compactRowsMin)) document.take(update, a, false);
    await document.settled;
    await Promise.resolve();
    storage.faults.held = true;
    time.advance(0);
    for (const update of updates.slice(limits.compactRowsMin)) document.take(update, a, false);
    storage.letGo();
    await document.settled;
    const stored = await storage.loadRoom('tasks');
    expect(stored.rowsSinceSnapshot).toBe(20);
    expect((await storedDoc()).getMap('m').get('k')).toBe(limits.compactRowsMin + 19);
  });

  test('[SY14] many bytes become one snapshot as well', async () => {
    const a = member();
    document.join(a);
    const { doc, updates } = writer();
    for (let n = 0; n < 5; n += 1) doc.getMap('m').set('k', 'x'.repeat(limits.compactBytesMin / 4));
    for (const update of updates) document.take(update, a, false);
    await document.settled;
    await Promise.resolve();
    time.advance(0);
    await document.settled;
    const stored = await storage.loadRoom('tasks');
    expect(stored.rowsSinceSnapshot).toBe(0);
    expect(stored.updates[0]?.length).toBeLessThan(limits.compactBytesMin / 2);
  });
});
