import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { Clock, Random, Scheduler } from '#lib/domain/clock.ts';
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
import { permissionRuleSchema, type PermissionRule } from '#lib/domain/permission.ts';
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
import { makePrivateFile, prepareDataDirectory, type DataFiles } from './data-directory.ts';
import { beginLife, type StoredLife } from './database-life.ts';
import { lockDirectory, type ReleaseDirectory } from './directory-lock.ts';
import { GroupCommit, type GroupOutcome, type WaitingBatch } from './group-commit.ts';
import { readHighWaterMark } from './high-water-mark.ts';
import type { Log } from './log.ts';
import { MarkKeeper } from './mark-keeper.ts';
import { migrate, refuseNewer } from './migrations.ts';
import {
  agentRowSchema,
  deviceRowSchema,
  pairingRowSchema,
  personRowSchema,
  projectRowSchema,
} from './rows.ts';
import { Sequence } from './sequence.ts';
import { sqliteFailure } from './sqlite-failure.ts';
import { SqliteGroups } from './sqlite-groups.ts';
import { SqliteReads } from './sqlite-reads.ts';

export interface SqliteStorageOptions {
  /** Made where it is missing, with mode 0700; one process at a time. */
  readonly directory: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Writes the high-water mark when nothing was committed for a while; without it, every so many commits and on close only. */
  readonly scheduler?: Scheduler;
  /** Bound of the database in pages of 4 KiB; reaching it is like a full disk. */
  readonly databasePagesMax?: number;
}

/**
 * Opens the data directory and its database, or makes them.
 *
 * @throws FailureError `unavailable` (another process has the directory), `conflict` (a newer Rejoin made the database),
 *   `internal` (the file is no database)
 */
export function openSqliteStorage(options: SqliteStorageOptions): Promise<Storage> {
  return Promise.resolve().then(() => open(options));
}

function open(options: SqliteStorageOptions): Storage {
  const files = prepareDataDirectory(options.directory);
  const release = lockDirectory(files);
  try {
    const database = openDatabase(files, options);
    try {
      return new SqliteStorage(database, files, release, options);
    } catch (error) {
      database.close();
      throw error;
    }
  } catch (error) {
    release();
    throw sqliteFailure(error);
  }
}

function openDatabase(files: DataFiles, options: SqliteStorageOptions): DatabaseSync {
  if (existsSync(files.database)) {
    const look = new DatabaseSync(files.database, { readOnly: true });
    try {
      refuseNewer(look, files.database);
    } finally {
      look.close();
    }
  }
  makePrivateFile(files.database);
  const database = new DatabaseSync(files.database, { enableForeignKeyConstraints: true });
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000');
  migrate(database);
  if (options.databasePagesMax !== undefined)
    database.exec(`PRAGMA max_page_count = ${String(options.databasePagesMax)}`);
  warnOfOldSqlite(database, options.log);
  return database;
}

/** Before 3.51.3 a reset of the write-ahead log could, rarely, lose a committed transaction. */
function warnOfOldSqlite(database: DatabaseSync, log: Log): void {
  const version = String(database.prepare('SELECT sqlite_version() AS version').get()?.['version']);
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  if (major * 1_000_000 + minor * 1000 + patch < 3_051_003)
    log.warn({ version }, 'expected SQLite 3.51.3 or newer; use a newer Node.js');
}

class SqliteStorage implements Storage {
  readonly #database: DatabaseSync;
  readonly #release: ReleaseDirectory;
  readonly #reads: SqliteReads;
  readonly #groups: SqliteGroups;
  readonly #sequence: Sequence;
  readonly #mark: MarkKeeper;
  readonly #commits: GroupCommit;
  #life: DatabaseLife;
  #closing: Promise<void> | null = null;

  constructor(
    database: DatabaseSync,
    files: DataFiles,
    release: ReleaseDirectory,
    options: SqliteStorageOptions,
  ) {
    this.#database = database;
    this.#release = release;
    this.#reads = new SqliteReads(database, options.log);
    const beginning = beginLife(
      storedLife(this.#reads),
      readHighWaterMark(files.highWaterMark),
      epochSchema.parse(newName(options.random)),
    );
    this.#life = beginning.life;
    this.#sequence = new Sequence(beginning.allocated, beginning.position);
    this.#groups = new SqliteGroups(database, this.#sequence);
    if (beginning.life.kind !== 'continued') this.#groups.begin(beginning);
    if (beginning.because !== null)
      options.log.error(
        { epoch: beginning.life.epoch, because: beginning.because },
        'the database was restored or replaced: a new epoch begins, paused until a person releases it',
      );
    this.#mark = new MarkKeeper({
      path: files.highWaterMark,
      value: () => ({ v: 1, epoch: this.#life.epoch, allocated: this.#sequence.durable }),
      log: options.log,
      scheduler: options.scheduler ?? null,
    });
    this.#mark.write();
    this.#commits = new GroupCommit((batches) => this.#writeGroup(batches));
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
    if (this.#closing !== null)
      return Promise.reject(new FailureError('unavailable', 'the database is closed'));
    return this.#commits.commit(batch);
  }

  loadRoom(room: RoomName): Promise<StoredRoom> {
    return answer(() => this.#reads.room(room));
  }

  roomNames(): Promise<readonly RoomName[]> {
    return answer(() => this.#reads.roomNames());
  }

  deletedRooms(): Promise<readonly RoomName[]> {
    return answer(() => this.#reads.deletedRooms());
  }

  attribution(room: RoomName): Promise<ReadonlyMap<number, DeviceId>> {
    return answer(() => this.#reads.attribution(room));
  }

  devices(): Promise<readonly DeviceRow[]> {
    return answer(() => this.#reads.records('device', deviceRowSchema));
  }

  people(): Promise<readonly PersonRow[]> {
    return answer(() => this.#reads.records('person', personRowSchema));
  }

  pairings(): Promise<readonly PairingRow[]> {
    return answer(() => this.#reads.records('pairing', pairingRowSchema));
  }

  sessions(): Promise<readonly SessionRow[]> {
    return answer(() => this.#reads.sessions());
  }

  sealedSegments(): Promise<ReadonlyMap<SessionId, readonly SealedSegment[]>> {
    return answer(() => this.#reads.sealedSegments());
  }

  agents(): Promise<readonly AgentRow[]> {
    return answer(() => this.#reads.records('agent', agentRowSchema));
  }

  rules(): Promise<readonly PermissionRule[]> {
    return answer(() => this.#reads.records('rule', permissionRuleSchema));
  }

  projects(): Promise<readonly ProjectRow[]> {
    return answer(() => this.#reads.records('project', projectRowSchema));
  }

  operation(id: CommandId): Promise<OperationRow | null> {
    return answer(() => this.#reads.operation(id));
  }

  operationsAfter(seq: number, limit: number): Promise<readonly OperationRow[]> {
    return answer(() => this.#reads.operationsAfter(seq, limit));
  }

  recentOperations(limit: number): Promise<readonly OperationRow[]> {
    return answer(() => this.#reads.recentOperations(limit));
  }

  issuedAt(seq: number): Promise<number | null> {
    return answer(() => this.#reads.issuedAt(seq));
  }

  items(sessionId: SessionId, from: number, to: number): Promise<readonly TranscriptItem[]> {
    return answer(() => this.#reads.items(sessionId, from, to));
  }

  handedOver(sessionId: SessionId): Promise<ReadonlySet<PromptId>> {
    return answer(() => this.#reads.handedOver(sessionId));
  }

  blob(sha256: Sha256): Promise<Uint8Array | null> {
    return answer(() => this.#reads.blob(sha256));
  }

  hasBlob(sha256: Sha256): Promise<boolean> {
    return answer(() => this.#reads.hasBlob(sha256));
  }

  close(): Promise<void> {
    this.#closing ??= this.#commits.drained().then(() => {
      this.#mark.close();
      this.#database.close();
      this.#release();
    });
    return this.#closing;
  }

  #writeGroup(batches: readonly WaitingBatch[]): GroupOutcome {
    const outcome = this.#groups.write(batches);
    const written = batches.filter((_, index) => outcome[index] === null);
    if (written.some(({ writes }) => writes.some(({ kind }) => kind === 'released')))
      this.#life = { ...this.#life, paused: false };
    if (written.length > 0) this.#mark.committed();
    return outcome;
  }
}

function storedLife(reads: SqliteReads): StoredLife | null {
  const epoch = reads.meta('epoch');
  if (epoch === null) return null;
  return {
    epoch: epochSchema.parse(epoch),
    paused: reads.meta('paused') === '1',
    allocated: Number(reads.meta('allocated') ?? 0),
    position: Number(reads.meta('position') ?? 0),
  };
}

/** Runs a read on the next microtask, so that what it throws is a rejection. */
function answer<T>(read: () => T): Promise<T> {
  return Promise.resolve().then(read);
}
