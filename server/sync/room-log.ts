import { limits } from '#lib/domain/limits.ts';
import type { RoomName } from '#lib/domain/room.ts';
import type { Storage, StoredRoom, Write } from '../storage/contract.ts';

/** The rows of one room: where its updates go, how many wait for the disk, and when they should become one snapshot. */
export class RoomLog {
  readonly #storage: Storage;
  readonly #room: RoomName;
  #seq: number;
  #rows: number;
  #rowBytes: number;
  #snapshotBytes: number;
  #pending = 0;
  #compacting = false;
  #tail: Promise<void> = Promise.resolve();

  constructor(storage: Storage, room: RoomName, stored: StoredRoom) {
    const bytes = stored.updates.reduce((sum, update) => sum + update.length, 0);
    this.#storage = storage;
    this.#room = room;
    this.#seq = stored.seq;
    this.#rows = stored.rowsSinceSnapshot;
    this.#rowBytes = stored.bytesSinceSnapshot;
    this.#snapshotBytes = bytes - stored.bytesSinceSnapshot;
  }

  /** Bytes of the room as stored, waiting ones included. */
  get bytes(): number {
    return this.#snapshotBytes + this.#rowBytes;
  }

  get written(): boolean {
    return this.#seq > 0;
  }

  get pending(): boolean {
    return this.#pending > 0;
  }

  /** Resolves when all that was appended before is on disk; rejects when it is not and never will be. */
  get tail(): Promise<void> {
    return this.#tail;
  }

  /** Queues updates and what must stand or fall with them as one batch. */
  append(updates: readonly Uint8Array[], also: readonly Write[]): Promise<void> {
    const rows = updates.map((update): Write => {
      this.#seq = this.#storage.allocate();
      this.#rows += 1;
      this.#rowBytes += update.length;
      return { kind: 'update', room: this.#room, seq: this.#seq, update };
    });
    const committed = this.#commit([...rows, ...also]);
    this.#tail = committed;
    return committed;
  }

  /** Many small rows cost time at loading, many bytes cost space: either is a reason, unless the snapshot would cost more. */
  get compactionDue(): boolean {
    if (this.#compacting) return false;
    if (this.#rows >= limits.snapshotRowsMax) return true;
    if (this.#rows >= limits.compactRowsMin && this.#rowBytes * 4 >= this.#snapshotBytes)
      return true;
    return this.#rowBytes >= Math.max(limits.compactBytesMin, this.#snapshotBytes);
  }

  /**
   * Replaces all rows by one, queued like any batch: what comes after is appended meanwhile. Nothing waits for it, and
   * nothing is lost when it fails.
   *
   * @param state the document with everything that was appended so far
   */
  async compact(state: Uint8Array): Promise<void> {
    const rows = this.#rows;
    const rowBytes = this.#rowBytes;
    this.#compacting = true;
    try {
      await this.#commit([{ kind: 'snapshot', room: this.#room, seq: this.#seq, state }]);
      this.#snapshotBytes = state.length;
      this.#rows -= rows;
      this.#rowBytes -= rowBytes;
    } finally {
      this.#compacting = false;
    }
  }

  async #commit(batch: readonly Write[]): Promise<void> {
    this.#pending += 1;
    try {
      await this.#storage.commit(batch);
    } finally {
      this.#pending -= 1;
    }
  }
}
