import { createContext } from 'svelte';
import type { ConnectionState } from '#lib/domain/connection.ts';
import { assertNever } from '#lib/domain/failure.ts';
import { limits } from '#lib/domain/limits.ts';
import type { Identity, StorageState, Workspace } from '#lib/sync/contract.ts';
import { observe, type Observed } from './observe.svelte.ts';
import { Waiting } from './waiting.svelte.ts';

/** What the pill says. Only `on_bridge` is calm, and it means that nothing at all is unacknowledged (R6). */
export type PillState =
  | { readonly kind: 'on_bridge' }
  | { readonly kind: 'waiting'; readonly waiting: number }
  | { readonly kind: 'offline'; readonly waiting: number }
  | { readonly kind: 'unreachable'; readonly waiting: number; readonly retryAt: number | null }
  | { readonly kind: 'outdated' }
  | { readonly kind: 'revoked' }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'wrong_bridge' };

export function pillState(connection: ConnectionState, waiting: number): PillState {
  switch (connection.kind) {
    case 'online':
      return waiting === 0 ? { kind: 'on_bridge' } : { kind: 'waiting', waiting };
    case 'offline':
      return { kind: 'offline', waiting };
    case 'bridge_unreachable':
      return { kind: 'unreachable', waiting, retryAt: connection.retryAt };
    case 'unauthorized':
      return { kind: connection.why };
    case 'outdated':
    case 'wrong_bridge':
      return { kind: connection.kind };
    default:
      return assertNever(connection);
  }
}

/** The connection of this device to its bridge, what waits for it, and whether this browser stores anything. */
export class ConnectionView {
  readonly waiting: Waiting;
  readonly #connection: Observed<ConnectionState>;
  readonly #storage: Observed<StorageState>;
  readonly #identity: Observed<Identity | null>;

  constructor(workspace: Workspace) {
    this.waiting = new Waiting(workspace);
    this.#connection = observe(workspace.connection);
    this.#storage = observe(workspace.storage);
    this.#identity = observe(workspace.identity);
  }

  /** Whether what the bridge says is of now: only then do rings turn and are people "here". */
  get live(): boolean {
    return this.#connection.current.kind === 'online';
  }

  get state(): ConnectionState {
    return this.#connection.current;
  }

  get pill(): PillState {
    return pillState(this.#connection.current, this.waiting.count);
  }

  get storage(): StorageState {
    return this.#storage.current;
  }

  get bridgeName(): string {
    return this.#identity.current?.bridgeName ?? '';
  }

  /**
   * Since when there is no connection, if that is long enough to say so in a banner; `null` else. A short drop is not worth a
   * movement of the page.
   */
  outageSince(now: number): number | null {
    const connection = this.#connection.current;
    if (connection.kind !== 'offline' && connection.kind !== 'bridge_unreachable') return null;
    return now - connection.since >= limits.bannerAfterMs ? connection.since : null;
  }
}

export const [getConnection, setConnection] = createContext<ConnectionView>();
