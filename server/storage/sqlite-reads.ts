import { crc32 } from 'node:zlib';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import {
  deviceIdSchema,
  promptIdSchema,
  sessionIdSchema,
  type CommandId,
  type DeviceId,
  type PromptId,
  type SessionId,
  type Sha256,
} from '#lib/domain/ids.ts';
import type { RoomName } from '#lib/domain/room.ts';
import type { Parsed, Schema } from '#lib/domain/schema.ts';
import type { SealedSegment, TranscriptItem } from '#lib/domain/transcript.ts';
import { bytesIn, numberIn, textIn, type SqlRow } from './columns.ts';
import { RoomDamaged, type OperationRow, type SessionRow, type StoredRoom } from './contract.ts';
import type { Log } from './log.ts';
import {
  operationSchema,
  sealedSegmentSchema,
  sessionRowSchema,
  transcriptItemSchema,
} from './rows.ts';
import { withSealed } from './sealed-segments.ts';
import type { RecordKind } from './sqlite-writes.ts';

/** What was committed, as values. A row whose JSON does not fit is reported and left where it is; the others are given. */
export class SqliteReads {
  readonly #database: DatabaseSync;
  readonly #log: Log;
  readonly #prepared = new Map<string, StatementSync>();

  constructor(database: DatabaseSync, log: Log) {
    this.#database = database;
    this.#log = log;
  }

  room(room: RoomName): StoredRoom {
    const rows = this.#all(
      `SELECT seq, snapshot, bytes, crc FROM room_rows
       WHERE room = (SELECT id FROM rooms WHERE name = ?) ORDER BY seq`,
      [room],
    );
    const updates: Uint8Array[] = [];
    let rowsSinceSnapshot = 0;
    let bytesSinceSnapshot = 0;
    let seq = 0;
    for (const row of rows) {
      const bytes = bytesIn(row, 'bytes');
      seq = numberIn(row, 'seq');
      if (crc32(bytes) !== numberIn(row, 'crc'))
        throw new RoomDamaged(
          room,
          `expected the stored bytes of room ${room} at ${String(seq)} to match their checksum`,
        );
      updates.push(bytes);
      if (numberIn(row, 'snapshot') === 1) continue;
      rowsSinceSnapshot += 1;
      bytesSinceSnapshot += bytes.length;
    }
    return { updates, rowsSinceSnapshot, bytesSinceSnapshot, seq };
  }

  roomNames(): RoomName[] {
    return this.#all(
      'SELECT name FROM rooms WHERE deleted = 0 AND EXISTS (SELECT 1 FROM room_rows WHERE room = rooms.id) ORDER BY name',
    ).map((row) => textIn(row, 'name'));
  }

  deletedRooms(): RoomName[] {
    return this.#all('SELECT name FROM rooms WHERE deleted = 1 ORDER BY name').map((row) =>
      textIn(row, 'name'),
    );
  }

  attribution(room: RoomName): Map<number, DeviceId> {
    const rows = this.#all(
      'SELECT client, device FROM attributions WHERE room = (SELECT id FROM rooms WHERE name = ?)',
      [room],
    );
    return new Map(
      rows.map((row) => [numberIn(row, 'client'), deviceIdSchema.parse(row['device'])]),
    );
  }

  records<S extends Schema>(kind: RecordKind, schema: S): Parsed<S>[] {
    return this.#parsed(
      `record ${kind}`,
      schema,
      this.#all('SELECT id, json FROM records WHERE kind = ? ORDER BY id', [kind]),
    );
  }

  sessions(): SessionRow[] {
    const sealed = this.sealedSegments();
    return this.records('session', sessionRowSchema).map((row) =>
      withSealed(row, sealed.get(row.info.id) ?? []),
    );
  }

  sealedSegments(): Map<SessionId, SealedSegment[]> {
    const sealed = new Map<SessionId, SealedSegment[]>();
    for (const row of this.#all('SELECT session AS id, json FROM segments ORDER BY session, n')) {
      const session = sessionIdSchema.parse(row['id']);
      const segments = sealed.get(session) ?? [];
      sealed.set(session, segments);
      segments.push(...this.#parsed('segment', sealedSegmentSchema, [row]));
    }
    return sealed;
  }

  operation(id: CommandId): OperationRow | null {
    return this.#operations('WHERE id = ?', [id])[0] ?? null;
  }

  operationsAfter(seq: number, limit: number): OperationRow[] {
    return this.#operations('WHERE seq > ? ORDER BY seq LIMIT ?', [seq, limit]);
  }

  recentOperations(limit: number): OperationRow[] {
    return this.#operations('ORDER BY number DESC LIMIT ?', [limit]);
  }

  issuedAt(seq: number): number | null {
    const row = this.#statement(
      'SELECT at FROM time_marks WHERE seq <= ? ORDER BY seq DESC LIMIT 1',
    ).get(seq);
    return row === undefined ? null : numberIn(row, 'at');
  }

  items(sessionId: SessionId, from: number, to: number): TranscriptItem[] {
    return this.#parsed(
      'item',
      transcriptItemSchema,
      this.#all(
        'SELECT seq AS id, json FROM items WHERE session = ? AND seq >= ? AND seq <= ? ORDER BY seq',
        [sessionId, from, to],
      ),
    );
  }

  handedOver(sessionId: SessionId): Set<PromptId> {
    const rows = this.#all('SELECT prompt FROM items WHERE session = ? AND prompt IS NOT NULL', [
      sessionId,
    ]);
    return new Set(rows.map((row) => promptIdSchema.parse(row['prompt'])));
  }

  blob(sha256: Sha256): Uint8Array | null {
    const row = this.#statement('SELECT bytes FROM blobs WHERE sha256 = ?').get(sha256);
    return row === undefined ? null : bytesIn(row, 'bytes');
  }

  hasBlob(sha256: Sha256): boolean {
    return this.#statement('SELECT 1 FROM blobs WHERE sha256 = ?').get(sha256) !== undefined;
  }

  meta(key: string): string | null {
    const row = this.#statement('SELECT value FROM meta WHERE key = ?').get(key);
    return row === undefined ? null : textIn(row, 'value');
  }

  #operations(clause: string, values: SQLInputValue[]): OperationRow[] {
    const rows = this.#all(
      `SELECT id, json, payload_hash, command FROM operations ${clause}`,
      values,
    );
    return rows.flatMap((row) =>
      this.#parsed('operation', operationSchema, [row]).map((operation) => ({
        operation,
        payloadHash: textIn(row, 'payload_hash'),
        command: textIn(row, 'command'),
      })),
    );
  }

  #parsed<S extends Schema>(what: string, schema: S, rows: readonly SqlRow[]): Parsed<S>[] {
    return rows.flatMap((row) => {
      const parsed = schema.safeParse(jsonOf(textIn(row, 'json')));
      if (parsed.success) return [parsed.data];
      this.#log.error(
        { what, id: row['id'], expected: parsed.error.message },
        'a stored row does not have its expected shape: it is left as it is and not used',
      );
      return [];
    });
  }

  #all(sql: string, values: SQLInputValue[] = []): SqlRow[] {
    return this.#statement(sql).all(...values);
  }

  #statement(sql: string): StatementSync {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#prepared.set(sql, statement);
    return statement;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
