import { assertNever } from '#lib/domain/failure.ts';
import type { DeviceId, SessionId } from '#lib/domain/ids.ts';
import type { PermissionRule } from '#lib/domain/permission.ts';
import type { RoomName } from '#lib/domain/room.ts';
import type { SealedSegment, TranscriptItem } from '#lib/domain/transcript.ts';
import {
  RoomDamaged,
  type AgentRow,
  type DatabaseLife,
  type DeviceRow,
  type OperationRow,
  type PairingRow,
  type PersonRow,
  type ProjectRow,
  type SessionRow,
  type StoredRoom,
  type Write,
} from './contract.ts';
import { withSealed } from './sealed-segments.ts';

interface RoomRow {
  readonly seq: number;
  readonly snapshot: boolean;
  readonly bytes: Uint8Array;
}

/** The committed data of a memory storage: what is on "disk". */
export class MemoryTables {
  life: DatabaseLife | null = null;
  allocated = 0;
  position = 0;
  readonly rooms = new Map<RoomName, RoomRow[]>();
  readonly deleted = new Set<RoomName>();
  readonly attributions = new Map<RoomName, Map<number, DeviceId>>();
  readonly devices = new Map<string, DeviceRow>();
  readonly people = new Map<string, PersonRow>();
  readonly pairings = new Map<string, PairingRow>();
  readonly sessions = new Map<string, SessionRow>();
  readonly sealed = new Map<SessionId, SealedSegment[]>();
  readonly agents = new Map<string, AgentRow>();
  readonly rules = new Map<string, PermissionRule>();
  readonly projects = new Map<string, ProjectRow>();
  readonly operations = new Map<string, OperationRow>();
  readonly items = new Map<string, Map<number, TranscriptItem>>();
  readonly blobs = new Map<string, Uint8Array>();
  readonly timeMarks = new Map<number, number>();

  /** Why a batch cannot be written, as the database's constraints would say it. */
  problemWith(writes: readonly Write[]): string | null {
    const seen = new Set<string>();
    for (const write of writes) {
      if (write.kind !== 'update') continue;
      const place = `${write.room} at ${String(write.seq)}`;
      if (seen.has(place) || this.rooms.get(write.room)?.some(({ seq }) => seq === write.seq))
        return `room ${place} is already written`;
      seen.add(place);
    }
    return null;
  }

  apply(write: Write): void {
    switch (write.kind) {
      case 'update':
        this.#putRow(write.room, { seq: write.seq, snapshot: false, bytes: write.update.slice() });
        return;
      case 'snapshot':
        this.rooms.set(
          write.room,
          (this.rooms.get(write.room) ?? []).filter(({ seq }) => seq > write.seq),
        );
        this.#putRow(write.room, { seq: write.seq, snapshot: true, bytes: write.state.slice() });
        return;
      case 'attribution': {
        const known = within(this.attributions, write.room, () => new Map<number, DeviceId>());
        if (!known.has(write.clientId)) known.set(write.clientId, write.deviceId);
        this.deleted.delete(write.room);
        return;
      }
      case 'room_deleted':
        this.rooms.delete(write.room);
        this.attributions.delete(write.room);
        this.deleted.add(write.room);
        return;
      case 'device':
        this.devices.set(write.row.id, write.row);
        return;
      case 'person':
        this.people.set(write.row.id, write.row);
        return;
      case 'pairing':
        this.pairings.set(write.row.secretHash, write.row);
        return;
      case 'session':
        for (const segment of write.row.sealed) this.#seal(write.row.info.id, segment);
        this.sessions.set(write.row.info.id, write.row);
        return;
      case 'segment_sealed':
        this.#seal(write.sessionId, write.segment);
        return;
      case 'agent':
        this.agents.set(write.row.id, write.row);
        return;
      case 'rule':
        this.rules.set(write.rule.id, write.rule);
        return;
      case 'rule_deleted':
        this.rules.delete(write.id);
        return;
      case 'project':
        this.projects.set(write.row.id, write.row);
        return;
      case 'operation':
        this.operations.set(write.row.operation.id, write.row);
        return;
      case 'item':
        within(this.items, write.sessionId, () => new Map<number, TranscriptItem>()).set(
          write.item.seq,
          write.item,
        );
        return;
      case 'blob':
        if (!this.blobs.has(write.sha256)) this.blobs.set(write.sha256, write.bytes.slice());
        return;
      case 'released':
        return;
      case 'time_mark':
        this.timeMarks.set(write.seq, write.at);
        return;
      default:
        assertNever(write);
    }
  }

  room(room: RoomName, damaged: ReadonlySet<RoomName>): StoredRoom {
    if (damaged.has(room))
      throw new RoomDamaged(
        room,
        `expected the stored bytes of room ${room} to match their checksum`,
      );
    const rows = this.rooms.get(room) ?? [];
    const since = rows.filter(({ snapshot }) => !snapshot);
    return {
      updates: rows.map(({ bytes }) => bytes.slice()),
      rowsSinceSnapshot: since.length,
      bytesSinceSnapshot: since.reduce((sum, { bytes }) => sum + bytes.length, 0),
      seq: rows.at(-1)?.seq ?? 0,
    };
  }

  roomNames(): RoomName[] {
    return [...this.rooms.keys()].filter((room) => this.rooms.get(room)?.length !== 0).sort();
  }

  sessionRows(): SessionRow[] {
    return [...this.sessions.values()]
      .sort((a, b) => (a.info.id < b.info.id ? -1 : 1))
      .map((row) => withSealed(row, this.sealed.get(row.info.id) ?? []));
  }

  sealedSegments(): Map<SessionId, SealedSegment[]> {
    return new Map(
      [...this.sealed].map(([session, segments]) => [
        session,
        segments.toSorted((a, b) => a.n - b.n),
      ]),
    );
  }

  issuedAt(seq: number): number | null {
    const marks = [...this.timeMarks].filter(([mark]) => mark <= seq).sort(([a], [b]) => b - a);
    return marks[0]?.[1] ?? null;
  }

  itemsOf(sessionId: SessionId, from: number, to: number): TranscriptItem[] {
    return [...(this.items.get(sessionId)?.values() ?? [])]
      .filter(({ seq }) => seq >= from && seq <= to)
      .sort((a, b) => a.seq - b.seq);
  }

  #putRow(room: RoomName, row: RoomRow): void {
    const rows = within(this.rooms, room, (): RoomRow[] => []);
    rows.push(row);
    rows.sort((a, b) => a.seq - b.seq);
    this.deleted.delete(room);
  }

  #seal(session: SessionId, segment: SealedSegment): void {
    const sealed = within(this.sealed, session, (): SealedSegment[] => []);
    if (!sealed.some(({ n }) => n === segment.n)) sealed.push(segment);
  }
}

function within<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
