import { EventEmitter } from 'node:events';
import type { WebSocket } from 'ws';
import type { Random } from '#lib/domain/clock.ts';
import type { Dial, WireHandlers } from '#lib/sync/wire-socket.ts';
import { decodeMuxFrame } from '#lib/sync/wire/mux-frames.ts';
import type { ManualTime } from '../fixtures/manual-time.ts';

/** What the network does to a connection; frames of one connection stay in order, as in TCP. */
export interface Weather {
  /** Greatest delay of a frame, milliseconds. */
  readonly delayMsMax: number;
  /** Chance that a data frame arrives twice. */
  readonly duplicate: number;
}

/** Where sockets arrive; `null` while nothing listens. */
export type Listener = (socket: WebSocket) => void;

interface Connection {
  readonly handlers: WireHandlers;
  readonly server: ServerSocket;
  /** Cut: nothing arrives any more on either side, and neither is told. */
  isFrozen: boolean;
  isOver: boolean;
  /** When the last frame of each direction arrives: order is kept. */
  upAt: number;
  downAt: number;
}

/** Sockets in memory between simulated tabs and a simulated bridge, with faults at seeded moments. */
export class FaultyNetwork {
  weather: Weather = { delayMsMax: 0, duplicate: 0 };
  listener: Listener | null = null;
  isUp = true;
  readonly #time: ManualTime;
  readonly #random: Random;
  readonly #connections = new Set<Connection>();

  constructor(time: ManualTime, random: Random) {
    this.#time = time;
    this.#random = random;
  }

  /** @param mayDial whether the tab still lives */
  dialFor(mayDial: () => boolean): Dial {
    return (_url, _subprotocol, handlers) => {
      const connection: Connection = {
        handlers,
        server: new ServerSocket((frame) => {
          this.#down(connection, frame);
        }),
        isFrozen: false,
        isOver: false,
        upAt: 0,
        downAt: 0,
      };
      this.#time.after(0, () => {
        const { listener } = this;
        if (connection.isOver) return;
        if (!this.isUp || listener === null || !mayDial()) {
          connection.isOver = true;
          if (mayDial()) handlers.closed(1006, '');
          return;
        }
        this.#connections.add(connection);
        connection.server.onClose = (code, reason) => {
          this.#after(connection, 'downAt', () => {
            this.#end(connection);
            if (mayDial()) handlers.closed(code, reason);
          });
        };
        listener(connection.server as unknown as WebSocket);
        handlers.opened();
      });
      return {
        bufferedAmount: 0,
        send: (bytes) => {
          this.#up(connection, bytes);
        },
        close: () => {
          if (connection.isOver) return;
          connection.isOver = true;
          this.#time.after(0, () => {
            this.#end(connection);
            if (!connection.isFrozen) connection.server.clientClosed();
          });
        },
      };
    };
  }

  /** A connection goes dead without a word: both sides have to notice by silence. */
  freezeOne(): void {
    const open = [...this.#connections].filter(({ isFrozen }) => !isFrozen);
    const one = open[Math.floor(this.#random.next() * open.length)];
    if (one !== undefined) one.isFrozen = true;
  }

  /** The oldest connection goes dead. */
  freezeFirst(): void {
    const [first] = this.#connections;
    if (first !== undefined) first.isFrozen = true;
  }

  /** A connection breaks: what was on its way is lost and both sides are told. */
  cutOne(): void {
    const open = [...this.#connections];
    const one = open[Math.floor(this.#random.next() * open.length)];
    if (one !== undefined) this.#break(one);
  }

  /** The bridge's process is gone: every connection breaks, nothing it had not sent arrives. */
  cutAll(): void {
    for (const connection of [...this.#connections]) this.#break(connection);
  }

  #break(connection: Connection): void {
    if (connection.isOver) return;
    connection.isOver = true;
    this.#end(connection);
    connection.handlers.closed(1006, '');
    connection.server.clientClosed();
  }

  #end(connection: Connection): void {
    connection.isOver = true;
    this.#connections.delete(connection);
  }

  #up(connection: Connection, bytes: Uint8Array): void {
    const frame = bytes.slice();
    // Only data may come twice: the rest is as ordered as TCP makes it.
    const times = this.#isData(frame) && this.#random.next() < this.weather.duplicate ? 2 : 1;
    for (let copy = 0; copy < times; copy += 1)
      this.#after(connection, 'upAt', () => {
        connection.server.emit('message', Buffer.from(frame), true);
      });
  }

  #down(connection: Connection, bytes: Uint8Array): void {
    const frame = bytes.slice();
    this.#after(connection, 'downAt', () => {
      connection.handlers.message(frame);
    });
  }

  #after(connection: Connection, way: 'upAt' | 'downAt', arrive: () => void): void {
    const delay = Math.floor(this.#random.next() * (this.weather.delayMsMax + 1));
    connection[way] = Math.max(connection[way], this.#time.now() + delay);
    this.#time.after(connection[way] - this.#time.now(), () => {
      if (!connection.isOver && !connection.isFrozen) arrive();
    });
  }

  #isData(frame: Uint8Array): boolean {
    return decodeMuxFrame(frame).kind === 'data';
  }
}

/** The bridge's end of a connection, as far as the server uses one of `ws`. */
class ServerSocket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  readonly bufferedAmount = 0;
  readonly protocol = 'rejoin.1';
  onClose: (code: number, reason: string) => void = () => undefined;
  readonly #deliver: (frame: Uint8Array) => void;

  constructor(deliver: (frame: Uint8Array) => void) {
    super();
    this.#deliver = deliver;
  }

  send(frame: Uint8Array, _options: object, sent: (error?: Error) => void): void {
    if (this.readyState === this.OPEN) this.#deliver(frame);
    queueMicrotask(sent);
  }

  ping(): void {
    // The client's side of a simulated socket is alive as long as its tab is.
  }

  close(code: number, reason: string): void {
    if (this.readyState !== this.OPEN) return;
    this.readyState = 3;
    this.onClose(code, reason);
    queueMicrotask(() => this.emit('close'));
  }

  terminate(): void {
    this.clientClosed();
  }

  clientClosed(): void {
    if (this.readyState !== this.OPEN) return;
    this.readyState = 3;
    this.emit('close');
  }
}
