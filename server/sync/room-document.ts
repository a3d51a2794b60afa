import * as Y from 'yjs';
import { bridgeOrigin } from '#lib/crdt/origins.ts';
import { InvalidUpdate } from '#lib/crdt/update-content.ts';
import type { Clock, Scheduler } from '#lib/domain/clock.ts';
import { FailureError, reasonOf } from '#lib/domain/failure.ts';
import type { DeviceId } from '#lib/domain/ids.ts';
import type { Room, RoomName } from '#lib/domain/room.ts';
import { closeCodes } from '#lib/sync/wire/protocol.ts';
import type { Storage, StoredRoom, Write } from '../storage/contract.ts';
import type { Log } from '../storage/log.ts';
import { loadDocument } from './load-document.ts';
import { RoomAttribution } from './room-attribution.ts';
import { RoomClosed } from './room-closed.ts';
import { stateFrames, updateFrames } from './room-frames.ts';
import { RoomIntake, type Taken } from './room-intake.ts';
import { RoomLog } from './room-log.ts';
import type { RoomMember } from './room-member.ts';
import { RoomPresence } from './room-presence.ts';

/** What a room's document needs of the registry that it is in. */
export interface RoomContext {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Log;
  readonly bridgeClientId: number;
  /** Somebody came or left, or something that was pending ended. */
  usageChanged(document: RoomDocument): void;
  /** A device brought something new. */
  brought(document: RoomDocument, deviceId: DeviceId): void;
  /** The document is of no use any more: the next who asks reads the room anew. */
  gone(document: RoomDocument): void;
}

/**
 * One room in memory. What is applied is first committed, then told to others and acknowledged (R5); memory is ahead of the
 * disk only in between, and whoever asks in between is answered after the commit.
 */
export class RoomDocument {
  readonly room: Room;
  readonly name: RoomName;
  readonly presence: RoomPresence;
  readonly #context: RoomContext;
  readonly #members = new Set<RoomMember>();
  readonly #intake: RoomIntake;
  readonly #listeners = new Set<() => void>();
  readonly #attribution: RoomAttribution;
  #log: RoomLog;
  #doc: Y.Doc;
  #state: 'open' | 'rebuilding' | 'gone' = 'open';
  #yielded: Uint8Array[] = [];
  #holds = 0;
  #compactionPlanned = false;
  #whole: readonly Uint8Array[] | null = null;

  constructor(
    room: Room,
    name: RoomName,
    stored: StoredRoom,
    attribution: ReadonlyMap<number, DeviceId>,
    context: RoomContext,
  ) {
    this.room = room;
    this.name = name;
    this.presence = new RoomPresence(context.clock, context.scheduler, () => this.#members);
    this.#context = context;
    this.#attribution = new RoomAttribution(name, attribution);
    this.#log = new RoomLog(context.storage, name, stored);
    this.#doc = this.#watched(loadDocument(room, name, stored, context.bridgeClientId));
    this.#intake = new RoomIntake({
      doc: () => this.#doc,
      ready: () => this.ready,
      storedBytes: () => this.#log.bytes,
      isBridgeClient: (clientId) =>
        clientId === context.bridgeClientId || this.#attribution.isBridge(clientId),
      integrate: (update, clients, member) => {
        this.#integrate(update, clients, member);
      },
    });
  }

  /** The document for reading; another object after it had to be read anew. Changed by {@link edit} and {@link take} only. */
  get doc(): Y.Doc {
    return this.#doc;
  }

  /** False while the document is read anew: what arrives meanwhile must wait for `resumed`. */
  get ready(): boolean {
    return this.#state === 'open';
  }

  /** Nobody is here, nobody holds it and nothing waits for the disk. */
  get unused(): boolean {
    return this.#members.size === 0 && this.#holds === 0 && !this.#log.pending;
  }

  get written(): boolean {
    return this.#log.written;
  }

  /** Resolves when all that was applied so far is on disk and was told; rejects when the document had to be dropped. */
  get settled(): Promise<void> {
    return this.#log.tail;
  }

  /** @throws RoomClosed when the document was dropped meanwhile */
  join(member: RoomMember): void {
    if (this.#state === 'gone')
      throw new RoomClosed(closeCodes.tryAgain, `room ${this.name} is read anew`);
    this.#members.add(member);
    this.#context.usageChanged(this);
  }

  leave(member: RoomMember): void {
    this.#members.delete(member);
    this.#intake.drop(member);
    this.presence.leave(member);
    this.#context.usageChanged(this);
  }

  /** Keeps the document in memory until the returned function is called. */
  hold(): () => void {
    let held = true;
    this.#holds += 1;
    return () => {
      if (!held) return;
      held = false;
      this.#holds -= 1;
      this.#context.usageChanged(this);
    };
  }

  /** Calls back after each change that is on disk; returns the end of it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  stateVector(): Uint8Array {
    return Y.encodeStateVector(this.#doc);
  }

  /**
   * Frames of what a client with this state vector lacks, the last one a SyncStep2. To be sent once {@link settled}, as read
   * now, resolves: the answer may hold what is not on disk yet.
   *
   * @throws InvalidUpdate when it is no state vector
   */
  stateSince(stateVector: Uint8Array): readonly Uint8Array[] {
    let known: ReadonlyMap<number, number>;
    try {
      known = Y.decodeStateVector(stateVector);
    } catch (cause) {
      throw new InvalidUpdate('expected a state vector', { cause });
    }
    if (known.size > 0) return stateFrames(Y.encodeStateAsUpdate(this.#doc, stateVector));
    return (this.#whole ??= stateFrames(Y.encodeStateAsUpdate(this.#doc)));
  }

  /** Which device first brought what a Yjs client wrote here; `null` when nobody saw it. */
  broughtBy(clientId: number): DeviceId | null {
    return this.#attribution.of(clientId);
  }

  holdsFor(member: RoomMember): boolean {
    return this.#intake.holdsFor(member);
  }

  /**
   * Takes an update that a device sent; only while {@link ready}. What it changed goes to disk and then to the others.
   *
   * @param divisible a SyncStep2: what of it lacks predecessors must not hold up the rest
   */
  take(update: Uint8Array, member: RoomMember, divisible: boolean): Taken {
    return this.#intake.take(update, member, divisible);
  }

  /**
   * The bridge's own edit, with writes that must stand or fall with it.
   *
   * @throws FailureError (as a rejection) when it is not on disk; the document is dropped then
   */
  async edit(change: (doc: Y.Doc) => void, also: readonly Write[] = []): Promise<void> {
    if (this.#state !== 'open')
      throw new FailureError('unavailable', `room ${this.name} is being read anew`);
    this.#yielded = [];
    try {
      this.#doc.transact(() => {
        change(this.#doc);
      }, bridgeOrigin);
    } catch (error) {
      this.#drop(`an edit of the bridge failed: ${reasonOf(error)}`);
      throw error;
    }
    if (this.#yielded.length === 0 && also.length === 0) return this.settled;
    return this.#append(this.#yielded, null, [
      ...this.#attribution.noteBridge(this.#doc.clientID),
      ...also,
    ]);
  }

  /** Closes the room to everybody in it: it was deleted or sealed, or nothing can be read from its disk. */
  close(code: number, reason: string): void {
    if (this.#state === 'gone') return;
    this.#state = 'gone';
    this.#context.gone(this);
    const members = [...this.#members];
    this.#members.clear();
    this.#intake.clear();
    this.#doc.destroy();
    for (const member of members) member.closed(code, reason);
  }

  /** @throws InvalidUpdate when Yjs cannot apply it after all; the document is read anew then */
  #integrate(update: Uint8Array, clients: ReadonlySet<number>, member: RoomMember): void {
    const identity = member.identity();
    const incomplete = isIncomplete(this.#doc);
    this.#yielded = [];
    try {
      Y.applyUpdate(this.#doc, update, member);
    } catch (cause) {
      this.#rebuild();
      throw new InvalidUpdate('expected an update that fits this document', { cause });
    }
    if (isIncomplete(this.#doc) && !incomplete) {
      this.#rebuild();
      throw new InvalidUpdate('expected an update that says once what each client wrote');
    }
    if (this.#yielded.length === 0) return;
    const attribution = identity === null ? [] : this.#attribution.note(clients, identity.deviceId);
    if (identity !== null) this.#context.brought(this, identity.deviceId);
    // A failure is told to everybody by #drop.
    this.#append(this.#yielded, member, attribution).catch(() => undefined);
  }

  async #append(
    updates: readonly Uint8Array[],
    from: RoomMember | null,
    also: readonly Write[],
  ): Promise<void> {
    const doc = this.#doc;
    try {
      await this.#log.append(updates, also);
    } catch (error) {
      if (doc === this.#doc) this.#drop(reasonOf(error));
      throw error;
    }
    if (this.#state === 'gone') return;
    const frames = updates.flatMap((update) => updateFrames(update));
    for (const member of this.#members) if (member !== from) member.committed(frames);
    for (const listener of this.#listeners) listener();
    this.#planCompaction();
    this.#context.usageChanged(this);
  }

  #planCompaction(): void {
    if (this.#compactionPlanned || !this.#log.compactionDue) return;
    this.#compactionPlanned = true;
    // Soon, after what waits now: compaction is never in the way of an edit.
    this.#context.scheduler.after(0, () => {
      this.#compactionPlanned = false;
      if (this.#state !== 'open' || !this.#log.compactionDue) return;
      this.#log.compact(Y.encodeStateAsUpdate(this.#doc)).catch((error: unknown) => {
        this.#context.log.warn(
          { room: this.name, reason: reasonOf(error) },
          'a room was not compacted',
        );
      });
    });
  }

  /** Memory and disk differ and memory is wrong: everybody comes back to what is on disk. */
  #drop(reason: string): void {
    this.#context.log.error(
      { room: this.name, reason },
      'a room is dropped from memory and read anew',
    );
    this.close(closeCodes.tryAgain, reason);
  }

  /** Reads the room anew for the same members, after an update that Yjs applied in part. */
  #rebuild(): void {
    this.#state = 'rebuilding';
    this.#context.log.warn(
      { room: this.name },
      'an update could not be applied: the room is read anew',
    );
    const before = this.#log;
    void before.tail
      .catch(() => undefined)
      .then(() => this.#context.storage.loadRoom(this.name))
      .then((stored) => {
        if (this.#state === 'gone') return;
        const broken = this.#doc;
        this.#log = new RoomLog(this.#context.storage, this.name, stored);
        this.#doc = this.#watched(
          loadDocument(this.room, this.name, stored, this.#context.bridgeClientId),
        );
        broken.destroy();
        this.#state = 'open';
        this.#intake.retryHeld();
        for (const member of [...this.#members]) member.resumed();
      })
      .catch((error: unknown) => {
        this.#drop(reasonOf(error));
      });
  }

  #watched(doc: Y.Doc): Y.Doc {
    this.#whole = null;
    doc.on('update', (update: Uint8Array) => {
      this.#whole = null;
      this.#yielded.push(update);
    });
    return doc;
  }
}

const isIncomplete = (doc: Y.Doc): boolean =>
  doc.store.pendingStructs !== null || doc.store.pendingDs !== null;
