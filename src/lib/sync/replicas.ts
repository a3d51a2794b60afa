import type { Source } from '#lib/crdt/source.ts';
import type { Cancel } from '#lib/domain/clock.ts';
import { limits } from '#lib/domain/limits.ts';
import { roomName, type Room, type RoomName } from '#lib/domain/room.ts';
import type { Replica, StorageState, WaitingChange } from './contract.ts';
import { SettableSource } from './settable-source.ts';
import { SharedRoom, type RoomSurroundings } from './shared-room.ts';

interface OpenRoom {
  readonly shared: SharedRoom;
  uses: number;
  cancelClose: Cancel | null;
  unfollow: () => void;
}

/** The open documents of a tab, each once, however many use it. One that nobody uses closes when nothing of it is unacknowledged. */
export class Replicas {
  /** Unacknowledged changes of all open documents. */
  readonly waiting = new SettableSource<readonly WaitingChange[]>([]);
  readonly storage = new SettableSource<readonly StorageState[]>([]);
  readonly #around: RoomSurroundings;
  readonly #open = new Map<RoomName, OpenRoom>();

  constructor(around: RoomSurroundings) {
    this.#around = around;
  }

  open(room: Room): Replica & { readonly shared: SharedRoom } {
    const open = this.#roomOf(room);
    open.uses += 1;
    open.cancelClose?.();
    open.cancelClose = null;
    const { shared } = open;
    let isReleased = false;
    return {
      room,
      shared,
      get doc() {
        return shared.document.read();
      },
      document: shared.document,
      whenLoaded: shared.whenLoaded,
      loaded: shared.loaded,
      storage: shared.storage,
      exchange: shared.exchange,
      waiting: shared.waiting,
      whenDurable: () => shared.copy.persistence.whenDurable(),
      release: () => {
        if (isReleased) return;
        isReleased = true;
        open.uses -= 1;
        this.#closeLater(open);
      },
    };
  }

  /** After a new epoch: rooms that the bridge writes begin anew. */
  async followEpoch(): Promise<void> {
    await Promise.all([...this.#open.values()].map(({ shared }) => shared.followEpoch()));
  }

  /** Asks again for rooms that the bridge had closed. */
  askAgain(): void {
    for (const { shared } of this.#open.values()) shared.askAgain();
  }

  async close(how: 'finish writing' | 'abandon'): Promise<void> {
    const rooms = [...this.#open.values()];
    this.#open.clear();
    await Promise.all(
      rooms.map(({ shared, unfollow, cancelClose }) => {
        unfollow();
        cancelClose?.();
        return how === 'abandon' ? shared.abandon() : shared.end();
      }),
    );
    this.#publish();
  }

  #roomOf(room: Room): OpenRoom {
    const name = roomName(room);
    const known = this.#open.get(name);
    if (known !== undefined) return known;
    const shared = new SharedRoom(room, this.#around);
    const open: OpenRoom = { shared, uses: 0, cancelClose: null, unfollow: () => undefined };
    this.#open.set(name, open);
    const followed: readonly Source<unknown>[] = [shared.waiting, shared.storage];
    const ends = followed.map((source) =>
      source.subscribe(() => {
        this.#publish();
        if (open.uses === 0) this.#closeLater(open);
      }),
    );
    open.unfollow = () => {
      for (const end of ends) end();
    };
    this.#publish();
    return open;
  }

  #closeLater(open: OpenRoom): void {
    if (open.uses > 0 || open.cancelClose !== null || !open.shared.isClean) return;
    open.cancelClose = this.#around.scheduler.after(limits.replicaIdleMs, () => {
      open.cancelClose = null;
      if (open.uses > 0 || !open.shared.isClean) return;
      open.unfollow();
      this.#open.delete(roomName(open.shared.room));
      this.#publish();
      void open.shared.end();
    });
  }

  #publish(): void {
    const rooms = [...this.#open.values()].map(({ shared }) => shared);
    this.waiting.set(rooms.flatMap(({ waiting }) => waiting.read()));
    this.storage.set(rooms.map(({ storage }) => storage.read()));
  }
}
