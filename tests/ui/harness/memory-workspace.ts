import { derived } from '#lib/crdt/plain-values.ts';
import type { Source } from '#lib/crdt/source.ts';
import type { ConnectionState } from '#lib/domain/connection.ts';
import type { Failure } from '#lib/domain/failure.ts';
import { roomName, type Room } from '#lib/domain/room.ts';
import type {
  Identity,
  NotAccepted,
  Preferences,
  Presence,
  PresenceState,
  Replica,
  StorageState,
  StorageUse,
  WaitingChange,
  Workspace,
} from '#lib/sync/contract.ts';
import type { BrowserEnvironment } from '#lib/sync/environment.ts';
import { SettableSource } from '#lib/sync/settable-source.ts';
import { MemoryBlobs } from './memory-blobs.ts';
import { MemoryOutbox } from './memory-outbox.ts';
import { MemoryReplica } from './memory-replica.ts';
import { here, macbook, mara, storyTime } from './people.ts';

/** A workspace without disk and network, over real documents: what the app is drawn over in the interface tests. */
export class MemoryWorkspace implements Workspace {
  readonly identity: SettableSource<Identity | null>;
  readonly connection = new SettableSource<ConnectionState>({ kind: 'online', since: storyTime });
  readonly waiting: Source<readonly WaitingChange[]>;
  readonly notAccepted = new SettableSource<readonly NotAccepted[]>([]);
  readonly storage = new SettableSource<StorageState>({ kind: 'kept' });
  readonly outbox: MemoryOutbox;
  readonly blobs = new MemoryBlobs();
  readonly preferences: Preferences;
  /** What the next pairing is answered; `null`: it succeeds. */
  pairingFailure: Failure | null = null;
  readonly #replicas = new Map<string, MemoryReplica>();
  readonly #opened = new SettableSource<readonly MemoryReplica[]>([]);
  readonly #preferences = new Map<string, SettableSource<string | null>>();
  readonly #others = new SettableSource<readonly PresenceState[]>([]);
  readonly #nobody: readonly PresenceState[] = [];
  #persisted = false;
  #isHolding = false;

  constructor(environment: BrowserEnvironment, identity: Identity | null) {
    this.identity = new SettableSource(identity);
    this.outbox = new MemoryOutbox(environment, () => this.connection.read().kind === 'online');
    this.waiting = allOf(this.#opened, (replica) => replica.waiting);
    this.preferences = {
      get: (key) => this.#preference(key),
      set: (key, value) => {
        this.#preference(key).set(value);
      },
    };
    this.connection.subscribe(() => {
      this.#connectionChanged();
    });
  }

  open(room: Room): Replica {
    return this.replica(room);
  }

  replica(room: Room): MemoryReplica {
    const name = roomName(room);
    const known = this.#replicas.get(name);
    if (known !== undefined) return known;
    const isOnline = this.connection.read().kind === 'online';
    const replica = new MemoryReplica(
      room,
      isOnline ? { kind: 'connected' } : { kind: 'held', asOf: storyTime },
      this.storage,
    );
    replica.waiting.subscribe(() => {
      this.#acknowledge();
    });
    this.#replicas.set(name, replica);
    // Told a moment later: a document is opened while a page is drawn.
    queueMicrotask(() => {
      this.#opened.set([...this.#replicas.values()]);
    });
    return replica;
  }

  presence(): Presence {
    return {
      others: derived([this.#others, this.connection], () =>
        this.connection.read().kind === 'online' ? this.#others.read() : this.#nobody,
      ),
      set: () => undefined,
    };
  }

  /** Puts Mara beside the reader, on her own device. */
  maraIsHere(): void {
    this.presenceOf([{ personId: mara, deviceId: macbook, typing: null, editing: null }]);
  }

  presenceOf(others: readonly PresenceState[]): void {
    this.#others.set(others);
  }

  /** The bridge confirms nothing for now. */
  holdAcks(hold: boolean): void {
    this.#isHolding = hold;
    this.#acknowledge();
  }

  pair(): Promise<Failure | null> {
    const failed = this.pairingFailure;
    if (failed === null) this.identity.set(here);
    return Promise.resolve(failed);
  }

  tryNow(): void {
    this.outbox.deliverNow();
  }

  dismissNotAccepted(id: string): Promise<void> {
    this.notAccepted.set(this.notAccepted.read().filter((copy) => copy.id !== id));
    return Promise.resolve();
  }

  storageUse(): Promise<StorageUse> {
    return Promise.resolve({
      documents: { count: 24 },
      outboxEntries: this.outbox.entries.read().length,
      blobBytes: 71_400_000,
      segmentBytes: 48_900_000,
      estimate: { usage: 148_000_000, quota: 6_100_000_000 },
      persisted: this.#persisted,
    });
  }

  askToPersist(): Promise<boolean> {
    this.#persisted = true;
    return Promise.resolve(true);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #preference(key: string): SettableSource<string | null> {
    const known = this.#preferences.get(key) ?? new SettableSource<string | null>(null);
    this.#preferences.set(key, known);
    return known;
  }

  #acknowledge(): void {
    queueMicrotask(() => {
      if (this.#isHolding || this.connection.read().kind !== 'online') return;
      for (const replica of this.#replicas.values())
        if (replica.waiting.read().length > 0) replica.acknowledge();
    });
  }

  #connectionChanged(): void {
    const isOnline = this.connection.read().kind === 'online';
    for (const replica of this.#replicas.values())
      replica.exchange.set(isOnline ? { kind: 'connected' } : { kind: 'held', asOf: storyTime });
    if (!isOnline) return;
    this.#acknowledge();
    this.outbox.deliverNow();
  }
}

/** The lists of all replicas as one; follows replicas that are opened later. */
function allOf<T>(
  replicas: Source<readonly MemoryReplica[]>,
  listOf: (replica: MemoryReplica) => Source<readonly T[]>,
): Source<readonly T[]> {
  let seen: readonly (readonly T[])[] = [];
  let all: readonly T[] = [];
  return {
    read() {
      const lists = replicas.read().map((replica) => listOf(replica).read());
      if (lists.length !== seen.length || lists.some((list, index) => list !== seen[index])) {
        seen = lists;
        all = lists.flat();
      }
      return all;
    },
    subscribe(listener) {
      let ends: (() => void)[] = [];
      const follow = (): void => {
        for (const end of ends) end();
        ends = replicas.read().map((replica) => listOf(replica).subscribe(listener));
      };
      follow();
      const endOpened = replicas.subscribe(() => {
        follow();
        listener();
      });
      return () => {
        endOpened();
        for (const end of ends) end();
      };
    },
  };
}
