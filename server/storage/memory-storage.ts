import type { Random } from '#lib/domain/clock.ts';
import { FailureError } from '#lib/domain/failure.ts';
import {
  epochSchema,
  newName,
  type CommandId,
  type DeviceId,
  type PromptId,
  type SessionId,
  type Sha256,
} from '#lib/domain/ids.ts';
import type { PermissionRule } from '#lib/domain/permission.ts';
import type { RoomName } from '#lib/domain/room.ts';
import type { SealedSegment, TranscriptItem } from '#lib/domain/transcript.ts';
import type {
  AgentRow,
  DatabaseLife,
  DeviceRow,
  OperationRow,
  PairingRow,
  PersonRow,
  ProjectRow,
  SessionRow,
  Storage,
  StoredRoom,
  Write,
} from './contract.ts';
import { MemoryTables } from './memory-tables.ts';
import { positionOf, Sequence } from './sequence.ts';

/** Faults that a test can switch on; each is a rule of the contract that real disks also break. */
export interface MemoryFaults {
  /** Every batch fails with `disk_full` and is absent. */
  full: boolean;
  /** Batches wait until it is false again, as behind a slow disk. */
  held: boolean;
  /** Reading one of these rooms says that its bytes do not match their checksum. */
  readonly damaged: Set<RoomName>;
}

/**
 * A {@link Storage} in memory: the same contract, no disk. `restart` gives what another process would find: everything that
 * was committed and nothing else.
 */
export class MemoryStorage implements Storage {
  readonly faults: MemoryFaults = { full: false, held: false, damaged: new Set() };
  readonly #tables: MemoryTables;
  readonly #sequence: Sequence;
  readonly #waiting: {
    readonly writes: readonly Write[];
    readonly settle: (error: FailureError | null) => void;
  }[] = [];
  #life: DatabaseLife;
  #planned = false;
  #closed = false;

  constructor(random: Random, tables = new MemoryTables()) {
    this.#tables = tables;
    const known = tables.life;
    this.#life =
      known === null
        ? { epoch: epochSchema.parse(newName(random)), kind: 'begun', paused: false }
        : { ...known, kind: 'continued' };
    tables.life = this.#life;
    this.#sequence = new Sequence(tables.allocated, tables.position);
  }

  /** The same data, as after the death of this process: what was not committed is gone. */
  restart(random: Random): MemoryStorage {
    this.#closed = true;
    return new MemoryStorage(random, this.#tables);
  }

  get life(): DatabaseLife {
    return this.#life;
  }

  allocate(): number {
    return this.#sequence.allocate();
  }

  position(): number {
    return this.#sequence.position;
  }

  commit(batch: readonly Write[]): Promise<void> {
    if (this.#closed) return Promise.reject(new FailureError('unavailable', 'the data is closed'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({
        writes: [...batch],
        settle: (error) => {
          if (error === null) resolve();
          else reject(error);
        },
      });
      this.#plan();
    });
  }

  /** Ends a hold: what waited is written, in order. */
  letGo(): void {
    this.faults.held = false;
    this.#plan();
  }

  #plan(): void {
    if (this.#planned) return;
    this.#planned = true;
    queueMicrotask(() => {
      this.#planned = false;
      this.#flush();
    });
  }

  #flush(): void {
    if (this.faults.held || this.#closed) return;
    for (const { writes, settle } of this.#waiting.splice(0)) {
      if (this.faults.full) {
        settle(
          new FailureError('disk_full', 'the disk is full: nothing of this change was written'),
        );
        continue;
      }
      const problem = this.#tables.problemWith(writes);
      if (problem !== null) {
        settle(new FailureError('internal', `the database refused a change: ${problem}`));
        continue;
      }
      for (const write of writes) this.#tables.apply(write);
      const position = writes.reduce((high, write) => Math.max(high, positionOf(write)), 0);
      this.#sequence.reached(position, Math.max(position, this.#sequence.allocated));
      this.#tables.allocated = this.#sequence.allocated;
      this.#tables.position = this.#sequence.position;
      if (writes.some(({ kind }) => kind === 'released'))
        this.#life = this.#tables.life = { ...this.#life, paused: false };
      settle(null);
    }
  }

  loadRoom(room: RoomName): Promise<StoredRoom> {
    return answer(() => this.#tables.room(room, this.faults.damaged));
  }

  roomNames(): Promise<readonly RoomName[]> {
    return answer(() => this.#tables.roomNames());
  }

  deletedRooms(): Promise<readonly RoomName[]> {
    return answer(() => [...this.#tables.deleted].sort());
  }

  attribution(room: RoomName): Promise<ReadonlyMap<number, DeviceId>> {
    return answer(() => new Map(this.#tables.attributions.get(room)));
  }

  devices(): Promise<readonly DeviceRow[]> {
    return answer(() => ordered(this.#tables.devices));
  }

  people(): Promise<readonly PersonRow[]> {
    return answer(() => ordered(this.#tables.people));
  }

  pairings(): Promise<readonly PairingRow[]> {
    return answer(() => ordered(this.#tables.pairings));
  }

  sessions(): Promise<readonly SessionRow[]> {
    return answer(() => this.#tables.sessionRows());
  }

  sealedSegments(): Promise<ReadonlyMap<SessionId, readonly SealedSegment[]>> {
    return answer(() => this.#tables.sealedSegments());
  }

  agents(): Promise<readonly AgentRow[]> {
    return answer(() => ordered(this.#tables.agents));
  }

  rules(): Promise<readonly PermissionRule[]> {
    return answer(() => ordered(this.#tables.rules));
  }

  projects(): Promise<readonly ProjectRow[]> {
    return answer(() => ordered(this.#tables.projects));
  }

  operation(id: CommandId): Promise<OperationRow | null> {
    return answer(() => this.#tables.operations.get(id) ?? null);
  }

  operationsAfter(seq: number, limit: number): Promise<readonly OperationRow[]> {
    return answer(() =>
      [...this.#tables.operations.values()]
        .filter(({ operation }) => operation.seq > seq)
        .sort((a, b) => a.operation.seq - b.operation.seq)
        .slice(0, limit),
    );
  }

  recentOperations(limit: number): Promise<readonly OperationRow[]> {
    return answer(() =>
      [...this.#tables.operations.values()]
        .sort((a, b) => b.operation.number - a.operation.number)
        .slice(0, limit),
    );
  }

  issuedAt(seq: number): Promise<number | null> {
    return answer(() => this.#tables.issuedAt(seq));
  }

  items(sessionId: SessionId, from: number, to: number): Promise<readonly TranscriptItem[]> {
    return answer(() => this.#tables.itemsOf(sessionId, from, to));
  }

  handedOver(sessionId: SessionId): Promise<ReadonlySet<PromptId>> {
    return answer(
      () =>
        new Set(
          this.#tables
            .itemsOf(sessionId, 0, Number.MAX_SAFE_INTEGER)
            .flatMap((item) => (item.kind === 'prompt' ? [item.promptId] : [])),
        ),
    );
  }

  blob(sha256: Sha256): Promise<Uint8Array | null> {
    return answer(() => this.#tables.blobs.get(sha256) ?? null);
  }

  hasBlob(sha256: Sha256): Promise<boolean> {
    return answer(() => this.#tables.blobs.has(sha256));
  }

  async close(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#closed) {
      this.letGo();
      await Promise.resolve();
    }
    this.#closed = true;
  }
}

export const memoryStorage = (random: Random): MemoryStorage => new MemoryStorage(random);

const ordered = <T>(rows: ReadonlyMap<string, T>): T[] =>
  [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);

function answer<T>(read: () => T): Promise<T> {
  return Promise.resolve().then(read);
}
