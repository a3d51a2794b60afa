import { describe, expect, it } from 'vitest';
import { ManualTime } from '../../../tests/fixtures/manual-time.ts';
import { ConnectionWatch } from './connection-watch.ts';

function watched(online = true) {
  const time = new ManualTime();
  const network = { online };
  const listeners = new Set<(signal: 'online' | 'offline' | 'visible') => void>();
  const calls: string[] = [];
  const watch = new ConnectionWatch(time, {
    isOnline: () => network.online,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  });
  watch.follow({ wake: () => calls.push('wake'), drop: () => calls.push('drop') });
  const signal = (what: 'online' | 'offline' | 'visible'): void => {
    if (what !== 'visible') network.online = what === 'online';
    for (const listener of listeners) listener(what);
  };
  const lost = (): void => {
    watch.linkEvent({ type: 'lost', retryAt: time.now() + 1000, opened: true });
  };
  return { watch, signal, calls, lost, kind: () => watch.state.read().kind };
}

describe('the connection', () => {
  it('is never online because the browser thinks so', () => {
    expect(watched().kind()).toBe('bridge_unreachable');
    expect(watched(false).kind()).toBe('offline');
  });

  it('is online when the bridge has proved itself, with or without a network', () => {
    for (const online of [true, false]) {
      const { kind, watch } = watched(online);
      watch.linkEvent({ type: 'live' });
      expect(kind()).toBe('online');
    }
  });

  it('is offline the moment the browser says so, and the socket is closed', () => {
    const { calls, kind, signal, watch } = watched();
    watch.linkEvent({ type: 'live' });
    signal('offline');
    expect(kind()).toBe('offline');
    expect(calls).toEqual(['drop']);
  });

  it('is tried at once when the network is back and when somebody looks', () => {
    const { calls, kind, signal } = watched(false);
    signal('online');
    expect(kind()).toBe('bridge_unreachable');
    signal('visible');
    expect(calls).toEqual(['wake', 'wake']);
  });

  it('tells a bridge that is away from a network that is', () => {
    const { kind, lost, signal, watch } = watched();
    watch.linkEvent({ type: 'live' });
    lost();
    expect(watch.state.read()).toMatchObject({ kind: 'bridge_unreachable', attempts: 1 });
    signal('offline');
    lost();
    expect(kind()).toBe('offline');
  });

  it.each(['revoked', 'unknown'] as const)(
    'stays refused (%s) whatever the network does',
    (why) => {
      const { signal, watch } = watched();
      watch.refused(why);
      signal('offline');
      signal('online');
      expect(watch.state.read()).toEqual({ kind: 'unauthorized', why });
    },
  );

  it('starts anew with the next pairing', () => {
    const { kind, watch } = watched();
    watch.linkEvent({ type: 'wrong_bridge' });
    expect(kind()).toBe('wrong_bridge');
    watch.follow({ wake: () => undefined, drop: () => undefined });
    expect(kind()).toBe('bridge_unreachable');
  });
});
