import * as Y from 'yjs';
import type { Clock, Scheduler } from '#lib/domain/clock.ts';
import { writerOf, type Room } from '#lib/domain/room.ts';
import type { RoomExchange, StorageState, WaitingChange } from './contract.ts';
import type { DirtyMarks } from './dirty-marks.ts';
import type { DocumentDatabases } from './document-persistence.ts';
import type { ExchangeLog } from './exchange-log.ts';
import type { MuxLink } from './mux-link.ts';
import type { NotAcceptedList } from './not-accepted.ts';
import type { RoomConnection } from './room-connection.ts';
import { RoomCopy } from './room-copy.ts';
import { SetAside } from './set-aside.ts';
import { SettableSource } from './settable-source.ts';
import { opening } from './storage-states.ts';
import type { OpenTabChannel } from './tab-channel.ts';
import type { RoomMessage } from './wire/ack-frames.ts';

/** What all documents of a tab share. */
export interface RoomSurroundings {
  readonly databases: DocumentDatabases;
  readonly openChannel: OpenTabChannel;
  readonly link: Pick<MuxLink, 'openChannel'>;
  readonly marks: DirtyMarks;
  readonly notAccepted: NotAcceptedList;
  readonly exchanges: ExchangeLog;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  databaseName(room: Room): string;
  greeting(held: number): Extract<RoomMessage, { type: 'position' }>;
  position(epoch: string, seq: number): void;
  /** The bridge closed a room or refused a change: this device may be allowed less than it thinks. */
  turnedAway(): void;
}

/** One document as the tab holds it, for all who use it: the copy of now, and its replacement by another. */
export class SharedRoom {
  readonly room: Room;
  readonly whenLoaded: Promise<void>;
  readonly document: SettableSource<Y.Doc>;
  readonly loaded = new SettableSource(false);
  readonly storage = new SettableSource<StorageState>(opening);
  readonly exchange: SettableSource<RoomExchange>;
  readonly waiting = new SettableSource<readonly WaitingChange[]>([]);
  /** The way to the bridge of the present copy, once it was loaded. */
  readonly connection = new SettableSource<RoomConnection | null>(null);
  readonly #around: RoomSurroundings;
  readonly #setAside: SetAside;
  #name: string;
  #copy: RoomCopy;
  #unfollow: () => void = () => undefined;
  #ended = false;

  constructor(room: Room, around: RoomSurroundings) {
    this.room = room;
    this.#around = around;
    this.#name = around.databaseName(room);
    this.exchange = new SettableSource<RoomExchange>(this.#heldExchange());
    this.#setAside = new SetAside(room, around);
    const doc = new Y.Doc();
    this.document = new SettableSource(doc);
    this.#copy = this.#begin(doc);
    this.whenLoaded = this.#copy.persistence.whenLoaded;
  }

  get copy(): RoomCopy {
    return this.#copy;
  }

  /** Whether closing it now would leave nothing unacknowledged behind. */
  get isClean(): boolean {
    return this.#copy.pending.isEmpty && !this.#setAside.isRunning;
  }

  /** A new epoch: a room that the bridge writes begins an empty copy, and the old one stays on disk as it is. */
  async followEpoch(): Promise<void> {
    const name = this.#around.databaseName(this.room);
    if (name === this.#name) return;
    this.#name = name;
    await this.#copy.end('finish writing');
    this.#replace(new Y.Doc());
  }

  /** Asks the bridge again for a room that it closed for good: who may read it may have changed. */
  askAgain(): void {
    if (this.exchange.read().kind === 'closed') this.#copy.connection?.reopen();
  }

  async end(): Promise<void> {
    this.#ended = true;
    this.#unfollow();
    this.#setAside.stop();
    await this.#copy.end('finish writing');
  }

  /** Ends without writing: the databases of this bridge are about to be erased. */
  async abandon(): Promise<void> {
    this.#ended = true;
    this.#unfollow();
    this.#setAside.stop();
    await this.#copy.end('abandon');
  }

  #begin(doc: Y.Doc): RoomCopy {
    const { room } = this;
    const copy: RoomCopy = new RoomCopy({
      ...this.#around,
      room,
      name: this.#name,
      doc,
      isWritable: writerOf(room) === 'devices',
      onPosition: (epoch, seq) => {
        this.#around.position(epoch, seq);
      },
      onRefused: (reason) => {
        void this.#refused(copy, reason);
      },
      relayListener: {
        setAside: (vector) => {
          void this.#followSetAside(copy, vector);
        },
        replaced: () => {
          this.#setAside.replacedElsewhere();
        },
      },
    });
    this.#follow(copy);
    void copy.persistence.whenLoaded.then(() => {
      if (!this.#ended && this.#copy === copy) this.#connect(copy);
    });
    return copy;
  }

  #connect(copy: RoomCopy): void {
    copy.connect(
      this.#around.link,
      () => this.#around.greeting(copy.pending.waiting.read().length),
      {
        connected: () => {
          this.#around.exchanges.note(this.#name, this.#around.clock.now());
          this.exchange.set({ kind: 'connected' });
        },
        disconnected: () => {
          this.#around.exchanges.note(this.#name, this.#around.clock.now());
          this.exchange.set(this.#heldExchange());
        },
        closed: (code, reason) => {
          this.exchange.set({ kind: 'closed', code, reason });
          this.#around.turnedAway();
        },
      },
    );
    this.connection.set(copy.connection);
  }

  #follow(copy: RoomCopy): void {
    this.#unfollow();
    const { pending, persistence } = copy;
    const update = (): void => {
      this.loaded.set(persistence.loaded.read());
      this.storage.set(persistence.storage.read());
      this.waiting.set(pending.waiting.read());
    };
    const ends = [persistence.loaded, persistence.storage, pending.waiting].map((source) =>
      source.subscribe(update),
    );
    this.#unfollow = () => {
      for (const end of ends) end();
    };
    update();
  }

  async #refused(copy: RoomCopy, reason: string): Promise<void> {
    if (this.#ended || this.#copy !== copy || this.#setAside.isRunning) return;
    this.#around.turnedAway();
    const outcome = await this.#setAside.run(copy, this.#name, reason);
    if (outcome.kind === 'replaced') this.#replace(outcome.doc);
    else if (outcome.kind === 'not now' && !this.#ended) this.#connect(copy);
  }

  async #followSetAside(copy: RoomCopy, vector: Uint8Array): Promise<void> {
    if (this.#ended || this.#copy !== copy) return;
    if (await this.#setAside.follow(copy, vector)) this.#replace(new Y.Doc());
  }

  #replace(doc: Y.Doc): void {
    if (this.#ended) return;
    this.exchange.set(this.#heldExchange());
    this.#copy = this.#begin(doc);
    this.document.set(doc);
  }

  #heldExchange(): RoomExchange {
    const asOf = this.#around.exchanges.asOf(this.#name);
    return asOf === null ? { kind: 'never' } : { kind: 'held', asOf };
  }
}
