import type { Clock, Random, Scheduler } from '#lib/domain/clock.ts';
import type { Fetch } from './bridge-http.ts';
import type { NetworkSignals } from './connection-watch.ts';
import type { DocumentDatabases } from './document-persistence.ts';
import type { Locks } from './tab-life.ts';
import type { OpenTabChannel } from './tab-channel.ts';
import type { Tables } from './tables.ts';
import type { Dial } from './wire-socket.ts';

/** All that the workspace takes from the browser: `browser-environment.ts` gives the real one, simulations their own. */
export interface BrowserEnvironment {
  readonly clock: Clock;
  readonly random: Random;
  readonly scheduler: Scheduler;
  /** `location.origin`, where the bridge is. */
  readonly origin: string;
  readonly fetch: Fetch;
  readonly dial: Dial;
  /** `null` in a page that is not a secure context. */
  readonly subtle: SubtleCrypto | null;
  readonly locks: Locks | null;
  readonly openChannel: OpenTabChannel;
  readonly network: NetworkSignals;
  readonly documents: DocumentDatabases;
  openTables(): Tables;
  /** Removes the device's own database, with identity and outbox; it must be closed. */
  eraseTables(): Promise<void>;
  readonly storage: StorageSignals;
}

/** The browser's word about its storage. */
export interface StorageSignals {
  estimate(): Promise<{ readonly usage: number; readonly quota: number } | null>;
  /** `null` where it cannot be asked. */
  persisted(): Promise<boolean | null>;
  persist(): Promise<boolean>;
}
