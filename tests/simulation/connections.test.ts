import { afterEach, describe, expect, it } from 'vitest';
import { bridgeDocument, putInBridgeDocument } from '#lib/crdt/bridge-document.ts';
import { tasksDocument } from '#lib/crdt/tasks-document.ts';
import { newName, personIdSchema, sessionIdSchema, taskIdSchema } from '#lib/domain/ids.ts';
import type { SimulatedTab } from './simulated-device.ts';
import { World } from './world.ts';

const tasksRoom = { kind: 'tasks' } as const;
const bridgeRoom = { kind: 'bridge' } as const;
const sessionId = sessionIdSchema.parse('00000000-0000-7000-8000-000000000001');

let world: World;
afterEach(async () => {
  await world.end();
});

async function online(devices = 1): Promise<SimulatedTab> {
  world = new World(5, devices);
  await world.bridge.start();
  for (let device = 0; device < devices; device += 1) await world.openTab(device);
  await world.pass(1000);
  const [tab] = world.tabs;
  if (tab === undefined) throw new Error('expected a tab');
  return tab;
}

const kindOf = (tab: SimulatedTab): string => tab.workspace.connection.read().kind;

describe('a start', () => {
  it('[R8] with no network gives identity, documents and what waits, from disk alone', async () => {
    const tab = await online();
    world.replica(tab, tasksRoom);
    await world.pass(1000);
    tab.die();
    await world.bridge.kill();
    const next = await world.openTab(0);
    expect(next.workspace.identity.read()?.personId).toBe('person-1');
    expect(kindOf(next)).toBe('bridge_unreachable');
    const replica = world.replica(next, tasksRoom);
    await replica.whenLoaded;
    expect(replica.loaded.read()).toBe(true);
    expect(replica.exchange.read().kind).toBe('held');
  });

  it('tells a copy that was never exchanged from an empty document', async () => {
    const tab = await online();
    await world.bridge.kill();
    const replica = world.replica(tab, tasksRoom);
    await replica.whenLoaded;
    expect(replica.exchange.read()).toEqual({ kind: 'never' });
  });

  it('of an unpaired browser waits for a pairing and opens nothing', async () => {
    world = new World(6, 1);
    const tab = await world.openTab(0);
    expect(tab.workspace.identity.read()).toBeNull();
    expect(() => tab.workspace.open(tasksRoom)).toThrow(/paired/);
  });
});

describe('a connection', () => {
  it('[4.3] that went dead without a word is found within 15 s and replaced', async () => {
    const tab = await online();
    world.devices[0]?.network.freezeOne();
    await world.pass(15_000);
    expect(kindOf(tab)).toBe('bridge_unreachable');
    await world.pass(3000);
    expect(kindOf(tab)).toBe('online');
  });

  it('carries what was written while it was away, in both directions', async () => {
    const tab = await online(2);
    const [, other] = world.tabs;
    if (other === undefined) throw new Error('expected two tabs');
    for (const each of [tab, other]) world.replica(each, tasksRoom);
    await world.pass(1000);
    await world.bridge.kill();
    for (const [index, each] of [tab, other].entries())
      tasksDocument(world.replica(each, tasksRoom).doc).create({
        id: taskIdSchema.parse(newName(world.random)),
        title: `by ${String(index)}`,
        sessionId: null,
        createdBy: personIdSchema.parse('person-1'),
        createdAt: 0,
      });
    await world.bridge.start();
    await world.pass(60_000);
    for (const each of [tab, other])
      expect(
        tasksDocument(world.replica(each, tasksRoom).doc)
          .tasks.read()
          .map(({ title }) => title)
          .sort(),
      ).toEqual(['by 0', 'by 1']);
  });

  it('reads what the bridge writes, and never writes there', async () => {
    const tab = await online();
    const replica = world.replica(tab, bridgeRoom);
    await world.bridge.edit(bridgeRoom, (doc) => {
      const ann = { v: 1, id: 'ann', name: 'Ann', color: 1, joinedAt: 0 };
      putInBridgeDocument(doc, 'people', 'ann', ann);
    });
    await world.pass(1000);
    expect(bridgeDocument(replica.doc).people.read()).toHaveLength(1);
    expect(replica.exchange.read().kind).toBe('connected');
    expect(replica.waiting.read()).toEqual([]);
    expect(tab.workspace.notAccepted.read()).toEqual([]);
  });

  it('says of a room why the bridge closed it, and leaves the others open', async () => {
    const tab = await online();
    const other = { kind: 'person', personId: personIdSchema.parse('person-2') } as const;
    const closed = world.replica(tab, other);
    const open = world.replica(tab, tasksRoom);
    await world.pass(1000);
    expect(closed.exchange.read()).toMatchObject({ kind: 'closed', code: 4403 });
    expect(open.exchange.read().kind).toBe('connected');
  });
});

describe('presence', () => {
  it('tells others what one does, and nothing any more once the connection is gone', async () => {
    const tab = await online(2);
    const [, other] = world.tabs;
    if (other === undefined) throw new Error('expected two tabs');
    const seen = other.workspace.presence(sessionId);
    const end = seen.others.subscribe(() => undefined);
    const own = tab.workspace.presence(sessionId);
    await world.pass(1000);
    own.set({ typing: 'prompt', editing: null });
    await world.pass(1000);
    expect(seen.others.read()).toEqual([
      { personId: 'person-1', deviceId: 'device-0', typing: 'prompt', editing: null },
    ]);
    own.set({ typing: null, editing: null });
    await world.pass(1000);
    expect(seen.others.read()).toEqual([]);
    own.set({ typing: 'note', editing: null });
    await world.pass(1000);
    await world.bridge.kill();
    await world.pass(100);
    expect(seen.others.read()).toEqual([]);
    end();
  });
});

describe('a device whose access was withdrawn', () => {
  it('erases its copies on the bridge’s signed word, in all tabs', async () => {
    const tab = await online();
    const second = await world.openTab(0);
    for (const each of [tab, second]) world.replica(each, tasksRoom);
    await world.pass(1000);
    world.bridge.revoke(tab.device.id, 'signed');
    await world.pass(5000);
    expect(tab.workspace.connection.read()).toEqual({ kind: 'unauthorized', why: 'revoked' });
    expect(tab.workspace.identity.read()).toBeNull();
    expect(tab.device.documents.size).toBe(0);
  });

  it.each(['unsigned', 'signed by another'] as const)(
    'keeps everything without it (%s) and says so',
    async (how) => {
      const tab = await online();
      world.replica(tab, tasksRoom);
      await world.pass(1000);
      world.bridge.revoke(tab.device.id, how);
      await world.pass(5000);
      expect(tab.workspace.connection.read()).toEqual({ kind: 'unauthorized', why: 'unknown' });
      expect(tab.workspace.identity.read()).not.toBeNull();
      expect(tab.device.documents.size).toBeGreaterThan(0);
    },
  );
});
