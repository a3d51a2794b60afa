import type { DatabaseSync } from 'node:sqlite';
import type { FailureError } from '#lib/domain/failure.ts';
import type { Write } from './contract.ts';
import type { Beginning } from './database-life.ts';
import type { GroupOutcome, WaitingBatch } from './group-commit.ts';
import { positionOf, type Sequence } from './sequence.ts';
import { sqliteFailure } from './sqlite-failure.ts';
import { SqliteWrites } from './sqlite-writes.ts';

/** Writes groups of batches, each group in one transaction and so with one disk sync, each batch whole or not at all. */
export class SqliteGroups {
  readonly #database: DatabaseSync;
  readonly #writes: SqliteWrites;
  readonly #sequence: Sequence;

  constructor(database: DatabaseSync, sequence: Sequence) {
    this.#database = database;
    this.#writes = new SqliteWrites(database);
    this.#sequence = sequence;
  }

  /** Puts down how a life of the database begins. */
  begin({ life, allocated, position }: Beginning): void {
    this.#database.exec('BEGIN IMMEDIATE');
    this.#writes.putMeta('epoch', life.epoch);
    this.#writes.putMeta('paused', life.paused ? '1' : '0');
    this.#writes.putMeta('allocated', String(allocated));
    this.#writes.putMeta('position', String(position));
    this.#database.exec('COMMIT');
  }

  write(batches: readonly WaitingBatch[]): GroupOutcome {
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      const errors = batches.map((batch) => this.#writeBatch(batch.writes));
      const written = batches.filter((_, index) => errors[index] === null);
      const position = Math.max(
        this.#sequence.position,
        ...written.map(({ writes }) => highestIn(writes)),
      );
      const allocated = Math.max(this.#sequence.allocated, position);
      this.#writes.putMeta('allocated', String(allocated));
      this.#writes.putMeta('position', String(position));
      this.#database.exec('COMMIT');
      this.#sequence.reached(position, allocated);
      return errors;
    } catch (error) {
      this.#writes.forgetRooms();
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      const failed = sqliteFailure(error);
      return batches.map(() => failed);
    }
  }

  /** @returns why this batch alone is absent; throws when the whole group must be. */
  #writeBatch(writes: readonly Write[]): FailureError | null {
    this.#database.exec('SAVEPOINT batch');
    try {
      for (const write of writes) this.#writes.apply(write);
      this.#database.exec('RELEASE batch');
      return null;
    } catch (error) {
      const failed = sqliteFailure(error);
      // SQLite itself ends the transaction on some errors; then none of the group is there.
      if (failed.failure.code === 'disk_full' || !this.#database.isTransaction) throw failed;
      this.#database.exec('ROLLBACK TO batch; RELEASE batch');
      this.#writes.forgetRooms();
      return failed;
    }
  }
}

function highestIn(writes: readonly Write[]): number {
  let highest = 0;
  for (const write of writes) highest = Math.max(highest, positionOf(write));
  return highest;
}
