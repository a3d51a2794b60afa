import type { ConnectionState } from '#lib/domain/connection.ts';
import { limits } from '#lib/domain/limits.ts';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { memoryWorkspace } from '../../../tests/fixtures/memory-workspace.ts';
import { anIdentity } from '../../../tests/fixtures/conversation.ts';
import { ManualTime, seededRandom } from '../../../tests/fixtures/manual-time.ts';
import { ConnectionView, pillState } from './connection.svelte.ts';

const states: readonly ConnectionState[] = [
  { kind: 'online', since: 0 },
  { kind: 'offline', since: 0 },
  { kind: 'bridge_unreachable', since: 0, attempts: 1, retryAt: 8 },
  { kind: 'unauthorized', why: 'revoked' },
  { kind: 'unauthorized', why: 'unknown' },
  { kind: 'outdated' },
  { kind: 'wrong_bridge' },
];

describe('[R6] the pill', () => {
  test('is calm only while connected with nothing unacknowledged', () => {
    fc.assert(
      fc.property(fc.constantFrom(...states), fc.nat({ max: 1000 }), (connection, waiting) => {
        const isCalm = pillState(connection, waiting).kind === 'on_bridge';
        expect(isCalm).toBe(connection.kind === 'online' && waiting === 0);
      }),
    );
  });

  test('counts what waits in every state in which it can go out by itself', () => {
    expect(pillState({ kind: 'offline', since: 0 }, 3)).toEqual({ kind: 'offline', waiting: 3 });
    expect(pillState({ kind: 'online', since: 0 }, 3)).toEqual({ kind: 'waiting', waiting: 3 });
  });
});

describe('an outage', () => {
  const time = new ManualTime();
  const workspace = memoryWorkspace(anIdentity(), {
    clock: time,
    scheduler: time,
    random: seededRandom(1),
  });
  const view = new ConnectionView(workspace);

  test('is said after five seconds, not before', () => {
    workspace.connection.set({ kind: 'offline', since: 1000 });
    expect(view.outageSince(1000 + limits.bannerAfterMs - 1)).toBeNull();
    expect(view.outageSince(1000 + limits.bannerAfterMs)).toBe(1000);
  });

  test('is none while connected, or when only a person can end it', () => {
    for (const state of states.filter(
      ({ kind }) => kind !== 'offline' && kind !== 'bridge_unreachable',
    )) {
      workspace.connection.set(state);
      expect(view.outageSince(1_000_000)).toBeNull();
    }
  });
});
