import * as Y from 'yjs';
import { textHash } from '#lib/crdt/rank.ts';
import type { Cancel, Clock, Scheduler } from '#lib/domain/clock.ts';
import { limits } from '#lib/domain/limits.ts';
import { roomName, type Room } from '#lib/domain/room.ts';
import { AckTracker } from './ack-tracker.ts';
import { toBase64 } from './base64.ts';
import type { NotAccepted } from './contract.ts';
import type { DocumentDatabases } from './document-persistence.ts';
import type { MuxLink } from './mux-link.ts';
import type { NotAcceptedList } from './not-accepted.ts';
import type { DirtyMarks } from './dirty-marks.ts';
import type { RoomCopy } from './room-copy.ts';
import { RoomConnection } from './room-connection.ts';
import type { RoomMessage } from './wire/ack-frames.ts';

interface Surroundings {
  readonly databases: DocumentDatabases;
  readonly link: Pick<MuxLink, 'openChannel'>;
  readonly marks: DirtyMarks;
  readonly notAccepted: NotAcceptedList;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  greeting(held: number): Extract<RoomMessage, { type: 'position' }>;
  position(epoch: string, seq: number): void;
}

/** How long a tab waits for the one that replaces the copy; a tab that died meanwhile is not waited for longer. */
const replacementMsMax = 10_000;

/** `taken over`: another tab replaces the copy. `not now`: the bridge's document could not be read; nothing was changed. */
export type SetAsideOutcome =
  | { readonly kind: 'replaced'; readonly doc: Y.Doc }
  | { readonly kind: 'taken over' }
  | { readonly kind: 'not now' };

/**
 * The way out of a refusal (DESIGN 4.4, type 102). What is in a Y.Doc cannot be taken out of it, so: the bridge's document is
 * read anew; the difference is kept as a readable entry; the copy on disk is replaced by the bridge's state, in all tabs; a
 * fresh document takes the place of the old one.
 */
export class SetAside {
  readonly #room: Room;
  readonly #around: Surroundings;
  #doing: 'nothing' | 'reading' | 'replacing' | 'following' = 'nothing';
  #stop: () => void = () => undefined;
  #replaced: () => void = () => undefined;

  constructor(room: Room, around: Surroundings) {
    this.#room = room;
    this.#around = around;
  }

  get isRunning(): boolean {
    return this.#doing !== 'nothing';
  }

  async run(copy: RoomCopy, name: string, reason: string): Promise<SetAsideOutcome> {
    this.#doing = 'reading';
    copy.disconnect();
    const fresh = await this.#readBridge();
    if (this.#isFollowing()) return { kind: 'taken over' };
    if (fresh === null) {
      this.#doing = 'nothing';
      return { kind: 'not now' };
    }
    this.#doing = 'replacing';
    const vector = Y.encodeStateVector(fresh);
    const kept = await this.#keep(copy, vector, reason, null);
    copy.relay?.mute();
    copy.relay?.post({ kind: 'set_aside', vector });
    await copy.persistence.abandon();
    // If this fails the old rows stay: they are refused again after the next start, and kept again.
    await this.#around.databases.replace(name, Y.encodeStateAsUpdate(fresh)).catch(() => undefined);
    copy.relay?.post({ kind: 'replaced' });
    // The person may have gone on editing the old document meanwhile.
    await this.#keep(copy, vector, reason, kept);
    this.#forget(copy);
    this.#doing = 'nothing';
    return { kind: 'replaced', doc: fresh };
  }

  /** Another tab does it. @returns whether this tab begins a fresh copy now; false when it is doing so itself */
  async follow(copy: RoomCopy, vector: Uint8Array): Promise<boolean> {
    if (this.#doing === 'replacing' || this.#doing === 'following') return false;
    this.#doing = 'following';
    this.#stop();
    copy.disconnect();
    copy.relay?.mute();
    await copy.persistence.abandon();
    await new Promise<void>((resolve) => {
      const cancel = this.#around.scheduler.after(replacementMsMax, resolve);
      this.#replaced = () => {
        cancel();
        resolve();
      };
    });
    // What this tab had told nobody yet; the other tab has kept the rest.
    const own = Y.decodeUpdate(Y.encodeStateAsUpdate(copy.doc, vector));
    if (own.structs.length > 0 && !copy.pending.isEmpty)
      await this.#keep(copy, vector, 'refused in another tab', null);
    this.#forget(copy);
    this.#doing = 'nothing';
    return true;
  }

  replacedElsewhere(): void {
    this.#replaced();
  }

  stop(): void {
    this.#stop();
    this.#replaced();
  }

  #isFollowing(): boolean {
    return this.#doing === 'following';
  }

  /** Keeps the difference on disk, again if the document was edited while it was written. @returns what was kept last */
  async #keep(
    copy: RoomCopy,
    vector: Uint8Array,
    reason: string,
    before: Kept | null,
  ): Promise<Kept> {
    let kept = before;
    while (kept?.edits !== copy.tracker.edits) {
      const entry = this.#entry(copy, vector, reason);
      const next = { edits: copy.tracker.edits, id: entry.id };
      await this.#around.notAccepted.add(entry);
      if (kept !== null && kept.id !== next.id) await this.#around.notAccepted.dismiss(kept.id);
      kept = next;
    }
    return kept;
  }

  #forget(copy: RoomCopy): void {
    copy.pending.acknowledged(copy.tracker.edits);
    this.#around.marks.clear(roomName(this.#room));
    void copy.end('abandon');
  }

  /** The bridge's state in a document of its own; `null` when the room does not open or this was stopped. */
  #readBridge(): Promise<Y.Doc | null> {
    const fresh = new Y.Doc();
    const tracker = new AckTracker({
      acknowledged: () => undefined,
      position: this.#around.position,
      refused: () => undefined,
    });
    return new Promise((resolve) => {
      let connection: RoomConnection | null = null;
      let cancel: Cancel = () => undefined;
      const finish = (doc: Y.Doc | null): void => {
        cancel();
        this.#stop = () => undefined;
        connection?.destroy();
        resolve(doc);
      };
      this.#stop = () => {
        finish(null);
      };
      cancel = this.#around.scheduler.after(limits.requestMsMax, () => {
        finish(null);
      });
      connection = new RoomConnection(
        this.#around.link,
        roomName(this.#room),
        fresh,
        tracker,
        () => this.#around.greeting(0),
        {
          connected: () => {
            finish(fresh);
          },
          disconnected: () => undefined,
          closed: () => {
            finish(null);
          },
        },
      );
    });
  }

  #entry(copy: RoomCopy, bridgeVector: Uint8Array, reason: string): NotAccepted {
    const room = roomName(this.#room);
    const update = toBase64(Y.encodeStateAsUpdate(copy.doc, bridgeVector));
    return {
      // By its content: two tabs that are refused the same make one entry.
      id: `${room} ${String(textHash(update))} ${String(update.length)}`,
      room,
      reason,
      at: this.#around.clock.now(),
      changes: copy.pending.waiting.read().map(({ label }) => label),
      update,
    };
  }
}

interface Kept {
  readonly edits: number;
  readonly id: string;
}
