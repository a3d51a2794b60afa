import { assertNever } from './failure.ts';

/** The connection, as one union (DESIGN 4.3). `retryAt` is device time, for display only. */
export type ConnectionState =
  | { readonly kind: 'offline'; readonly since: number }
  | {
      readonly kind: 'bridge_unreachable';
      readonly since: number;
      readonly attempts: number;
      readonly retryAt: number | null;
    }
  | { readonly kind: 'online'; readonly since: number }
  | { readonly kind: 'unauthorized'; readonly why: 'revoked' | 'unknown' }
  | { readonly kind: 'outdated' }
  | { readonly kind: 'wrong_bridge' };

/** What the browser and the link report; the only inputs of the state. */
export type ConnectionEvent =
  | { readonly type: 'network_lost'; readonly at: number }
  | { readonly type: 'network_back'; readonly at: number }
  /** A socket is open and the bridge proved the pinned key. */
  | { readonly type: 'proved'; readonly at: number }
  | { readonly type: 'lost'; readonly at: number; readonly retryAt: number | null }
  | { readonly type: 'retry_planned'; readonly retryAt: number }
  | { readonly type: 'refused'; readonly why: 'revoked' | 'unknown' }
  | { readonly type: 'protocol_outdated' }
  | { readonly type: 'proof_failed' };

/** States that only a reload or a new pairing ends. */
export const isFinal = (state: ConnectionState): boolean =>
  state.kind === 'unauthorized' || state.kind === 'outdated' || state.kind === 'wrong_bridge';

/** The next state; final states stay whatever the network does. */
export function connectionAfter(state: ConnectionState, event: ConnectionEvent): ConnectionState {
  if (isFinal(state)) return state;
  switch (event.type) {
    case 'network_lost':
      return state.kind === 'offline' ? state : { kind: 'offline', since: event.at };
    case 'network_back':
      return state.kind === 'offline'
        ? { kind: 'bridge_unreachable', since: event.at, attempts: 0, retryAt: null }
        : state;
    case 'proved':
      return state.kind === 'online' ? state : { kind: 'online', since: event.at };
    case 'lost':
      return state.kind === 'offline' ? state : unreachable(state, event.at, event.retryAt);
    case 'retry_planned':
      return state.kind === 'bridge_unreachable' ? { ...state, retryAt: event.retryAt } : state;
    case 'refused':
      return { kind: 'unauthorized', why: event.why };
    case 'protocol_outdated':
      return { kind: 'outdated' };
    case 'proof_failed':
      return { kind: 'wrong_bridge' };
    default:
      return assertNever(event);
  }
}

function unreachable(state: ConnectionState, at: number, retryAt: number | null): ConnectionState {
  if (state.kind !== 'bridge_unreachable')
    return { kind: 'bridge_unreachable', since: at, attempts: 1, retryAt };
  return { ...state, attempts: state.attempts + 1, retryAt };
}
