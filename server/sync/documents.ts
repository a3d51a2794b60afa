import type { Cancel, Clock, Random, Scheduler } from '#lib/domain/clock.ts';
import { reasonOf } from '#lib/domain/failure.ts';
import type { DeviceId, SessionId } from '#lib/domain/ids.ts';
import { limits } from '#lib/domain/limits.ts';
import { roomName, type Room, type RoomName } from '#lib/domain/room.ts';
import type { SealedSegment } from '#lib/domain/transcript.ts';
import { closeCodes } from '#lib/sync/wire/protocol.ts';
import { RoomDamaged, type Storage } from '../storage/contract.ts';
import type { Log } from '../storage/log.ts';
import { RoomClosed } from './room-closed.ts';
import { RoomDirectory } from './room-directory.ts';
import { RoomDocument, type RoomContext } from './room-document.ts';

export interface DocumentsOptions {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly log: Log;
}

/** Reads what the bridge knows of its rooms; documents themselves are read when somebody asks for them. */
export async function openDocuments(options: DocumentsOptions): Promise<Documents> {
  return new Documents(options, await RoomDirectory.read(options.storage));
}

/**
 * The rooms in memory: each is read once, however many ask, and given up when nobody has used it for a while and nothing of
 * it waits for the disk.
 */
export class Documents {
  readonly directory: RoomDirectory;
  readonly #options: DocumentsOptions;
  readonly #rooms = new Map<RoomName, Promise<RoomDocument>>();
  readonly #loaded = new Map<RoomName, RoomDocument>();
  readonly #leaving = new Map<RoomName, Cancel>();
  readonly #context: RoomContext;
  readonly #openListeners = new Set<(document: RoomDocument) => void>();
  readonly #broughtListeners = new Set<(room: Room, deviceId: DeviceId) => void>();

  constructor(options: DocumentsOptions, directory: RoomDirectory) {
    this.#options = options;
    this.directory = directory;
    this.#context = {
      storage: options.storage,
      clock: options.clock,
      log: options.log,
      bridgeClientId: Math.floor(options.random.next() * 2 ** 32),
      scheduler: options.scheduler,
      usageChanged: (document) => {
        this.#usageChanged(document);
      },
      brought: (document, deviceId) => {
        for (const listener of this.#broughtListeners) listener(document.room, deviceId);
      },
      gone: (document) => {
        this.#forget(document);
      },
    };
  }

  /**
   * The document of a room, read from disk when it is not in memory. It may be given up again while nobody joined or holds it
   * for `limits.roomIdleMsMax`.
   *
   * @throws RoomClosed with the code that whoever asked is to be closed with
   */
  open(room: Room): Promise<RoomDocument> {
    const name = roomName(room);
    const known = this.#rooms.get(name);
    if (known !== undefined) return known;
    const loading = this.#load(room, name);
    this.#rooms.set(name, loading);
    loading.catch(() => {
      if (this.#rooms.get(name) === loading) this.#rooms.delete(name);
    });
    return loading;
  }

  /** The document if it is in memory. */
  peek(room: Room): RoomDocument | null {
    return this.#loaded.get(roomName(room)) ?? null;
  }

  /** Calls back with each document that was read, before anybody changes it; returns the end of it. */
  onOpen(listener: (document: RoomDocument) => void): () => void {
    this.#openListeners.add(listener);
    return () => this.#openListeners.delete(listener);
  }

  /** Calls back when a device brought something new into a room; returns the end of it. */
  onBrought(listener: (room: Room, deviceId: DeviceId) => void): () => void {
    this.#broughtListeners.add(listener);
    return () => this.#broughtListeners.delete(listener);
  }

  /** The documents that are in memory. */
  loaded(): readonly RoomDocument[] {
    return [...this.#loaded.values()];
  }

  get loadedRooms(): number {
    return this.#loaded.size;
  }

  /** After its last batch was committed: the room answers 4410, its items are a blob now. */
  segmentSealed(sessionId: SessionId, segment: SealedSegment): void {
    this.directory.segmentSealed(sessionId, segment);
    const room: Room = { kind: 'transcript', sessionId, segment: segment.n };
    this.directory.roomDeleted(roomName(room));
    this.peek(room)?.close(closeCodes.sealed, 'this segment is sealed');
  }

  /** After its rooms were deleted on disk: whoever is in one is told. */
  sessionDeleted(sessionId: SessionId): void {
    this.directory.sessionDeleted(sessionId);
    for (const document of [...this.#loaded.values()])
      if ('sessionId' in document.room && document.room.sessionId === sessionId)
        document.close(closeCodes.deleted, 'this session was deleted');
  }

  /** Closes every room to everybody; what was applied is still on its way to disk. */
  close(): void {
    for (const cancel of this.#leaving.values()) cancel();
    this.#leaving.clear();
    for (const document of [...this.#loaded.values()])
      document.close(closeCodes.tryAgain, 'the bridge stops');
  }

  async #load(room: Room, name: RoomName): Promise<RoomDocument> {
    try {
      const [stored, attribution] = await Promise.all([
        this.#options.storage.loadRoom(name),
        this.#options.storage.attribution(name),
      ]);
      const document = new RoomDocument(room, name, stored, attribution, this.#context);
      this.#loaded.set(name, document);
      for (const listener of this.#openListeners) listener(document);
      this.#usageChanged(document);
      return document;
    } catch (error) {
      const reason = reasonOf(error);
      this.#options.log.error({ room: name, reason }, 'a room could not be read');
      throw new RoomClosed(
        closeCodes.tryAgain,
        error instanceof RoomDamaged
          ? 'this document is damaged on the bridge and set aside'
          : reason,
        { cause: error },
      );
    }
  }

  #usageChanged(document: RoomDocument): void {
    const { name } = document;
    if (this.#loaded.get(name) !== document) return;
    if (document.written) this.directory.roomWritten(name);
    if (!document.unused) {
      this.#leaving.get(name)?.();
      this.#leaving.delete(name);
      return;
    }
    if (this.#leaving.has(name)) return;
    const cancel = this.#options.scheduler.after(limits.roomIdleMsMax, () => {
      this.#leaving.delete(name);
      if (document.unused) document.close(closeCodes.tryAgain, 'nobody used this room');
    });
    this.#leaving.set(name, cancel);
  }

  #forget(document: RoomDocument): void {
    const { name } = document;
    if (this.#loaded.get(name) !== document) return;
    this.#loaded.delete(name);
    this.#rooms.delete(name);
    this.#leaving.get(name)?.();
    this.#leaving.delete(name);
  }
}
