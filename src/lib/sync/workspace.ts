import { derived } from '#lib/crdt/plain-values.ts';
import type { Source } from '#lib/crdt/source.ts';
import type { CommandId, SessionId } from '#lib/domain/ids.ts';
import { newName } from '#lib/domain/ids.ts';
import { failure, FailureError, type Failure } from '#lib/domain/failure.ts';
import type { CommandKind } from '#lib/domain/command.ts';
import type { OutboxEntry } from '#lib/domain/outbox.ts';
import type { Room } from '#lib/domain/room.ts';
import { BlobCache } from './blob-cache.ts';
import { BridgeHttp } from './bridge-http.ts';
import { BridgePosition } from './bridge-position.ts';
import { ConnectionWatch } from './connection-watch.ts';
import type {
  Blobs,
  CommandRequest,
  Identity,
  NotAccepted,
  Outbox,
  Presence,
  Replica,
  StorageState,
  StorageUse,
  WaitingChange,
  Workspace,
} from './contract.ts';
import { databasePrefix } from './database-names.ts';
import { DeviceIdentity, identityOf, isSamePairing } from './device-identity.ts';
import { devicePublicKey } from './device-key.ts';
import type { BrowserEnvironment } from './environment.ts';
import { ExchangeLog } from './exchange-log.ts';
import { FollowingSource } from './following-source.ts';
import { PairedDevice } from './paired-device.ts';
import { DevicePreferences } from './preferences.ts';
import { RoomPresence } from './presence.ts';
import { Segments } from './segments.ts';
import { tabLife, type TabLife } from './tab-life.ts';
import { TabNotices } from './tab-notices.ts';
import type { Tables } from './tables.ts';
import { worstStorage } from './storage-states.ts';

/**
 * Opens all that this device holds. Needs no network and no bridge: it resolves once the device's own database was read, was
 * refused, or did not open in time; then it works in memory and says so.
 */
export async function openWorkspace(environment: BrowserEnvironment): Promise<Workspace> {
  const workspace = new DeviceWorkspace(environment);
  await workspace.begin();
  return workspace;
}

class DeviceWorkspace implements Workspace {
  readonly identity: Source<Identity | null>;
  readonly waiting = new FollowingSource<readonly WaitingChange[]>([]);
  readonly notAccepted = new FollowingSource<readonly NotAccepted[]>([]);
  readonly storage: Source<StorageState>;
  readonly outbox: Outbox;
  readonly blobs: Blobs;
  readonly preferences: DevicePreferences;
  readonly #environment: BrowserEnvironment;
  readonly #tables: Tables;
  readonly #identity: DeviceIdentity;
  readonly #http: BridgeHttp;
  readonly #watch: ConnectionWatch;
  readonly #notices: TabNotices;
  readonly #life: TabLife;
  readonly #position: BridgePosition;
  readonly #exchanges: ExchangeLog;
  readonly #blobs: BlobCache;
  readonly #segments: Segments;
  readonly #entries = new FollowingSource<readonly OutboxEntry[]>([]);
  readonly #rooms = new FollowingSource<readonly StorageState[]>([]);
  readonly #presences = new Map<SessionId, RoomPresence>();
  #device: PairedDevice | null = null;
  #engaging: Promise<void> = Promise.resolve();
  #persisted: boolean | null = null;

  constructor(environment: BrowserEnvironment) {
    const { clock, locks, network, openChannel, random, scheduler, subtle } = environment;
    this.#environment = environment;
    this.#tables = environment.openTables();
    this.#notices = new TabNotices(openChannel);
    this.#identity = new DeviceIdentity(this.#tables);
    this.identity = this.#identity.current;
    this.#http = new BridgeHttp(environment.fetch);
    this.#watch = new ConnectionWatch(clock, network);
    this.#life = tabLife(newName(random), locks);
    this.#position = new BridgePosition(this.#tables, scheduler);
    this.#exchanges = new ExchangeLog(this.#tables);
    this.#blobs = new BlobCache({ tables: this.#tables, http: this.#http, clock, subtle });
    this.#segments = new Segments(this.#tables, this.#blobs);
    this.preferences = new DevicePreferences(this.#tables, () => {
      this.#notices.tell('preferences');
    });
    this.storage = derived([this.#tables.storage, this.#rooms], () =>
      worstStorage([this.#tables.storage.read(), ...this.#rooms.read()]),
    );
    this.outbox = this.#outboxOfNow();
    this.blobs = {
      get: (sha256) => this.#blobs.get(sha256),
      has: (sha256) => this.#blobs.has(sha256),
      put: (bytes) => this.#blobs.put(bytes),
      segment: (sessionId, sealed) => this.#segments.get(sessionId, sealed),
    };
  }

  get connection(): ConnectionWatch['state'] {
    return this.#watch.state;
  }

  async begin(): Promise<void> {
    const [known] = await Promise.all([
      this.#identity.stored(),
      this.preferences.load(),
      this.#position.load(),
      this.#exchanges.load(),
    ]);
    this.#notices.on('identity', () => void this.#identityMayHaveChanged());
    this.#notices.on('preferences', () => void this.preferences.load());
    this.#notices.on('erased', () => {
      // First of all, else this tab would write its rows again.
      void this.#tables.close();
      void this.#engage(null, 'abandon');
    });
    this.#tables.storage.subscribe(() => {
      if (this.#tables.storage.read().kind === 'kept') void this.#diskIsBack();
    });
    await this.#engage(known, 'finish writing');
    // A browser that keeps its cookie and lost its database (or may not have one) is still a paired device.
    if (known === null) void this.#adopt();
    this.#persisted = await this.#environment.storage.persisted();
  }

  open(room: Room): Replica {
    return this.#paired().replicas.open(room);
  }

  presence(sessionId: SessionId): Presence {
    let presence = this.#presences.get(sessionId);
    if (presence === undefined) {
      presence = new RoomPresence(
        () => this.#paired().replicas.open({ kind: 'session', sessionId }),
        () => this.#identity.current.read(),
        this.connection,
      );
      this.#presences.set(sessionId, presence);
    }
    return presence;
  }

  async pair(secret: string, deviceName: string): Promise<Failure | null> {
    const key = await devicePublicKey(this.#tables, this.#environment.subtle);
    const paired = await this.#http.pair({
      secret,
      name: deviceName,
      ...(key === null ? {} : { key }),
    });
    if (paired.kind === 'refusal') return paired.failure;
    if (paired.kind === 'no_answer')
      return failure('unavailable', `The bridge did not answer: ${paired.why}.`);
    const { bridge, deviceId, epoch, personId, role, scope } = paired.value;
    const identity: Identity = {
      deviceId,
      deviceName,
      personId,
      personName: '',
      role,
      scope,
      bridgeId: bridge.id,
      bridgeName: bridge.name,
      bridgeKey: bridge.key,
      epoch,
    };
    // The pairing's answer has no names of people; without this one they come with the next connection.
    const me = await this.#http.me();
    const isSame = me.kind === 'answer' && me.value.bridge.key === bridge.key;
    await this.#begin(isSame ? identityOf(me.value) : identity);
    return null;
  }

  tryNow(): void {
    if (this.#device === null) void this.#adopt();
    else this.#device.tryNow();
  }

  async dismissNotAccepted(id: string): Promise<void> {
    await this.#device?.notAccepted.dismiss(id);
  }

  async storageUse(): Promise<StorageUse> {
    const identity = this.#identity.current.read();
    const { documents, storage } = this.#environment;
    const names = identity === null ? [] : await documents.names(databasePrefix(identity));
    return {
      documents: { count: names?.length ?? 0 },
      outboxEntries: this.#entries.read().length,
      blobBytes: await this.#blobs.bytesHeld(),
      segmentBytes: await this.#segments.bytesHeld(),
      estimate: await storage.estimate(),
      persisted: this.#persisted,
    };
  }

  async askToPersist(): Promise<boolean> {
    const isPersisted = await this.#environment.storage.persist();
    this.#persisted = isPersisted;
    return isPersisted;
  }

  async close(): Promise<void> {
    await this.#engage(null, 'finish writing');
    this.#watch.close();
    this.#notices.close();
    this.#life.end();
    await this.#tables.close();
  }

  #paired(): PairedDevice {
    if (this.#device === null)
      throw new FailureError('unauthorized', 'expected a paired device: this browser is not');
    return this.#device;
  }

  async #begin(identity: Identity): Promise<void> {
    await this.#identity.keep(identity);
    await this.#engage(identity, 'finish writing');
    this.#notices.tell('identity');
  }

  /** Ends what belongs to the pairing before and begins what belongs to this one. One at a time. */
  #engage(identity: Identity | null, how: 'finish writing' | 'abandon'): Promise<void> {
    this.#engaging = this.#engaging.then(async () => {
      const before = this.#device;
      this.#device = identity === null ? null : this.#deviceFor(identity);
      const device = this.#device;
      if (device === null) {
        this.waiting.rest([]);
        this.notAccepted.rest([]);
        this.#entries.rest([]);
        this.#rooms.rest([]);
      } else {
        this.waiting.follow(device.waiting);
        this.notAccepted.follow(device.notAccepted.entries);
        this.#entries.follow(device.outbox.entries);
        this.#rooms.follow(device.replicas.storage);
      }
      // Readers open documents as soon as they know who they are, so all is in place before that is said.
      if (identity !== null) this.#identity.show(identity);
      await before?.end(how);
      await device?.start();
    });
    return this.#engaging;
  }

  #deviceFor(identity: Identity): PairedDevice {
    return new PairedDevice(
      {
        environment: this.#environment,
        tables: this.#tables,
        identity: this.#identity,
        http: this.#http,
        watch: this.#watch,
        notices: this.#notices,
        life: this.#life,
        position: this.#position,
        exchanges: this.#exchanges,
        blobs: this.#blobs,
        revoked: () => void this.#erase(identity),
        mismatched: () => void this.#identityMayHaveChanged(),
      },
      identity,
    );
  }

  async #adopt(): Promise<void> {
    const me = await this.#http.me();
    if (me.kind === 'answer' && this.#identity.current.read() === null)
      await this.#begin(identityOf(me.value));
  }

  /** Another tab paired, perhaps with another bridge. */
  async #identityMayHaveChanged(): Promise<void> {
    const before = this.#identity.current.read();
    const now = await this.#identity.stored();
    if (now === null) return;
    if (before === null || !isSamePairing(before, now)) await this.#engage(now, 'finish writing');
  }

  async #diskIsBack(): Promise<void> {
    await Promise.all([this.preferences.load(), this.#identityMayHaveChanged()]);
    await this.#device?.reload();
  }

  /** The bridge's signed word that this device was revoked is the only thing that leads here. */
  async #erase(identity: Identity): Promise<void> {
    const { documents } = this.#environment;
    this.#notices.tell('erased');
    await this.#engage(null, 'abandon');
    const names = (await documents.names(databasePrefix(identity))) ?? [];
    await Promise.all(names.map((name) => documents.erase(name)));
    await this.#identity.erase();
    await this.#tables.close();
    await this.#environment.eraseTables();
  }

  /** The outbox of the present pairing, behind one object that stays. */
  #outboxOfNow(): Outbox {
    const outbox = (): Outbox => this.#paired().outbox;
    return {
      entries: this.#entries,
      send: async <K extends CommandKind>(kind: K, request: CommandRequest<K>) =>
        await outbox().send(kind, request),
      deliverNow: () => {
        this.#device?.outbox.deliverNow();
      },
      cancel: async (id: CommandId) => await outbox().cancel(id),
      dismiss: async (id: CommandId) => {
        await outbox().dismiss(id);
      },
      offerAgain: async (id: CommandId) => await outbox().offerAgain(id),
    };
  }
}
