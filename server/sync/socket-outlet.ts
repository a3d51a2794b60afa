import { limits } from '#lib/domain/limits.ts';

/** The side of a socket that frames leave by. */
export interface ByteSocket {
  /** Bytes that were sent and have not left this process. */
  readonly bufferedBytes: number;
  send(frame: Uint8Array, flushed: () => void): void;
  /** Begins the closing handshake; frames that arrive after it are not given on. */
  close(code: number, reason: string): void;
  /** Ends the socket without a word. */
  terminate(): void;
}

/** The way out of one room over a socket; its frames stay in order. */
export interface Lane {
  /** Something that happened: counts against the bound of what a reader may lag behind. */
  send(frame: Uint8Array): void;
  /** A document's state: handed to the socket in turns with other rooms, as fast as it leaves. */
  sendState(frames: readonly Uint8Array[]): void;
  end(): void;
}

interface Queued {
  readonly frame: Uint8Array;
  readonly live: boolean;
}

/**
 * Shares one socket among rooms. At most a window of bytes is in the socket while states are sent, so that a large document
 * does not hold up a small one, and a reader that lags too far behind what happens is given up rather than remembered.
 */
export class SocketOutlet {
  readonly #socket: ByteSocket;
  readonly #tooSlow: () => void;
  /** Lanes with something to send, each once; the first is next. */
  readonly #turns: QueueLane[] = [];
  #liveBytes = 0;

  constructor(socket: ByteSocket, tooSlow: () => void) {
    this.#socket = socket;
    this.#tooSlow = tooSlow;
  }

  /** @param address what goes before each frame: the number of the channel, or nothing */
  lane(address: Uint8Array): Lane {
    return new QueueLane(address, {
      direct: (frame) => {
        this.#put(frame);
      },
      queued: (lane, liveBytes) => {
        this.#liveBytes += liveBytes;
        if (!this.#turns.includes(lane)) this.#turns.push(lane);
        this.#pump();
      },
      dropped: (lane, liveBytes) => {
        this.#liveBytes -= liveBytes;
        const at = this.#turns.indexOf(lane);
        if (at >= 0) this.#turns.splice(at, 1);
      },
    });
  }

  #put(frame: Uint8Array): void {
    this.#socket.send(frame, () => {
      this.#pump();
    });
    this.#checkLag();
  }

  #pump(): void {
    while (this.#socket.bufferedBytes < limits.sendWindowBytes) {
      const lane = this.#turns.shift();
      if (lane === undefined) break;
      const next = lane.take();
      if (next === null) continue;
      if (next.live) this.#liveBytes -= next.frame.length;
      if (!lane.empty) this.#turns.push(lane);
      this.#socket.send(next.frame, () => {
        this.#pump();
      });
    }
    this.#checkLag();
  }

  #checkLag(): void {
    if (this.#socket.bufferedBytes + this.#liveBytes > limits.socketBufferedBytesMax)
      this.#tooSlow();
  }
}

interface Exit {
  direct(frame: Uint8Array): void;
  queued(lane: QueueLane, liveBytes: number): void;
  dropped(lane: QueueLane, liveBytes: number): void;
}

class QueueLane implements Lane {
  readonly #address: Uint8Array;
  readonly #exit: Exit;
  #queue: Queued[] = [];
  #next = 0;
  #ended = false;

  constructor(address: Uint8Array, exit: Exit) {
    this.#address = address;
    this.#exit = exit;
  }

  get empty(): boolean {
    return this.#next >= this.#queue.length;
  }

  send(frame: Uint8Array): void {
    if (this.#ended) return;
    if (this.empty) {
      this.#exit.direct(this.#addressed(frame));
      return;
    }
    const addressed = this.#addressed(frame);
    this.#queue.push({ frame: addressed, live: true });
    this.#exit.queued(this, addressed.length);
  }

  sendState(frames: readonly Uint8Array[]): void {
    if (this.#ended || frames.length === 0) return;
    this.#queue.push(...frames.map((frame) => ({ frame, live: false })));
    this.#exit.queued(this, 0);
  }

  take(): Queued | null {
    const queued = this.#queue[this.#next];
    if (queued === undefined) return null;
    this.#next += 1;
    if (this.empty) {
      this.#queue = [];
      this.#next = 0;
    }
    return queued.live ? queued : { frame: this.#addressed(queued.frame), live: false };
  }

  end(): void {
    this.#ended = true;
    const live = this.#queue.slice(this.#next).filter((queued) => queued.live);
    this.#queue = [];
    this.#next = 0;
    this.#exit.dropped(
      this,
      live.reduce((sum, { frame }) => sum + frame.length, 0),
    );
  }

  #addressed(frame: Uint8Array): Uint8Array {
    if (this.#address.length === 0) return frame;
    const addressed = new Uint8Array(this.#address.length + frame.length);
    addressed.set(this.#address);
    addressed.set(frame, this.#address.length);
    return addressed;
  }
}
