import type { Source } from '#lib/crdt/source.ts';
import type { Clock } from '#lib/domain/clock.ts';
import {
  connectionAfter,
  type ConnectionEvent,
  type ConnectionState,
} from '#lib/domain/connection.ts';
import type { LinkEvent } from './mux-link.ts';
import { SettableSource } from './settable-source.ts';

/** What the browser knows of its network and of whether anybody looks. */
export interface NetworkSignals {
  /** `navigator.onLine`: false is certain, true is a guess. */
  isOnline(): boolean;
  /** Calls back on `online`, `offline` and when the page becomes visible. @returns its end */
  subscribe(listener: (signal: 'online' | 'offline' | 'visible') => void): () => void;
}

/** What the watch drives. */
export interface WatchedLink {
  wake(): void;
  drop(): void;
}

/**
 * The connection state (DESIGN 4.3), from the browser's signals and the link's events, and the link's wakes and drops from the
 * signals: a socket is closed the moment the network goes, since a frozen one reports nothing.
 */
export class ConnectionWatch {
  readonly state: Source<ConnectionState>;
  readonly #state: SettableSource<ConnectionState>;
  readonly #clock: Clock;
  readonly #network: NetworkSignals;
  readonly #unsubscribe: () => void;
  #link: WatchedLink | null = null;

  constructor(clock: Clock, network: NetworkSignals) {
    this.#clock = clock;
    this.#network = network;
    this.#state = new SettableSource(this.#initial());
    this.state = this.#state;
    this.#unsubscribe = network.subscribe((signal) => {
      if (signal === 'offline') {
        this.#apply({ type: 'network_lost', at: clock.now() });
        this.#link?.drop();
        return;
      }
      if (signal === 'online') this.#apply({ type: 'network_back', at: clock.now() });
      this.#link?.wake();
    });
  }

  get isOnline(): boolean {
    return this.#state.read().kind === 'online';
  }

  /** A new link, after a start or a pairing: whatever was final is over. */
  follow(link: WatchedLink): void {
    this.#link = link;
    this.#state.set(this.#initial());
  }

  linkEvent(event: Exclude<LinkEvent, { type: 'refused' }>): void {
    const at = this.#clock.now();
    switch (event.type) {
      case 'live':
        this.#apply({ type: 'proved', at });
        break;
      case 'lost':
        this.#apply(
          this.#network.isOnline()
            ? { type: 'lost', at, retryAt: event.retryAt }
            : { type: 'network_lost', at },
        );
        break;
      case 'outdated':
        this.#apply({ type: 'protocol_outdated' });
        break;
      case 'wrong_bridge':
        this.#apply({ type: 'proof_failed' });
        break;
    }
  }

  /** The bridge, asked over HTTP, said that this device has no credential. */
  refused(why: 'revoked' | 'unknown'): void {
    this.#apply({ type: 'refused', why });
  }

  close(): void {
    this.#unsubscribe();
  }

  #apply(event: ConnectionEvent): void {
    this.#state.set(connectionAfter(this.#state.read(), event));
  }

  #initial(): ConnectionState {
    const since = this.#clock.now();
    return this.#network.isOnline()
      ? { kind: 'bridge_unreachable', since, attempts: 0, retryAt: null }
      : { kind: 'offline', since };
  }
}
