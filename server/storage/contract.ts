import type { AgentCommand } from '#lib/domain/agent.ts';
import type {
  AgentId,
  CommandId,
  DeviceId,
  Epoch,
  PersonId,
  ProjectId,
  PromptId,
  SessionId,
  Sha256,
} from '#lib/domain/ids.ts';
import type { Operation } from '#lib/domain/operation.ts';
import type { PermissionRule } from '#lib/domain/permission.ts';
import type { Role, Scope } from '#lib/domain/role.ts';
import type { RoomName } from '#lib/domain/room.ts';
import type { SessionInfo } from '#lib/domain/session.ts';
import type { SealedSegment, TranscriptItem } from '#lib/domain/transcript.ts';

/**
 * Where the bridge keeps everything, as data. One suite (`tests/contract/storage.ts`) holds for every implementation; nothing
 * outside `storage/` knows which one it is.
 *
 * Order guarantees:
 * - a batch is written whole or not at all, and `commit` resolves only when it is on disk (`synchronous=FULL`);
 * - batches take effect in the order of the calls; calls that wait at the same time share one disk sync (group commit);
 * - `allocate` never returns a number twice in one epoch once a batch that was committed after it is on disk.
 */
export interface Storage {
  /** This life of the database, and whether it is paused because it was restored, rolled back or lost. */
  readonly life: DatabaseLife;
  /** The next number of the bridge's one sequence: positions of updates, items and operations. */
  allocate(): number;
  /** The highest number that is on disk. */
  position(): number;
  /**
   * @throws FailureError `disk_full` or `internal`; then nothing of the batch was written. A full disk fails every batch that
   *   waits or is called before those were told: a later one could stand on an earlier one.
   */
  commit(batch: readonly Write[]): Promise<void>;

  /** Snapshot and updates of a room in order. @throws RoomDamaged when a checksum does not hold. */
  loadRoom(room: RoomName): Promise<StoredRoom>;
  roomNames(): Promise<readonly RoomName[]>;
  /** Rooms that were deleted and not written again since. */
  deletedRooms(): Promise<readonly RoomName[]>;
  /** Which device first brought a Yjs client id into a room. */
  attribution(room: RoomName): Promise<ReadonlyMap<number, DeviceId>>;

  devices(): Promise<readonly DeviceRow[]>;
  people(): Promise<readonly PersonRow[]>;
  pairings(): Promise<readonly PairingRow[]>;
  sessions(): Promise<readonly SessionRow[]>;
  /** Every segment that was ever sealed, in order, by session. */
  sealedSegments(): Promise<ReadonlyMap<SessionId, readonly SealedSegment[]>>;
  agents(): Promise<readonly AgentRow[]>;
  rules(): Promise<readonly PermissionRule[]>;
  projects(): Promise<readonly ProjectRow[]>;

  operation(id: CommandId): Promise<OperationRow | null>;
  /** Operations whose last change is after `seq`, oldest change first, at most `limit`. */
  operationsAfter(seq: number, limit: number): Promise<readonly OperationRow[]>;
  /** The operations with the highest numbers, newest first, at most `limit`. */
  recentOperations(limit: number): Promise<readonly OperationRow[]>;
  /** When, by the bridge's clock, the position was issued: the greatest mark at or before it, or `null` if none is kept. */
  issuedAt(seq: number): Promise<number | null>;

  /** Items with `from <= seq <= to`, in order of `seq`. */
  items(sessionId: SessionId, from: number, to: number): Promise<readonly TranscriptItem[]>;
  /** Every prompt of which the transcript has an item: none of them is handed over again, however old its receipt. */
  handedOver(sessionId: SessionId): Promise<ReadonlySet<PromptId>>;
  blob(sha256: Sha256): Promise<Uint8Array | null>;
  hasBlob(sha256: Sha256): Promise<boolean>;

  /** Finishes what was begun, then closes; the data directory's lock is given back. */
  close(): Promise<void>;
}

export interface DatabaseLife {
  readonly epoch: Epoch;
  /** `begun`: a new data directory. `continued`: as left. `restored`: rolled back, replaced or lost, hence a new epoch. */
  readonly kind: 'begun' | 'continued' | 'restored';
  /** True until a person released the epoch; survives restarts. */
  readonly paused: boolean;
}

export interface StoredRoom {
  /** In order of writing; the first may be a snapshot. Each is a Yjs v1 update. */
  readonly updates: readonly Uint8Array[];
  /** Number of rows after the newest snapshot, and their bytes: what compaction goes by. */
  readonly rowsSinceSnapshot: number;
  readonly bytesSinceSnapshot: number;
  /** Position of the newest row; 0 when the room was never written. */
  readonly seq: number;
}

/** One change of the data; a batch of them is atomic. */
export type Write =
  | {
      readonly kind: 'update';
      readonly room: RoomName;
      readonly seq: number;
      readonly update: Uint8Array;
    }
  /** Replaces all rows of the room up to `seq` by one. */
  | {
      readonly kind: 'snapshot';
      readonly room: RoomName;
      readonly seq: number;
      readonly state: Uint8Array;
    }
  | {
      readonly kind: 'attribution';
      readonly room: RoomName;
      readonly clientId: number;
      readonly deviceId: DeviceId;
    }
  | { readonly kind: 'room_deleted'; readonly room: RoomName }
  | { readonly kind: 'device'; readonly row: DeviceRow }
  | { readonly kind: 'person'; readonly row: PersonRow }
  | { readonly kind: 'pairing'; readonly row: PairingRow }
  /** Insert or replace; what was sealed stays sealed whatever `row.sealed` and `row.openSegment` say. */
  | { readonly kind: 'session'; readonly row: SessionRow }
  /** A segment became an immutable blob; the next one is open. */
  | {
      readonly kind: 'segment_sealed';
      readonly sessionId: SessionId;
      readonly segment: SealedSegment;
    }
  | { readonly kind: 'agent'; readonly row: AgentRow }
  | { readonly kind: 'rule'; readonly rule: PermissionRule }
  | { readonly kind: 'rule_deleted'; readonly id: PermissionRule['id'] }
  | { readonly kind: 'project'; readonly row: ProjectRow }
  /** Insert or replace by id; `operation.seq` is the position of this change. */
  | { readonly kind: 'operation'; readonly row: OperationRow }
  | {
      readonly kind: 'item';
      readonly sessionId: SessionId;
      readonly segment: number;
      readonly item: TranscriptItem;
    }
  | { readonly kind: 'blob'; readonly sha256: Sha256; readonly bytes: Uint8Array }
  /** A person released a paused epoch. */
  | { readonly kind: 'released' }
  /** Notes the bridge's time at a position, so that the age of a command can be judged without a device's clock. */
  | { readonly kind: 'time_mark'; readonly seq: number; readonly at: number };

export interface DeviceRow {
  readonly id: DeviceId;
  readonly personId: PersonId;
  readonly name: string;
  readonly role: Role;
  readonly scope: Scope;
  readonly kind: 'browser' | 'program' | 'terminal';
  /** SHA-256 of the token, hex; the token itself is nowhere. */
  readonly tokenHash: string;
  readonly publicKey: string | null;
  readonly pairedAt: number;
  readonly revokedAt: number | null;
}

export interface PersonRow {
  readonly id: PersonId;
  readonly name: string;
  readonly color: number;
  readonly joinedAt: number;
}

/** A pairing link that was made; role, scope and person are fixed in it. */
export interface PairingRow {
  readonly secretHash: string;
  readonly role: Role;
  readonly scope: Scope;
  /** `null`: the device that redeems it begins a new person named like `personName`. */
  readonly personId: PersonId | null;
  readonly personName: string;
  readonly madeBy: DeviceId | null;
  readonly expiresAt: number;
  readonly usedAt: number | null;
}

export interface SessionRow {
  readonly info: SessionInfo;
  /** The agent's own id for its history, to resume it; `null` before its first start. */
  readonly agentSessionId: string | null;
  readonly modeId: string | null;
  readonly turns: number;
  readonly openSegment: number;
  readonly sealed: readonly SealedSegment[];
  /** Set when the session's rooms are gone for good. */
  readonly deletedAt: number | null;
}

export interface AgentRow {
  readonly id: AgentId;
  readonly name: string;
  /** `null` takes an owner's entry back. */
  readonly launch: AgentCommand | null;
  readonly setBy: DeviceId;
  readonly setAt: number;
}

export interface ProjectRow {
  readonly id: ProjectId;
  readonly name: string;
  /** Canonical absolute path of the repository's top. */
  readonly path: string;
  readonly playground: boolean;
  readonly addedAt: number;
}

export interface OperationRow {
  readonly operation: Operation;
  /** SHA-256 of the command's canonical JSON: the same id with another payload is a conflict. */
  readonly payloadHash: string;
  /** The command as accepted, canonical JSON. */
  readonly command: string;
}

/** A room whose stored bytes do not match their checksum; it is quarantined, the others go on. */
export class RoomDamaged extends Error {
  readonly room: RoomName;

  constructor(room: RoomName, message: string) {
    super(message);
    this.name = 'RoomDamaged';
    this.room = room;
  }
}
