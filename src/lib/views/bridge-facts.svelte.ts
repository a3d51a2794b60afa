import type { BridgeInfo } from '#lib/domain/bridge.ts';
import type { ConnectionState } from '#lib/domain/connection.ts';
import type { Identity, RoomExchange, Workspace } from '#lib/sync/contract.ts';
import { protocolVersion } from '#lib/sync/wire/protocol.ts';
import { sourceOf, type Documents } from './documents.ts';
import { observe, type Observed } from './observe.svelte.ts';

/** The bridge as this device knows it, and the protocol they speak. */
export class BridgeFacts {
  readonly protocol = protocolVersion;
  readonly #documents: Documents;
  readonly #identity: Observed<Identity | null>;
  readonly #info: Observed<BridgeInfo | null>;
  readonly #connection: Observed<ConnectionState>;
  readonly #exchange: Observed<RoomExchange>;

  constructor(workspace: Workspace, documents: Documents) {
    this.#documents = documents;
    this.#identity = observe(workspace.identity);
    this.#info = observe(sourceOf(documents.bridge, (document) => document.info));
    this.#connection = observe(workspace.connection);
    this.#exchange = observe(documents.bridge.replica.exchange);
  }

  get identity(): Identity {
    return this.#identity.current ?? this.#documents.identity;
  }

  /** What the bridge said of itself; `null` before this device held its list. */
  get info(): BridgeInfo | null {
    return this.#info.current;
  }

  get connection(): ConnectionState {
    return this.#connection.current;
  }

  /** Device time of the last exchange with it, while there is none now. */
  get lastExchangeAt(): number | null {
    const exchange = this.#exchange.current;
    return exchange.kind === 'held' ? exchange.asOf : null;
  }
}
