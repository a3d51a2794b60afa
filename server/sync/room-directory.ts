import { assertNever } from '#lib/domain/failure.ts';
import type { SessionId } from '#lib/domain/ids.ts';
import { roomName, type Room, type RoomName } from '#lib/domain/room.ts';
import type { SessionState } from '#lib/domain/session.ts';
import type { SealedSegment } from '#lib/domain/transcript.ts';
import type { Storage } from '../storage/contract.ts';

/**
 * Whether a room can be opened. `absent`: nobody wrote it and the bridge does not know its session; `later`: a segment that is
 * not reached yet.
 */
export type RoomStatus = 'open' | 'absent' | 'deleted' | 'sealed' | 'later';

export type Segments = SessionState['segments'];

const noSegments: Segments = { open: 0, sealed: [] };

/** What the bridge knows of its rooms without reading them: sessions, their segments, and what was deleted. */
export class RoomDirectory {
  readonly #written: Set<RoomName>;
  readonly #deletedRooms: Set<RoomName>;
  readonly #sessions = new Map<SessionId, Segments>();
  readonly #deletedSessions = new Set<SessionId>();

  private constructor(written: Iterable<RoomName>, deleted: Iterable<RoomName>) {
    this.#written = new Set(written);
    this.#deletedRooms = new Set(deleted);
  }

  static async read(storage: Storage): Promise<RoomDirectory> {
    const directory = new RoomDirectory(await storage.roomNames(), await storage.deletedRooms());
    for (const { info, deletedAt } of await storage.sessions()) {
      directory.sessionKnown(info.id);
      if (deletedAt !== null) directory.sessionDeleted(info.id);
    }
    for (const [sessionId, sealed] of await storage.sealedSegments())
      for (const segment of sealed) directory.segmentSealed(sessionId, segment);
    return directory;
  }

  status(room: Room): RoomStatus {
    switch (room.kind) {
      case 'workspace':
      case 'tasks':
      case 'bridge':
      case 'person':
        return 'open';
      case 'merge':
        return this.#statusByRows(roomName(room));
      case 'session':
      case 'review':
      case 'state':
        return this.#statusOfSessionRoom(room.sessionId, roomName(room));
      case 'transcript':
        return this.#statusOfSegment(room.sessionId, room.segment, roomName(room));
      default:
        return assertNever(room);
    }
  }

  segments(sessionId: SessionId): Segments {
    return this.#sessions.get(sessionId) ?? noSegments;
  }

  sessionKnown(sessionId: SessionId): void {
    if (!this.#sessions.has(sessionId)) this.#sessions.set(sessionId, noSegments);
  }

  sessionDeleted(sessionId: SessionId): void {
    this.#deletedSessions.add(sessionId);
  }

  segmentSealed(sessionId: SessionId, segment: SealedSegment): void {
    const { sealed } = this.segments(sessionId);
    this.#sessions.set(sessionId, { open: segment.n + 1, sealed: [...sealed, segment] });
  }

  roomWritten(name: RoomName): void {
    this.#written.add(name);
    this.#deletedRooms.delete(name);
  }

  roomDeleted(name: RoomName): void {
    this.#written.delete(name);
    this.#deletedRooms.add(name);
  }

  /** Every room that a session has or may have: what must be deleted when it is. */
  roomsOf(sessionId: SessionId): readonly RoomName[] {
    const segment = this.segments(sessionId).open;
    const always: readonly Room[] = [
      { kind: 'session', sessionId },
      { kind: 'review', sessionId },
      { kind: 'state', sessionId },
      { kind: 'transcript', sessionId, segment },
    ];
    const written = [...this.#written].filter((name) => name.split('/')[1] === sessionId);
    return [...new Set([...always.map(roomName), ...written])];
  }

  #statusOfSegment(sessionId: SessionId, segment: number, name: RoomName): RoomStatus {
    const status = this.#statusOfSessionRoom(sessionId, name);
    if (this.#deletedSessions.has(sessionId)) return status;
    const { open } = this.segments(sessionId);
    if (segment < open) return 'sealed';
    return segment > open ? 'later' : status;
  }

  #statusOfSessionRoom(sessionId: SessionId, name: RoomName): RoomStatus {
    if (this.#deletedSessions.has(sessionId)) return 'deleted';
    const byRows = this.#statusByRows(name);
    return byRows === 'absent' && this.#sessions.has(sessionId) ? 'open' : byRows;
  }

  #statusByRows(name: RoomName): RoomStatus {
    if (this.#deletedRooms.has(name)) return 'deleted';
    return this.#written.has(name) ? 'open' : 'absent';
  }
}
