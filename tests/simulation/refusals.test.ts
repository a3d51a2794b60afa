import { afterEach, describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { tasksDocument } from '#lib/crdt/tasks-document.ts';
import { newName, personIdSchema, taskIdSchema } from '#lib/domain/ids.ts';
import type { SimulatedTab } from './simulated-device.ts';
import { World } from './world.ts';

const room = { kind: 'tasks' } as const;

let world: World;
afterEach(async () => {
  await world.end();
});

function addTask(tab: SimulatedTab, title: string): void {
  tasksDocument(world.replica(tab, room).doc).create({
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

/** Two devices that share a task; the second one's tabs are given back. */
async function beginning(tabs: number): Promise<readonly SimulatedTab[]> {
  world = new World(2, 2);
  await world.bridge.start();
  const [first, second] = world.devices;
  if (first === undefined || second === undefined) throw new Error('expected two devices');
  const owner = await world.openTab(0);
  const opened: SimulatedTab[] = [];
  for (let tab = 0; tab < tabs; tab += 1) opened.push(await world.openTab(1));
  await world.pass(1000);
  for (const tab of [owner, ...opened]) world.replica(tab, room);
  await world.pass(1000);
  addTask(owner, 'shared');
  await world.pass(1000);
  return opened;
}

function setOffline(isOffline: boolean): void {
  const network = world.devices[1]?.network;
  if (network === undefined) return;
  network.isUp = !isOffline;
  if (isOffline) network.cutAll();
}

function makeViewer(): void {
  const [, second] = world.devices;
  if (second !== undefined) world.bridge.setRole(second.id, 'viewer');
}

describe('a refused change', () => {
  it('[R6] is kept readable with its reason, and the document goes on without it', async () => {
    const [tab] = await beginning(1);
    if (tab === undefined) throw new Error('expected a tab');
    const before = world.replica(tab, room);
    setOffline(true);
    addTask(tab, 'not mine to add');
    await before.whenDurable();
    makeViewer();
    setOffline(false);
    await world.pass(60_000);
    const [kept, ...more] = tab.workspace.notAccepted.read();
    expect(more).toEqual([]);
    expect(kept).toMatchObject({
      room: 'tasks',
      reason: 'this device may read here, not write',
      changes: [{ kind: 'task', text: 'not mine to add' }],
    });
    expect(titles(before.doc)).toEqual(['shared']);
    expect(tab.workspace.waiting.read()).toEqual([]);

    const readable = new Y.Doc();
    Y.applyUpdate(readable, Buffer.from(kept?.update ?? '', 'base64'));
    Y.applyUpdate(readable, Y.encodeStateAsUpdate(before.doc));
    expect(titles(readable)).toEqual(['not mine to add', 'shared']);

    const [owner] = world.devices[0]?.tabs ?? [];
    if (owner === undefined) throw new Error('expected a tab');
    addTask(owner, 'later');
    await world.pass(2000);
    expect(titles(before.doc)).toEqual(['later', 'shared']);
  });

  it('does not come back with the next start, from disk or from another tab', async () => {
    const tabs = await beginning(2);
    setOffline(true);
    for (const [index, tab] of tabs.entries()) addTask(tab, `refused ${String(index)}`);
    await world.pass(1000);
    makeViewer();
    setOffline(false);
    await world.pass(60_000);
    for (const tab of tabs) expect(titles(world.replica(tab, room).doc)).toEqual(['shared']);
    const kept = tabs[0]?.workspace.notAccepted.read() ?? [];
    const named = kept.flatMap(({ changes }) => changes.map(({ text }) => text));
    expect([...new Set(named)].sort()).toEqual(['refused 0', 'refused 1']);
    for (const tab of tabs) tab.die();
    const next = await world.openTab(1);
    const replica = world.replica(next, room);
    await world.pass(30_000);
    expect(titles(replica.doc)).toEqual(['shared']);
    expect(next.workspace.notAccepted.read()).toHaveLength(kept.length);
    expect(next.workspace.waiting.read()).toEqual([]);
  });

  it('is gone from the list once it was dismissed, for good', async () => {
    const [tab] = await beginning(1);
    if (tab === undefined) throw new Error('expected a tab');
    makeViewer();
    await world.pass(1000);
    addTask(tab, 'refused');
    await world.pass(30_000);
    const [kept] = tab.workspace.notAccepted.read();
    await tab.workspace.dismissNotAccepted(kept?.id ?? '');
    expect(tab.workspace.notAccepted.read()).toEqual([]);
    tab.die();
    const next = await world.openTab(1);
    expect(next.workspace.notAccepted.read()).toEqual([]);
  });
});
