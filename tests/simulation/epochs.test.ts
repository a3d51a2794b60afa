import { afterEach, describe, expect, it } from 'vitest';
import type * as Y from 'yjs';
import { bridgeDocument, putInBridgeDocument } from '#lib/crdt/bridge-document.ts';
import { tasksDocument } from '#lib/crdt/tasks-document.ts';
import { newName, personIdSchema, taskIdSchema } from '#lib/domain/ids.ts';
import type { SimulatedTab } from './simulated-device.ts';
import { World } from './world.ts';

const tasksRoom = { kind: 'tasks' } as const;
const bridgeRoom = { kind: 'bridge' } as const;

let world: World;
afterEach(async () => {
  await world.end();
});

function addTask(tab: SimulatedTab, title: string): void {
  tasksDocument(world.replica(tab, tasksRoom).doc).create({
    id: taskIdSchema.parse(newName(world.random)),
    title,
    sessionId: null,
    createdBy: personIdSchema.parse('person-1'),
    createdAt: 0,
  });
}

const titles = (doc: Y.Doc): readonly string[] =>
  tasksDocument(doc)
    .tasks.read()
    .map(({ title }) => title)
    .sort();

const people = (doc: Y.Doc): readonly string[] =>
  bridgeDocument(doc)
    .people.read()
    .map(({ name }) => name);

const addPerson = (name: string): Promise<void> =>
  world.bridge.edit(bridgeRoom, (doc) => {
    putInBridgeDocument(doc, 'people', name, { v: 1, id: name, name, color: 1, joinedAt: 0 });
  });

describe('a bridge whose database was put back', () => {
  it('[R5] gets from the devices what it lost, also of documents that nobody has open', async () => {
    world = new World(3, 1);
    await world.bridge.start();
    const tab = await world.openTab(0);
    await world.pass(1000);
    await world.bridge.kill();
    const restore = world.bridge.backUp();
    await world.bridge.start();
    await world.pass(30_000);
    addTask(tab, 'acknowledged, then lost by the bridge');
    await world.pass(5000);
    expect(tab.workspace.waiting.read()).toEqual([]);
    world.releaseRoom(tab, tasksRoom);
    await world.pass(30_000);
    const epoch = tab.workspace.identity.read()?.epoch;
    await world.bridge.kill();
    restore();
    await world.bridge.start();
    expect(titles(await world.bridge.stored(tasksRoom))).toEqual([]);
    await world.pass(60_000);
    expect(tab.workspace.identity.read()?.epoch).not.toBe(epoch);
    expect(titles(await world.bridge.stored(tasksRoom))).toEqual([
      'acknowledged, then lost by the bridge',
    ]);
    expect(tab.workspace.waiting.read()).toEqual([]);
  });

  it('[ST22] gets it too when nothing tells the bridge that it was put back', async () => {
    world = new World(5, 1);
    await world.bridge.start();
    const tab = await world.openTab(0);
    await world.pass(1000);
    await world.bridge.kill();
    const restore = world.bridge.backUp('with its mark');
    await world.bridge.start();
    await world.pass(30_000);
    addTask(tab, 'acknowledged, then lost by the bridge');
    await world.pass(5000);
    world.releaseRoom(tab, tasksRoom);
    await world.pass(30_000);
    const epoch = tab.workspace.identity.read()?.epoch;
    await world.bridge.kill();
    restore();
    await world.bridge.start();
    await world.pass(60_000);
    expect(tab.workspace.identity.read()?.epoch).toBe(epoch);
    expect(titles(await world.bridge.stored(tasksRoom))).toEqual([
      'acknowledged, then lost by the bridge',
    ]);
    expect(tab.workspace.waiting.read()).toEqual([]);
  });

  it('is believed about what it did: a room that it writes begins anew, and the old copy stays', async () => {
    world = new World(4, 1);
    await world.bridge.start();
    const tab = await world.openTab(0);
    await world.pass(1000);
    const replica = world.replica(tab, bridgeRoom);
    await addPerson('Ann');
    await world.pass(1000);
    await world.bridge.kill();
    const restore = world.bridge.backUp();
    await world.bridge.start();
    await addPerson('Mara');
    await world.pass(30_000);
    expect(people(replica.doc)).toEqual(['Ann', 'Mara']);
    const before = replica.doc;
    const replaced: number[] = [];
    replica.document.subscribe(() => replaced.push(1));
    await world.bridge.kill();
    restore();
    await world.bridge.start();
    await world.pass(60_000);
    expect(replaced).toHaveLength(1);
    expect(replica.doc).not.toBe(before);
    expect(people(replica.doc)).toEqual(['Ann']);
    const copies = [...world.devices.flatMap(({ documents }) => [...documents.keys()])];
    expect(copies.filter((name) => name.includes(':bridge@'))).toHaveLength(2);
  });
});
