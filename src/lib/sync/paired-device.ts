import type { Source } from '#lib/crdt/source.ts';
import { derived } from '#lib/crdt/plain-values.ts';
import { isFinal } from '#lib/domain/connection.ts';
import { assertNever } from '#lib/domain/failure.ts';
import { epochSchema, newName } from '#lib/domain/ids.ts';
import type { BlobCache } from './blob-cache.ts';
import type { BridgeHttp } from './bridge-http.ts';
import type { BridgePosition, KnownPosition } from './bridge-position.ts';
import type { ConnectionWatch } from './connection-watch.ts';
import type { Identity, WaitingChange } from './contract.ts';
import { databaseName, databasePrefix, deviceWrittenRooms } from './database-names.ts';
import { isSamePairing, type DeviceIdentity } from './device-identity.ts';
import { DirtyMarks } from './dirty-marks.ts';
import type { BrowserEnvironment } from './environment.ts';
import type { ExchangeLog } from './exchange-log.ts';
import { MuxLink, type LinkEvent } from './mux-link.ts';
import { NotAcceptedList } from './not-accepted.ts';
import { OperationsFeed } from './operations-feed.ts';
import { DeviceOutbox } from './outbox.ts';
import { OutboxDelivery } from './outbox-delivery.ts';
import { Replicas } from './replicas.ts';
import { standingAt, type Standing } from './standing.ts';
import type { TabLife } from './tab-life.ts';
import type { TabNotices } from './tab-notices.ts';
import type { Tables } from './tables.ts';
import { Uploader } from './uploader.ts';
import { waitingChanges } from './waiting-list.ts';

export interface PairedDeviceParts {
  readonly environment: BrowserEnvironment;
  readonly tables: Tables;
  readonly identity: DeviceIdentity;
  readonly http: BridgeHttp;
  readonly watch: ConnectionWatch;
  readonly notices: TabNotices;
  readonly life: TabLife;
  readonly position: BridgePosition;
  readonly exchanges: ExchangeLog;
  readonly blobs: BlobCache;
  /** The bridge says, signed, that this device was revoked. */
  readonly revoked: () => void;
  /** The link met another bridge, or another device's credential: perhaps another tab has paired anew. */
  readonly mismatched: () => void;
}

/** The wait after a socket was refused although the bridge knows this device. */
const refusedAgainMs = 5000;

/** Everything of a workspace that belongs to one pairing: with one bridge, as one device. Another pairing makes another. */
export class PairedDevice {
  readonly replicas: Replicas;
  readonly outbox: DeviceOutbox;
  readonly notAccepted: NotAcceptedList;
  readonly waiting: Source<readonly WaitingChange[]>;
  readonly link: MuxLink;
  readonly #parts: PairedDeviceParts;
  readonly #pairing: Identity;
  readonly #marks: DirtyMarks;
  readonly #uploader: Uploader;
  readonly #delivery: OutboxDelivery;
  readonly #feed: OperationsFeed;
  readonly #ends: readonly (() => void)[];
  /** The epoch in which the last connection was, this life or an earlier one. */
  #isNewEpoch = false;
  #ended = false;
  #isAsking = false;
  /** What was known before this connection: the bridge sees by it when it was rolled back. */
  #greeting: KnownPosition | null = null;

  constructor(parts: PairedDeviceParts, pairing: Identity) {
    const { blobs, environment, http, life, notices, position, tables, watch } = parts;
    const { clock, random, scheduler } = environment;
    const { bridgeId } = pairing;
    this.#parts = parts;
    this.#pairing = pairing;
    const isOnline = (): boolean => watch.isOnline;
    const seen = () => position.in(this.#present().epoch);

    this.#marks = new DirtyMarks({
      tables,
      bridgeId,
      tab: life.id,
      clock,
      scheduler,
      announce: () => {
        notices.tell('marks');
      },
    });
    this.notAccepted = new NotAcceptedList(tables, bridgeId, () => {
      notices.tell('notAccepted');
    });
    this.link = new MuxLink({
      url: `${environment.origin.replace(/^http/, 'ws')}/sync`,
      origin: environment.origin,
      pin: pairing,
      dial: environment.dial,
      subtle: environment.subtle,
      clock,
      random,
      scheduler,
      admit: () => this.#admit(),
      listener: (event) => {
        this.#linkEvent(event);
      },
    });
    this.replicas = new Replicas({
      databases: environment.documents,
      openChannel: environment.openChannel,
      link: this.link,
      marks: this.#marks,
      notAccepted: this.notAccepted,
      exchanges: parts.exchanges,
      clock,
      scheduler,
      databaseName: (room) => databaseName(this.#present(), room),
      greeting: (held) => ({ type: 'position', ...(this.#greeting ?? seen()), held }),
      position: (epoch, seq) => {
        this.#heardPosition(epoch, seq);
      },
      turnedAway: () => {
        this.#turnedAway();
      },
    });
    this.waiting = derived([this.replicas.waiting, this.#marks.rows], () =>
      waitingChanges(
        this.replicas.waiting.read(),
        this.#marks.rows.read().filter(({ tab }) => tab !== life.id),
      ),
    );
    this.#uploader = new Uploader({
      marks: this.#marks,
      replicas: this.replicas,
      life,
      scheduler,
      isOnline,
    });
    this.outbox = new DeviceOutbox({
      tables,
      bridgeId,
      clock,
      random,
      position: seen,
      announce: () => {
        notices.tell('outbox');
      },
      deliver: () => {
        this.#delivery.deliver();
      },
    });
    this.#feed = new OperationsFeed({
      tables,
      http,
      outbox: this.outbox,
      scheduler,
      epoch: () => this.#present().epoch,
      isOnline,
      position: (epoch, seq) => {
        position.note(epoch, seq);
      },
      otherEpoch: () => void this.#refresh(),
    });
    this.#delivery = new OutboxDelivery({
      outbox: this.outbox,
      http,
      life,
      clock,
      random,
      scheduler,
      isOnline,
      uploadBlobs: () => blobs.uploadPinned(),
      unauthorized: () => void this.#refresh(),
      delivered: () => void this.#feed.read(),
    });
    this.#ends = [
      notices.on('marks', () => void this.#marks.reload()),
      notices.on('marks', () => {
        this.#uploader.look();
      }),
      notices.on('notAccepted', () => void this.notAccepted.reload()),
      notices.on('outbox', () => void this.outbox.reload()),
    ];
  }

  /** Reads what earlier lives left, then dials. Does not wait for the network. */
  async start(): Promise<void> {
    await Promise.all([this.#marks.reload(), this.notAccepted.reload(), this.outbox.reload()]);
    this.#parts.watch.follow(this.link);
    this.link.start();
  }

  tryNow(): void {
    const { watch } = this.#parts;
    if (isFinal(watch.state.read())) watch.follow(this.link);
    this.link.start();
    this.link.wake();
    this.outbox.deliverNow();
    this.#uploader.look();
  }

  /** Reads again what is shared, after the disk came back. */
  async reload(): Promise<void> {
    await Promise.all([this.#marks.reload(), this.notAccepted.reload(), this.outbox.reload()]);
  }

  async end(how: 'finish writing' | 'abandon'): Promise<void> {
    this.#ended = true;
    for (const end of this.#ends) end();
    this.#uploader.stop();
    this.#delivery.stop();
    this.#feed.stop();
    await this.replicas.close(how);
    this.link.stop();
  }

  #present(): Identity {
    const current = this.#parts.identity.current.read();
    return current !== null && isSamePairing(current, this.#pairing) ? current : this.#pairing;
  }

  #linkEvent(event: LinkEvent): void {
    const { watch } = this.#parts;
    if (event.type === 'refused') {
      void this.#askWhy();
      return;
    }
    if (event.type === 'wrong_bridge') this.#parts.mismatched();
    watch.linkEvent(event);
    if (event.type !== 'live') return;
    const isNewEpoch = this.#isNewEpoch;
    this.#isNewEpoch = false;
    void this.#delivery.connected(isNewEpoch).then(() => this.#feed.read());
    this.replicas.askAgain();
    this.#uploader.look();
  }

  /** Learns the role of now; one question for all rooms that ask at once. */
  #turnedAway(): void {
    if (this.#isAsking) return;
    this.#isAsking = true;
    this.#parts.environment.scheduler.after(0, () => {
      this.#isAsking = false;
      if (!this.#ended) void this.#refresh();
    });
  }

  /** Between proof and first room: who this device is now, and in which epoch the rooms are. */
  async #admit(): Promise<boolean> {
    return (await this.#refresh()) === 'known';
  }

  async #refresh(): Promise<Standing['kind']> {
    const { environment, http } = this.#parts;
    // As of the question: what is heard while it is answered may be further than the answer.
    const before = this.#parts.position.in(this.#present().epoch);
    const standing = await standingAt(http, this.#pairing, environment.subtle);
    switch (standing.kind) {
      case 'known':
        await this.#known(standing.identity, standing.seq, before);
        break;
      case 'other':
        this.#parts.mismatched();
        break;
      case 'refused':
        this.link.stop();
        this.#parts.watch.refused(standing.why);
        if (standing.why === 'revoked') this.#parts.revoked();
        break;
      case 'no_answer':
        break;
      default:
        assertNever(standing);
    }
    return standing.kind;
  }

  async #known(me: Identity, seq: number, before: KnownPosition): Promise<void> {
    const { environment, identity, position } = this.#parts;
    const { role } = this.#present();
    identity.show(me);
    await identity.keep(me);
    this.#greeting = before;
    if (me.role !== role) this.replicas.askAgain();
    if (me.epoch !== before.epoch) {
      position.set(me.epoch, seq);
      await this.#followEpoch(me);
    } else if (seq < before.seq) {
      // Fewer commits were lost than begin a new epoch: only who was there before can see it.
      position.set(me.epoch, seq);
      await this.#uploadAll(me, `rolled-back-${newName(environment.random)}`);
    } else position.note(me.epoch, seq);
  }

  /** The socket was refused without a reason that a page can read; over HTTP there is one. */
  async #askWhy(): Promise<void> {
    if ((await this.#refresh()) === 'refused') return;
    this.#parts.environment.scheduler.after(refusedAgainMs, () => {
      if (!this.#ended) this.link.start();
    });
  }

  /** For documents that devices write, devices are right: all of them are uploaded. What the bridge wrote begins anew. */
  async #followEpoch(identity: Identity): Promise<void> {
    this.#isNewEpoch = true;
    await this.replicas.followEpoch();
    await this.#uploadAll(identity, `epoch-${identity.epoch}`);
  }

  /** Marks every document that devices write, as if the tab of this name had left it unacknowledged. */
  async #uploadAll(identity: Identity, tab: string): Promise<void> {
    const names = await this.#parts.environment.documents.names(databasePrefix(identity));
    const rooms = deviceWrittenRooms(identity, names ?? []);
    await this.#marks.addFor(rooms, tab);
  }

  #heardPosition(epoch: string, seq: number): void {
    const parsed = epochSchema.safeParse(epoch);
    if (parsed.success && parsed.data === this.#present().epoch)
      this.#parts.position.note(parsed.data, seq);
  }
}
