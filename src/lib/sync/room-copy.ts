import type * as Y from 'yjs';
import type { Clock } from '#lib/domain/clock.ts';
import { roomName, type Room } from '#lib/domain/room.ts';
import { AckTracker } from './ack-tracker.ts';
import { labelOf } from './change-labels.ts';
import type { DirtyMarks } from './dirty-marks.ts';
import type { DocumentDatabases, DocumentPersistence } from './document-persistence.ts';
import type { MuxLink } from './mux-link.ts';
import { PendingChanges } from './pending-changes.ts';
import { RoomConnection, type Greeting, type RoomConnectionListener } from './room-connection.ts';
import type { OpenTabChannel } from './tab-channel.ts';
import { TabRelay, type RelayListener } from './tab-relay.ts';

export interface RoomCopyOptions {
  readonly room: Room;
  /** Name of its database, and of the channel between the tabs that hold it. */
  readonly name: string;
  readonly doc: Y.Doc;
  /** Whether devices write the room: then edits are marked, relayed and counted. */
  readonly isWritable: boolean;
  readonly databases: DocumentDatabases;
  readonly openChannel: OpenTabChannel;
  readonly marks: DirtyMarks;
  readonly clock: Clock;
  readonly onPosition: (epoch: string, seq: number) => void;
  readonly onRefused: (reason: string) => void;
  readonly relayListener: RelayListener;
}

/**
 * One life of a document on this device: the Y.Doc with its database, its relay to other tabs, its count of what is not
 * acknowledged and, once connected, its way to the bridge. A refusal or a new epoch ends it and begins another.
 */
export class RoomCopy {
  readonly doc: Y.Doc;
  readonly persistence: DocumentPersistence;
  readonly tracker: AckTracker;
  readonly pending: PendingChanges;
  readonly relay: TabRelay | null;
  readonly #options: RoomCopyOptions;
  readonly #onUpdate: (update: Uint8Array, origin: unknown) => void;
  #markWritten: Promise<void> | null = null;
  #connection: RoomConnection | null = null;
  #isConfirming = false;

  constructor(options: RoomCopyOptions) {
    const { doc, room } = options;
    this.#options = options;
    this.doc = doc;
    this.pending = new PendingChanges(roomName(room));
    this.tracker = new AckTracker({
      acknowledged: (edits) => {
        this.pending.acknowledged(edits);
        if (this.pending.isEmpty) options.marks.clear(roomName(room));
      },
      position: options.onPosition,
      refused: options.onRefused,
    });
    this.#onUpdate = (_update, origin) => {
      this.#edited(origin);
    };
    // First of all handlers, so that the mark is on its way before the row is.
    if (options.isWritable) doc.on('update', this.#onUpdate);
    this.persistence = options.databases.open(options.name, doc, () => this.#markWritten);
    this.relay = options.isWritable
      ? new TabRelay(options.name, room, doc, options.openChannel, options.relayListener)
      : null;
    void this.persistence.whenLoaded.then(() => this.relay?.greet());
    this.persistence.storage.subscribe(() => {
      if (this.persistence.storage.read().kind === 'kept') void this.#confirmDurable();
    });
  }

  get connection(): RoomConnection | null {
    return this.#connection;
  }

  /** Opens the way to the bridge, if there is none; wait for the load first, else every row is sent again. */
  connect(
    link: Pick<MuxLink, 'openChannel'>,
    greeting: Greeting,
    listener: RoomConnectionListener,
  ): void {
    this.#connection ??= new RoomConnection(
      link,
      roomName(this.#options.room),
      this.doc,
      this.tracker,
      greeting,
      listener,
    );
  }

  disconnect(): void {
    this.#connection?.destroy();
    this.#connection = null;
  }

  /** Ends this life. `abandon`: the database is about to be replaced, so nothing more is written to it. */
  async end(how: 'finish writing' | 'abandon'): Promise<void> {
    this.disconnect();
    this.doc.off('update', this.#onUpdate);
    this.relay?.close();
    await (how === 'abandon' ? this.persistence.abandon() : this.persistence.close());
  }

  #edited(origin: unknown): void {
    if (this.#connection?.isOrigin(origin) === true) return;
    const edit = this.tracker.edited();
    // Rows of the database were marked by the tab that wrote them.
    if (this.persistence.isOrigin(origin)) return;
    const { clock, marks, room } = this.#options;
    const label = labelOf(origin, room);
    this.pending.add(edit, label, clock.now());
    const written = marks.note(roomName(room), label);
    this.#markWritten = written;
    void written?.then(() => {
      if (this.#markWritten === written) this.#markWritten = null;
    });
    void this.#confirmDurable();
  }

  async #confirmDurable(): Promise<void> {
    if (this.#isConfirming) return;
    this.#isConfirming = true;
    try {
      for (let edits = -1; edits !== this.tracker.edits;) {
        edits = this.tracker.edits;
        await this.persistence.whenDurable();
        this.pending.durable(edits);
      }
    } catch {
      // Said by `storage`; the next edit, or the recovered database, asks again.
    } finally {
      this.#isConfirming = false;
    }
  }
}
