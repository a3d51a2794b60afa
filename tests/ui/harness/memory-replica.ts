import { LocalEdit } from '#lib/crdt/origins.ts';
import { roomName, type Room } from '#lib/domain/room.ts';
import type { Replica, RoomExchange, StorageState, WaitingChange } from '#lib/sync/contract.ts';
import { SettableSource } from '#lib/sync/settable-source.ts';
import * as Y from 'yjs';

/** A replica in memory: its document is real; what the bridge has of it is what the harness says. */
export class MemoryReplica implements Replica {
  readonly room: Room;
  readonly document: SettableSource<Y.Doc>;
  readonly whenLoaded = Promise.resolve();
  readonly loaded = new SettableSource(true);
  readonly storage: SettableSource<StorageState>;
  readonly exchange: SettableSource<RoomExchange>;
  readonly waiting = new SettableSource<readonly WaitingChange[]>([]);

  constructor(room: Room, exchange: RoomExchange, storage: SettableSource<StorageState>) {
    const doc = new Y.Doc();
    this.room = room;
    this.document = new SettableSource(doc);
    this.exchange = new SettableSource(exchange);
    this.storage = storage;
    doc.on('afterTransaction', (transaction: Y.Transaction) => {
      if (transaction.origin instanceof LocalEdit) this.#wait(transaction.origin);
    });
  }

  get doc(): Y.Doc {
    return this.document.read();
  }

  whenDurable(): Promise<void> {
    return Promise.resolve();
  }

  release(): void {
    // The harness keeps every document for as long as the page lives.
  }

  acknowledge(): void {
    this.waiting.set([]);
  }

  #wait({ change }: LocalEdit): void {
    const others = this.waiting
      .read()
      .filter(({ label }) => label.kind !== change.kind || label.entity !== change.entity);
    this.waiting.set([
      ...others,
      {
        room: roomName(this.room),
        label: change,
        at: Date.now(),
        onDevice: this.storage.read().kind === 'kept',
      },
    ]);
  }
}
