import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { LocalEdit } from '#lib/crdt/origins.ts';
import { MemoryChannels } from '../../../tests/fixtures/memory-channels.ts';
import { RelayedEdit } from './change-labels.ts';
import { TabRelay } from './tab-relay.ts';

const room = { kind: 'tasks' } as const;
const label = { kind: 'task', entity: 'a', text: 'Buy milk' } as const;

function tab(channels: MemoryChannels) {
  const doc = new Y.Doc();
  const relay = new TabRelay('copy', room, doc, channels.open, {
    setAside: () => undefined,
    replaced: () => undefined,
  });
  const origins: unknown[] = [];
  doc.on('update', (_update: Uint8Array, origin: unknown) => origins.push(origin));
  const set = (key: string): void => {
    doc.transact(() => doc.getMap('m').set(key, key), new LocalEdit(label));
  };
  return { doc, relay, origins, set, keys: () => [...doc.getMap('m').keys()].sort() };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the relay between tabs', () => {
  it('gives an edit to the other tabs, named as the person would know it', async () => {
    const channels = new MemoryChannels();
    const [one, two] = [tab(channels), tab(channels)];
    one.set('k');
    await settle();
    expect(two.keys()).toEqual(['k']);
    const [origin] = two.origins;
    expect(origin).toBeInstanceOf(RelayedEdit);
    expect(origin).toMatchObject({ change: label });
  });

  it('does not give on what another tab gave, nor what the bridge sent', async () => {
    const channels = new MemoryChannels();
    const [one, two, three] = [tab(channels), tab(channels), tab(channels)];
    one.set('k');
    const remote = new Y.Doc();
    remote.getMap('m').set('remote', 1);
    Y.applyUpdate(one.doc, Y.encodeStateAsUpdate(remote), 'bridge');
    await settle();
    expect(two.keys()).toEqual(['k']);
    expect(three.origins).toHaveLength(1);
  });

  it('[7] brings tabs together that edited while apart', async () => {
    const channels = new MemoryChannels();
    const one = tab(channels);
    one.set('before');
    const two = tab(channels);
    two.set('own');
    await settle();
    two.relay.greet();
    await settle();
    expect(one.keys()).toEqual(['before', 'own']);
    expect(two.keys()).toEqual(['before', 'own']);
  });

  it('ignores what it cannot read', async () => {
    const channels = new MemoryChannels();
    const one = tab(channels);
    const stranger = channels.open('copy', () => undefined);
    for (const garbage of [null, 1, { kind: 'update' }, { kind: 'update', update: 'x' }])
      stranger.post(garbage);
    await settle();
    expect(one.origins).toEqual([]);
  });
});
