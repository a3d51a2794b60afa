import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  connectionAfter,
  isFinal,
  type ConnectionEvent,
  type ConnectionState,
} from './connection.ts';

const start: ConnectionState = { kind: 'bridge_unreachable', since: 0, attempts: 0, retryAt: null };

const event: fc.Arbitrary<ConnectionEvent> = fc.oneof(
  fc.record({
    type: fc.constantFrom('network_lost' as const, 'network_back' as const, 'proved' as const),
    at: fc.nat(),
  }),
  fc.record({ type: fc.constant('lost' as const), at: fc.nat(), retryAt: fc.option(fc.nat()) }),
  fc.record({ type: fc.constant('retry_planned' as const), retryAt: fc.nat() }),
  fc.constant({ type: 'refused' as const, why: 'unknown' as const }),
  fc.constantFrom<ConnectionEvent>({ type: 'protocol_outdated' }, { type: 'proof_failed' }),
);

describe('connection', () => {
  test('a proved socket is online, and its loss is "bridge not reachable", never "offline"', () => {
    const online = connectionAfter(start, { type: 'proved', at: 5 });
    expect(online).toEqual({ kind: 'online', since: 5 });
    const lost = connectionAfter(online, { type: 'lost', at: 9, retryAt: 10 });
    expect(lost).toEqual({ kind: 'bridge_unreachable', since: 9, attempts: 1, retryAt: 10 });
  });

  test('each further loss counts an attempt and keeps the time since when', () => {
    const first = connectionAfter(start, { type: 'lost', at: 3, retryAt: 4 });
    const second = connectionAfter(first, { type: 'lost', at: 8, retryAt: 12 });
    expect(second).toEqual({ kind: 'bridge_unreachable', since: 0, attempts: 2, retryAt: 12 });
  });

  test('without a network it is offline, whatever the socket reports, until the network is back', () => {
    const offline = connectionAfter(start, { type: 'network_lost', at: 1 });
    expect(connectionAfter(offline, { type: 'lost', at: 2, retryAt: null })).toBe(offline);
    expect(connectionAfter(offline, { type: 'network_back', at: 3 }).kind).toBe(
      'bridge_unreachable',
    );
  });

  test('[R6] it is online only after a proof that nothing contradicted since', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        let state = connectionAfter(start, { type: 'retry_planned', retryAt: 1 });
        let proved = false;
        for (const next of events) {
          const wasFinal = isFinal(state);
          state = connectionAfter(state, next);
          if (next.type === 'proved') proved = !wasFinal;
          if (next.type === 'lost' || next.type === 'network_lost') proved = false;
          if (state.kind === 'online') expect(proved).toBe(true);
        }
      }),
    );
  });

  test('a final state stays final', () => {
    const withdrawn = connectionAfter(start, { type: 'refused', why: 'revoked' });
    fc.assert(fc.property(event, (next) => connectionAfter(withdrawn, next) === withdrawn));
  });
});
