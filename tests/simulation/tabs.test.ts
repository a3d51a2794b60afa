import { afterEach, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { sessionDocument } from '#lib/crdt/session-document.ts';
import { tasksDocument } from '#lib/crdt/tasks-document.ts';
import {
  newName,
  noteIdSchema,
  personIdSchema,
  sessionIdSchema,
  taskIdSchema,
} from '#lib/domain/ids.ts';
import type { Room } from '#lib/domain/room.ts';
import type { SimulatedTab } from './simulated-device.ts';
import { World } from './world.ts';

const tasksRoom = { kind: 'tasks' } as const;
const personId = personIdSchema.parse('person-1');

function sessionRoom(n: number): Extract<Room, { kind: 'session' }> {
  const id = `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;
  return { kind: 'session', sessionId: sessionIdSchema.parse(id) };
}

let world: World;
afterEach(async () => {
  await world.end();
});

async function twoDevices(): Promise<World> {
  world = new World(1, 2);
  await world.bridge.start();
  for (const device of world.devices) await device.openTab();
  await world.pass(1000);
  return world;
}

const tabOf = (index: number): SimulatedTab => {
  const [tab] = world.devices[index]?.tabs ?? [];
  if (tab === undefined) throw new Error('expected a tab');
  return tab;
};

function addTask(tab: SimulatedTab, title: string): void {
  tasksDocument(world.replica(tab, tasksRoom).doc).create({
    id: taskIdSchema.parse(newName(world.random)),
    title,
    sessionId: null,
    createdBy: personId,
    createdAt: 0,
  });
}

const titlesIn = (doc: Y.Doc): readonly string[] =>
  tasksDocument(doc)
    .tasks.read()
    .map(({ title }) => title)
    .sort();

const waitingIn = (tab: SimulatedTab): readonly string[] =>
  tab.workspace.waiting
    .read()
    .map(({ label }) => label.text)
    .sort();

function goOffline(index: number): void {
  const network = world.devices[index]?.network;
  if (network === undefined) return;
  network.isUp = false;
  network.cutAll();
}

const goOnline = (index: number): void => {
  const network = world.devices[index]?.network;
  if (network !== undefined) network.isUp = true;
};

describe('a change', () => {
  it('[R6] waits until the bridge acknowledged it, and is shown as that', async () => {
    await twoDevices();
    const tab = tabOf(0);
    goOffline(0);
    await world.replica(tab, tasksRoom).whenLoaded;
    addTask(tab, 'Buy milk');
    expect(tab.workspace.waiting.read()).toMatchObject([
      { room: 'tasks', label: { kind: 'task', text: 'Buy milk' }, onDevice: false },
    ]);
    await world.replica(tab, tasksRoom).whenDurable();
    await world.pass(1000);
    expect(tab.workspace.waiting.read()).toMatchObject([{ onDevice: true }]);
    goOnline(0);
    await world.pass(60_000);
    expect(tab.workspace.waiting.read()).toEqual([]);
    expect(titlesIn(await world.bridge.stored(tasksRoom))).toEqual(['Buy milk']);
  });

  it('of one entry, however often it is edited, is one change', async () => {
    await twoDevices();
    goOffline(0);
    const tab = tabOf(0);
    addTask(tab, 'a');
    const tasks = tasksDocument(world.replica(tab, tasksRoom).doc);
    const [task] = tasks.tasks.read();
    if (task === undefined) throw new Error('expected a task');
    for (const title of ['ab', 'abc', 'abcd']) tasks.title(task.id)?.replace(title);
    expect(tab.workspace.waiting.read()).toHaveLength(1);
  });

  it('is named in the list of another tab of the device too, once', async () => {
    await twoDevices();
    const other = await world.openTab(0);
    goOffline(0);
    world.replica(other, tasksRoom);
    await world.pass(1000);
    addTask(tabOf(0), 'Buy milk');
    await world.pass(1000);
    expect(waitingIn(other)).toEqual(['Buy milk']);
    expect(titlesIn(world.replica(other, tasksRoom).doc)).toEqual(['Buy milk']);
  });

  it('[R8] of an earlier life is named after a restart with no network, and read from disk', async () => {
    await twoDevices();
    goOffline(0);
    addTask(tabOf(0), 'Buy milk');
    await world.replica(tabOf(0), tasksRoom).whenDurable();
    tabOf(0).die();
    await world.bridge.kill();
    const tab = await world.openTab(0);
    expect(tab.workspace.identity.read()?.deviceId).toBe('device-0');
    expect(waitingIn(tab)).toEqual(['Buy milk']);
    const replica = world.replica(tab, tasksRoom);
    await replica.whenLoaded;
    expect(titlesIn(replica.doc)).toEqual(['Buy milk']);
    expect(replica.exchange.read().kind).toBe('never');
    await world.bridge.start();
  });
});

describe('what a tab leaves behind', () => {
  it('[R5] is uploaded by the next start without anybody opening its documents', async () => {
    await twoDevices();
    goOffline(0);
    const tab = tabOf(0);
    const rooms = Array.from({ length: 12 }, (_, n) => sessionRoom(n + 1));
    for (const room of rooms) {
      const replica = world.replica(tab, room);
      await replica.whenLoaded;
      sessionDocument(replica.doc).putNote({
        v: 1,
        id: noteIdSchema.parse(newName(world.random)),
        text: `note of ${room.sessionId}`,
        personId,
        deviceId: world.devices[0]?.id ?? tab.device.id,
        writtenAt: 0,
        editedAt: null,
      });
      await replica.whenDurable();
    }
    tab.die();
    const next = await world.openTab(0);
    expect(next.workspace.waiting.read()).toHaveLength(12);
    goOnline(0);
    await world.pass(60_000);
    for (const room of rooms) {
      const notes = sessionDocument(await world.bridge.stored(room)).notes.read();
      expect(notes.map(({ text }) => text)).toEqual([`note of ${room.sessionId}`]);
    }
    expect(next.workspace.waiting.read()).toEqual([]);
  });

  it('is uploaded by another tab that lives', async () => {
    await twoDevices();
    const other = await world.openTab(0);
    goOffline(0);
    addTask(tabOf(0), 'Buy milk');
    await world.replica(tabOf(0), tasksRoom).whenDurable();
    tabOf(0).die();
    goOnline(0);
    await world.pass(60_000);
    expect(titlesIn(await world.bridge.stored(tasksRoom))).toEqual(['Buy milk']);
    expect(other.workspace.waiting.read()).toEqual([]);
  });

  it('[7] reaches the bridge when only the other tab has a connection that lives', async () => {
    await twoDevices();
    const other = await world.openTab(0);
    world.replica(other, tasksRoom);
    world.replica(tabOf(0), tasksRoom);
    await world.pass(1000);
    // The older connection is the first tab's; it goes dead and nothing says so.
    world.devices[0]?.network.freezeFirst();
    addTask(tabOf(0), 'Buy milk');
    await world.pass(500);
    tabOf(0).die();
    await world.pass(500);
    expect(titlesIn(await world.bridge.stored(tasksRoom))).toEqual(['Buy milk']);
  });

  it('stays marked while the bridge did not confirm it', async () => {
    await twoDevices();
    goOffline(0);
    addTask(tabOf(0), 'Buy milk');
    await world.replica(tabOf(0), tasksRoom).whenDurable();
    tabOf(0).die();
    const next = await world.openTab(0);
    await world.pass(120_000);
    expect(waitingIn(next)).toEqual(['Buy milk']);
  });
});

describe('a document that nobody uses', () => {
  it('closes after a while, and not while something of it is unacknowledged', async () => {
    await twoDevices();
    goOffline(0);
    addTask(tabOf(0), 'Buy milk');
    const { doc } = world.replica(tabOf(0), tasksRoom);
    world.releaseRoom(tabOf(0), tasksRoom);
    await world.pass(60_000);
    expect(world.replica(tabOf(0), tasksRoom).doc).toBe(doc);
    world.releaseRoom(tabOf(0), tasksRoom);
    goOnline(0);
    await world.pass(60_000);
    await world.pass(20_000);
    const again = world.replica(tabOf(0), tasksRoom);
    expect(again.doc).not.toBe(doc);
    await again.whenLoaded;
    expect(titlesIn(again.doc)).toEqual(['Buy milk']);
  });

  it('is one document for all who use it', async () => {
    await twoDevices();
    const { workspace } = tabOf(0);
    const [one, two] = [workspace.open(tasksRoom), workspace.open(tasksRoom)];
    expect(one.doc).toBe(two.doc);
    one.release();
    one.release();
    await world.pass(30_000);
    expect(workspace.open(tasksRoom).doc).toBe(two.doc);
  });
});

describe('years of edits', () => {
  it('[R9] of more bytes than a frame may have arrive in frames that may', async () => {
    await twoDevices();
    goOffline(0);
    const tab = tabOf(0);
    const replica = world.replica(tab, tasksRoom);
    await replica.whenLoaded;
    for (let n = 0; n < 60; n += 1) addTask(tab, String(n).padStart(100_000, 'x'));
    expect(Y.encodeStateAsUpdate(replica.doc).byteLength).toBeGreaterThan(5_000_000);
    goOnline(0);
    await world.pass(90_000);
    expect(tab.workspace.waiting.read()).toEqual([]);
    expect(titlesIn(await world.bridge.stored(tasksRoom))).toEqual(titlesIn(replica.doc));
  }, 60_000);
});
