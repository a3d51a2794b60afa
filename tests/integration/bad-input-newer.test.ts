import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { bridgeMaps } from '#lib/crdt/bridge-document.ts';
import { personDocument } from '#lib/crdt/person-document.ts';
import { tasksDocument } from '#lib/crdt/tasks-document.ts';
import { transcriptDocument } from '#lib/crdt/transcript-document.ts';
import { workspaceDocument } from '#lib/crdt/workspace-document.ts';
import { newName, taskIdSchema } from '#lib/domain/ids.ts';
import { roomName, type Room } from '#lib/domain/room.ts';
import { systemAmbient } from '../../server/ambient.ts';
import { openSqliteStorage } from '../../server/storage/sqlite-storage.ts';
import { eventually } from '../fixtures/eventually.ts';
import { PairedBridge, playground, WatchedSession } from '../fixtures/paired-bridge.ts';
import { silentLog } from '../fixtures/silent-log.ts';

/**
 * Documents that a newer version of Rejoin wrote into, on an older bridge: what it has no form for is told, kept by everything
 * that is written beside it, and there after a restart.
 */

const newer = { v: 2, hologram: 'of tomorrow' };

let bridge: PairedBridge;
let session: WatchedSession;

/** Root maps of each room that devices write, with the key under which a newer version leaves something in it. */
const writable = (): readonly { readonly room: Room; readonly maps: readonly string[] }[] => [
  { room: { kind: 'workspace' }, maps: ['sessions'] },
  { room: { kind: 'tasks' }, maps: ['tasks'] },
  { room: { kind: 'session', sessionId: session.id }, maps: ['prompts', 'notes'] },
  { room: { kind: 'review', sessionId: session.id }, maps: ['threads'] },
  { room: { kind: 'person', personId: bridge.owner.me.personId }, maps: ['draftFiles'] },
];

const keyIn = (map: string): string => (map === 'sessions' ? `${session.id}/title` : 'tomorrow');

function leave(doc: Y.Doc, maps: readonly string[]): void {
  doc.transact(() => {
    doc.getArray('holograms').push(['a root of tomorrow']);
    for (const map of maps) doc.getMap(map).set(keyIn(map), newer);
  });
}

async function expectKept(): Promise<void> {
  for (const { room, maps } of writable()) {
    await using joined = await bridge.owner.join(room);
    expect(joined.doc.getArray('holograms').toJSON(), roomName(room)).toEqual([
      'a root of tomorrow',
    ]);
    for (const map of maps)
      expect(joined.doc.getMap(map).get(keyIn(map)), roomName(room)).toEqual(newer);
  }
}

async function restart(signal: NodeJS.Signals, between?: () => Promise<void>): Promise<void> {
  await session[Symbol.asyncDispose]();
  await bridge.process.stop(signal);
  await between?.();
  await bridge.serve();
  session = await WatchedSession.open(bridge.owner, session.id);
}

beforeAll(async () => {
  bridge = await PairedBridge.start();
  session = await bridge.owner.session(playground, bridge.repositories[0]?.path ?? '');
});
afterAll(async () => {
  await session[Symbol.asyncDispose]();
  await bridge[Symbol.asyncDispose]();
});

describe('in rooms that devices write', () => {
  test('entries and roots of a newer version reach the other devices, beside what an older one writes', async () => {
    for (const { room, maps } of writable()) {
      await using joined = await bridge.owner.join(room);
      leave(joined.doc, maps);
    }
    await expectKept();
    const { clock, random } = systemAmbient;
    const { personId } = bridge.owner.me;
    await using labels = await bridge.owner.join({ kind: 'workspace' });
    workspaceDocument(labels.doc).pin(session.id, true);
    await using tasks = await bridge.owner.join({ kind: 'tasks' });
    tasksDocument(tasks.doc).create({
      id: taskIdSchema.parse(newName(random)),
      title: 'of today',
      sessionId: session.id,
      createdBy: personId,
      createdAt: clock.now(),
    });
    await using person = await bridge.owner.join({ kind: 'person', personId });
    personDocument(person.doc).setPreference('theme', 'dark');
    session.queue.setSharedDraftId('draft');
    await eventually(() => session.queue.foreign.read().length === 2);
    await expectKept();
  });

  test('a prompt of a newer version is not handed over and not lost; one behind it is answered', async () => {
    const prompt = session.prompt('say hello');
    await session.untilTurns(1);
    expect(session.answer).toContain('hello');
    expect([...session.state.receipts.read().keys()]).toEqual([prompt.id]);
    expect(session.queue.foreign.read()).toContainEqual({
      where: 'prompts',
      key: 'tomorrow',
      v: 2,
      raw: newer,
    });
  });

  test('[R5] all of it is there after a kill of the bridge, and is not handed over then either', async () => {
    await restart('SIGKILL');
    await expectKept();
    session.prompt('say goodbye');
    await session.untilTurns(2);
    expect(session.state.receipts.read().size).toBe(2);
  });
});

describe('in rooms that only the bridge writes', () => {
  test('what a newer bridge said is told and kept by an older one, which goes on beside it', async () => {
    const transcript: Room = { kind: 'transcript', sessionId: session.id, segment: 0 };
    const state: Room = { kind: 'state', sessionId: session.id };
    const saidByNewer = new Map<Room, (doc: Y.Doc) => void>([
      [{ kind: 'bridge' }, (doc) => leave(doc, bridgeMaps)],
      [state, (doc) => leave(doc, ['permissions', 'receipts'])],
      [transcript, (doc) => doc.getArray('items').push([newer])],
    ]);
    await restart('SIGTERM', async () => {
      const storage = await openSqliteStorage({
        directory: bridge.data,
        clock: systemAmbient.clock,
        random: systemAmbient.random,
        log: silentLog,
      });
      for (const [room, say] of saidByNewer) {
        const { updates } = await storage.loadRoom(roomName(room));
        const doc = new Y.Doc();
        for (const update of updates) Y.applyUpdate(doc, update);
        const before = Y.encodeStateVector(doc);
        say(doc);
        const update = Y.encodeStateAsUpdate(doc, before);
        await storage.commit([
          { kind: 'update', room: roomName(room), seq: storage.allocate(), update },
        ]);
      }
      await storage.close();
    });

    session.prompt('say it again');
    await session.untilTurns(3);
    const foreign = session.index.foreign.read();
    expect(new Set(foreign.map(({ where }) => where))).toEqual(new Set(bridgeMaps));
    expect(foreign.map(({ raw }) => raw)).toEqual(foreign.map(() => newer));
    expect(session.index.sessions.read().map(({ id }) => id)).toEqual([session.id]);
    expect(session.state.foreign.read().map(({ where, v }) => ({ where, v }))).toEqual([
      { where: 'permissions', v: 2 },
      { where: 'receipts', v: 2 },
    ]);
    const items = transcriptDocument(session.rooms.transcript.doc).items.read();
    expect(items.filter(({ kind }) => kind === 'newer')).toHaveLength(1);
    expect(session.rooms.bridge.doc.getArray('holograms').toJSON()).toEqual(['a root of tomorrow']);
  });
});
