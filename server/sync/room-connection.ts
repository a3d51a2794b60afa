import * as decoding from 'lib0/decoding';
import { reasonOf } from '#lib/domain/failure.ts';
import type { DeviceId, Epoch } from '#lib/domain/ids.ts';
import { limits } from '#lib/domain/limits.ts';
import type { Principal } from '#lib/domain/role.ts';
import { mayRead, mayWrite, parseRoomName, type Room, type RoomName } from '#lib/domain/room.ts';
import {
  decodeRoomMessage,
  encodeRoomMessage,
  type RoomMessage,
} from '#lib/sync/wire/ack-frames.ts';
import { closeCodes, messageTypes } from '#lib/sync/wire/protocol.ts';
import type { Log } from '../storage/log.ts';
import type { Documents } from './documents.ts';
import { Marks } from './marks.ts';
import { checkAccess } from './room-access.ts';
import { RoomClosed } from './room-closed.ts';
import type { RoomDocument } from './room-document.ts';
import { stateVectorFrame, syncTypes } from './room-frames.ts';
import type { Taken } from './room-intake.ts';
import type { MemberIdentity, Refusal, RoomMember } from './room-member.ts';
import type { Lane } from './socket-outlet.ts';

/** What all connections of a server share. */
export interface SyncContext {
  readonly documents: Documents;
  /** Looked up for every message: a role that is lowered holds at once. */
  readonly principalOf: (deviceId: DeviceId) => Principal | null;
  readonly epoch: () => Epoch;
  /** The highest position on disk. */
  readonly position: () => number;
  readonly log: Log;
}

/** One room's part of a socket: a stock socket has one, a socket for a whole tab one per channel. */
export interface RoomPort {
  readonly lane: Lane;
  /** Ends the room for the client. */
  close(code: number, reason: string): void;
  /** The device is no longer known: the whole socket ends. */
  unauthorized(): void;
}

/** The code that a client is closed with when a frame of it cannot be read. */
export const unreadable = 1007;

/** One device in one room: stock y-websocket frames, and ours from 100 on for those who speak them first. */
export class RoomConnection implements RoomMember {
  readonly #context: SyncContext;
  readonly #deviceId: DeviceId;
  readonly #port: RoomPort;
  readonly #marks: Marks;
  #room: Room | null = null;
  #document: RoomDocument | null = null;
  #backlog: Uint8Array[] = [];
  #backlogBytes = 0;
  #speaksOurs = false;
  #asked = false;
  /** What waited for predecessors was dropped: only a whole SyncStep2 makes up for it. */
  #gap: 'none' | 'open' | 'asked' = 'none';
  #ended = false;

  constructor(context: SyncContext, deviceId: DeviceId, port: RoomPort) {
    this.#context = context;
    this.#deviceId = deviceId;
    this.#port = port;
    this.#marks = new Marks({
      settled: () => this.#document?.settled ?? Promise.reject(new Error('no document')),
      waiting: () => this.#gap !== 'none' || this.#document?.holdsFor(this) === true,
      acknowledge: (n) => {
        this.#send({ type: 'ack', n, epoch: context.epoch(), seq: context.position() });
      },
    });
  }

  /** Enters the room; what arrives before it is read waits. */
  open(name: RoomName): void {
    this.#enter(name).catch((error: unknown) => {
      if (error instanceof RoomClosed) this.#close(error.code, error.message);
      else this.#close(closeCodes.tryAgain, reasonOf(error));
    });
  }

  receive(frame: Uint8Array): void {
    if (this.#ended) return;
    if (this.#document?.ready === true) this.#handle(this.#document, frame);
    else this.#keep(frame);
  }

  /** The role or scope of the device changed. */
  recheck(): void {
    if (this.#room === null || this.#ended) return;
    this.#principalIn(this.#room);
  }

  /** The client left. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#backlog = [];
    this.#port.lane.end();
    this.#document?.leave(this);
  }

  identity(): MemberIdentity | null {
    const principal = this.#context.principalOf(this.#deviceId);
    return principal === null
      ? null
      : { personId: principal.personId, deviceId: principal.deviceId };
  }

  mayWrite(): boolean {
    const principal = this.#context.principalOf(this.#deviceId);
    return principal !== null && this.#room !== null && mayWrite(principal, this.#room);
  }

  committed(frames: readonly Uint8Array[]): void {
    for (const frame of frames) this.#port.lane.send(frame);
  }

  presence(frame: Uint8Array): void {
    this.#port.lane.send(frame);
  }

  heldEnded(): void {
    this.#asked = false;
    if (this.#gap === 'none') this.#marks.released();
  }

  refused(refusal: Refusal): void {
    if (!this.#speaksOurs) {
      this.#close(refusal.code, refusal.reason);
      return;
    }
    const n = this.#marks.refuse();
    if (n !== null) this.#send({ type: 'refusal', n, reason: refusal.reason });
  }

  resumed(): void {
    this.#drain();
  }

  closed(code: number, reason: string): void {
    this.#document = null;
    this.#close(code, reason);
  }

  async #enter(name: RoomName): Promise<void> {
    const room = parseRoomName(name);
    if (room === null)
      throw new RoomClosed(closeCodes.deleted, 'there is no document of this name');
    this.#room = room;
    const principal = this.#principalIn(room);
    if (principal === null) return;
    checkAccess(this.#context.documents.directory, principal, room);
    const document = await this.#context.documents.open(room);
    if (this.#hasEnded() || this.#principalIn(room) === null) return;
    document.join(this);
    this.#document = document;
    this.#port.lane.send(stateVectorFrame(document.stateVector()));
    const present = document.presence.frame();
    if (present !== null) this.#port.lane.send(present);
    this.#drain();
  }

  #hasEnded(): boolean {
    return this.#ended;
  }

  /** Who asks, if it may still read here; else the room or the socket is closed. */
  #principalIn(room: Room): Principal | null {
    const principal = this.#context.principalOf(this.#deviceId);
    if (principal === null) {
      this.#port.unauthorized();
      return null;
    }
    if (mayRead(principal, room)) return principal;
    this.#close(closeCodes.notAllowed, 'this device may not read this document');
    return null;
  }

  #keep(frame: Uint8Array): void {
    this.#backlogBytes += frame.length;
    if (this.#backlogBytes > limits.openingBacklogBytesMax)
      this.#close(closeCodes.tryAgain, 'too much was sent before the document was open');
    else this.#backlog.push(frame);
  }

  #drain(): void {
    const frames = this.#backlog;
    this.#backlog = [];
    this.#backlogBytes = 0;
    for (const frame of frames) this.receive(frame);
  }

  /** Reads one message; one that cannot be read ends this room for this client, and nothing else. */
  #handle(document: RoomDocument, frame: Uint8Array): void {
    if (this.#room === null || this.#principalIn(this.#room) === null) return;
    try {
      const decoder = decoding.createDecoder(frame);
      const type = decoding.readVarUint(decoder);
      if (type === messageTypes.sync) this.#sync(document, decoder);
      else if (type === messageTypes.awareness)
        document.presence.receive(this, decoding.readVarUint8Array(decoder));
      else if (type === messageTypes.queryAwareness) this.#sendPresence(document);
      else this.#ours(decodeRoomMessage(type, decoder));
    } catch (error) {
      const reason = reasonOf(error);
      this.#context.log.debug({ room: document.name, reason }, 'a frame could not be read');
      this.#close(unreadable, reason);
    }
  }

  #sync(document: RoomDocument, decoder: decoding.Decoder): void {
    const kind = decoding.readVarUint(decoder);
    const payload = decoding.readVarUint8Array(decoder);
    if (kind === syncTypes.step1) this.#answer(document, payload);
    else if (kind === syncTypes.step2) this.#take(document, payload, true);
    else if (kind === syncTypes.update) this.#take(document, payload, false);
    else throw new Error(`expected a sync message of kind 0 to 2, got ${String(kind)}`);
  }

  /** Gives what the client lacks, once it is on disk, and asks what the client has. */
  #answer(document: RoomDocument, stateVector: Uint8Array): void {
    const frames = document.stateSince(stateVector);
    const ask = stateVectorFrame(document.stateVector());
    document.settled.then(
      () => {
        this.#port.lane.sendState([...frames, ask]);
      },
      () => undefined,
    );
  }

  #take(document: RoomDocument, update: Uint8Array, whole: boolean): void {
    // From a refusal on the client has to open the room again: what it sends until then is part of what it keeps aside.
    if (this.#marks.refused) return;
    const taken = document.take(update, this, whole);
    this.#followUp(document, taken, whole);
  }

  #followUp(document: RoomDocument, taken: Taken, whole: boolean): void {
    switch (taken.kind) {
      case 'applied':
      case 'nothing_new':
        if (!whole || this.#gap !== 'asked' || document.holdsFor(this)) return;
        this.#gap = 'none';
        this.#marks.released();
        return;
      case 'held':
      case 'dropped':
        if (taken.kind === 'dropped') this.#gap = 'open';
        // A SyncStep2 that lacks predecessors says that the client itself lacks them: asking again would not help.
        if (!whole && !this.#asked) this.#ask(document);
        return;
      case 'refused':
        this.refused(taken);
    }
  }

  #ask(document: RoomDocument): void {
    this.#asked = true;
    if (this.#gap === 'open') this.#gap = 'asked';
    this.#port.lane.send(stateVectorFrame(document.stateVector()));
  }

  #sendPresence(document: RoomDocument): void {
    const present = document.presence.frame();
    if (present !== null) this.#port.lane.send(present);
  }

  #ours(message: RoomMessage | null): void {
    // Types that this build does not know are a newer client's; it is told nothing it would wait for.
    if (message === null) return;
    this.#speaksOurs = true;
    if (message.type === 'mark') this.#marks.received(message.n);
    if (message.type !== 'position') return;
    const { epoch, position, log } = this.#context;
    if (message.epoch === epoch() && message.seq > position())
      log.error(
        { deviceId: this.#deviceId, known: message.seq, reached: position() },
        'a device knows a later position than this database has: the database may have been rolled back',
      );
    this.#send({ type: 'position', epoch: epoch(), seq: position(), held: 0 });
  }

  #send(message: RoomMessage): void {
    if (!this.#ended) this.#port.lane.send(encodeRoomMessage(message));
  }

  #close(code: number, reason: string): void {
    if (this.#ended) return;
    this.end();
    this.#port.close(code, reason);
  }
}
