import type * as Y from 'yjs';
import { FailureError, reasonOf } from '#lib/domain/failure.ts';
import { limits } from '#lib/domain/limits.ts';
import type { Room } from '#lib/domain/room.ts';
import type { Write } from '../storage/contract.ts';
import type { Documents } from './documents.ts';
import type { RoomDocument } from './room-document.ts';

/** One edit of the bridge in a room of its own. */
export interface BridgeEdit {
  readonly change: (doc: Y.Doc) => void;
  /** About how much it adds, so that edits are collected into transactions of a bounded size. */
  readonly bytes: number;
  /** Writes that stand or fall with it. */
  readonly also?: readonly Write[];
}

interface Waiting extends BridgeEdit {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The bridge's hand in one room: edits are queued at once and applied in order, those of one moment in one transaction. An
 * edit whose promise is rejected left nothing behind.
 */
export class RoomWriter {
  readonly #documents: Documents;
  readonly #room: Room;
  #waiting: Waiting[] = [];
  #running = false;

  constructor(documents: Documents, room: Room) {
    this.#documents = documents;
    this.#room = room;
  }

  edit(edit: BridgeEdit): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ ...edit, resolve, reject });
      if (this.#running) return;
      this.#running = true;
      queueMicrotask(() => void this.#run());
    });
  }

  /** Reads the document after everything that was queued before. */
  async read<T>(look: (doc: Y.Doc) => T): Promise<T> {
    await this.edit({ change: () => undefined, bytes: 0 });
    const document = await this.#documents.open(this.#room);
    return look(document.doc);
  }

  async #run(): Promise<void> {
    try {
      const document = await this.#documents.open(this.#room);
      for (let group = this.#nextGroup(); group.length > 0; group = this.#nextGroup())
        apply(document, group);
      this.#running = false;
    } catch (error) {
      this.#running = false;
      const failed = new FailureError('unavailable', reasonOf(error), { cause: error });
      for (const { reject } of this.#waiting.splice(0)) reject(failed);
    }
  }

  #nextGroup(): Waiting[] {
    let bytes = 0;
    const end = this.#waiting.findIndex((edit, index) => {
      bytes += edit.bytes;
      return index > 0 && bytes > limits.bridgeEditBytesMax;
    });
    return this.#waiting.splice(0, end < 0 ? this.#waiting.length : end);
  }
}

function apply(document: RoomDocument, edits: readonly Waiting[]): void {
  document
    .edit(
      (doc) => {
        for (const { change } of edits) change(doc);
      },
      edits.flatMap(({ also }) => also ?? []),
    )
    .then(
      () => {
        for (const { resolve } of edits) resolve();
      },
      (error: unknown) => {
        for (const { reject } of edits) reject(error);
      },
    );
}
