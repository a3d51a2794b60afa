import { crc32 } from 'node:zlib';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { assertNever } from '#lib/domain/failure.ts';
import type { RoomName } from '#lib/domain/room.ts';
import { numberIn } from './columns.ts';
import type { OperationRow, Write } from './contract.ts';

/** Kinds of the rows that are one JSON value under an id. */
export type RecordKind = 'device' | 'person' | 'pairing' | 'session' | 'agent' | 'rule' | 'project';

/** Puts one {@link Write} into the open transaction. */
export class SqliteWrites {
  readonly #database: DatabaseSync;
  readonly #prepared = new Map<string, StatementSync>();
  readonly #roomIds = new Map<RoomName, number>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** A transaction was rolled back: ids of rooms that it made are no more. */
  forgetRooms(): void {
    this.#roomIds.clear();
  }

  apply(write: Write): void {
    switch (write.kind) {
      case 'update':
        this.#putRow(write.room, write.seq, false, write.update);
        return;
      case 'snapshot':
        this.#run('DELETE FROM room_rows WHERE room = ? AND seq <= ?', [
          this.#roomId(write.room),
          write.seq,
        ]);
        this.#putRow(write.room, write.seq, true, write.state);
        return;
      case 'attribution':
        this.#run('INSERT OR IGNORE INTO attributions (room, client, device) VALUES (?, ?, ?)', [
          this.#roomId(write.room),
          write.clientId,
          write.deviceId,
        ]);
        return;
      case 'room_deleted':
        this.#deleteRoom(write.room);
        return;
      case 'device':
        this.#putRecord('device', write.row.id, write.row);
        return;
      case 'person':
        this.#putRecord('person', write.row.id, write.row);
        return;
      case 'pairing':
        this.#putRecord('pairing', write.row.secretHash, write.row);
        return;
      case 'session':
        for (const segment of write.row.sealed) this.#seal(write.row.info.id, segment);
        this.#putRecord('session', write.row.info.id, write.row);
        return;
      case 'segment_sealed':
        this.#seal(write.sessionId, write.segment);
        return;
      case 'agent':
        this.#putRecord('agent', write.row.id, write.row);
        return;
      case 'rule':
        this.#putRecord('rule', write.rule.id, write.rule);
        return;
      case 'rule_deleted':
        this.#run('DELETE FROM records WHERE kind = ? AND id = ?', ['rule', write.id]);
        return;
      case 'project':
        this.#putRecord('project', write.row.id, write.row);
        return;
      case 'operation':
        this.#putOperation(write.row);
        return;
      case 'item':
        this.#run(
          'INSERT OR REPLACE INTO items (session, seq, segment, prompt, json) VALUES (?, ?, ?, ?, ?)',
          [
            write.sessionId,
            write.item.seq,
            write.segment,
            write.item.kind === 'prompt' ? write.item.promptId : null,
            JSON.stringify(write.item),
          ],
        );
        return;
      case 'blob':
        this.#run('INSERT OR IGNORE INTO blobs (sha256, bytes) VALUES (?, ?)', [
          write.sha256,
          write.bytes,
        ]);
        return;
      case 'released':
        this.putMeta('paused', '0');
        return;
      case 'time_mark':
        this.#run('INSERT OR REPLACE INTO time_marks (seq, at) VALUES (?, ?)', [
          write.seq,
          write.at,
        ]);
        return;
      default:
        assertNever(write);
    }
  }

  putMeta(key: string, value: string): void {
    this.#run('INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)', [key, value]);
  }

  #putRow(room: RoomName, seq: number, snapshot: boolean, bytes: Uint8Array): void {
    const id = this.#roomId(room);
    this.#run('INSERT INTO room_rows (room, seq, snapshot, bytes, crc) VALUES (?, ?, ?, ?, ?)', [
      id,
      seq,
      snapshot ? 1 : 0,
      bytes,
      crc32(bytes),
    ]);
  }

  #roomId(room: RoomName): number {
    const known = this.#roomIds.get(room);
    if (known !== undefined) return known;
    this.#run(
      'INSERT INTO rooms (name, deleted) VALUES (?, 0) ON CONFLICT (name) DO UPDATE SET deleted = 0',
      [room],
    );
    const found = this.#statement('SELECT id FROM rooms WHERE name = ?').get(room);
    if (found === undefined) throw new Error(`expected room ${room} to have been made`);
    const id = numberIn(found, 'id');
    this.#roomIds.set(room, id);
    return id;
  }

  #deleteRoom(room: RoomName): void {
    const id = this.#roomId(room);
    this.#run('DELETE FROM room_rows WHERE room = ?', [id]);
    this.#run('DELETE FROM attributions WHERE room = ?', [id]);
    this.#run('UPDATE rooms SET deleted = 1 WHERE id = ?', [id]);
    // Its next row makes it exist again.
    this.#roomIds.delete(room);
  }

  #putRecord(kind: RecordKind, id: string, row: object): void {
    this.#run('INSERT OR REPLACE INTO records (kind, id, json) VALUES (?, ?, ?)', [
      kind,
      id,
      JSON.stringify(row),
    ]);
  }

  #seal(session: string, segment: { readonly n: number }): void {
    this.#run('INSERT OR IGNORE INTO segments (session, n, json) VALUES (?, ?, ?)', [
      session,
      segment.n,
      JSON.stringify(segment),
    ]);
  }

  #putOperation({ operation, payloadHash, command }: OperationRow): void {
    this.#run(
      `INSERT INTO operations (id, seq, number, json, payload_hash, command) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, number = excluded.number, json = excluded.json,
         payload_hash = excluded.payload_hash, command = excluded.command`,
      [
        operation.id,
        operation.seq,
        operation.number,
        JSON.stringify(operation),
        payloadHash,
        command,
      ],
    );
  }

  #run(sql: string, values: SQLInputValue[]): void {
    this.#statement(sql).run(...values);
  }

  #statement(sql: string): StatementSync {
    const known = this.#prepared.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#prepared.set(sql, statement);
    return statement;
  }
}
