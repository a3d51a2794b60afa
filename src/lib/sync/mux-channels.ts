import type { Clock, Random, Scheduler } from '#lib/domain/clock.ts';
import { limits } from '#lib/domain/limits.ts';
import { reconnectDelay } from '#lib/domain/retry.ts';
import { lostCode } from './wire-socket.ts';
import type { MuxFrame } from './wire/mux-frames.ts';
import { isFinalClose } from './wire/protocol.ts';

/** One room on the link, from one opening to its close. */
export interface Channel {
  readonly bufferedAmount: number;
  /** Does nothing while the channel is not open. */
  send(payload: Uint8Array): void;
  /** Tells the bridge; no handler is called any more. */
  close(): void;
}

export interface ChannelHandlers {
  opened(): void;
  message(payload: Uint8Array): void;
  /** Once. The code is the bridge's for this room, or 1006 when the link went. */
  closed(code: number, reason: string): void;
}

export interface ChannelCarrier {
  send(frame: MuxFrame): void;
  bufferedAmount(): number;
}

/** An awareness update of no clients: says nothing, and keeps a provider from taking a quiet room for a dead socket. */
const quietAwareness = Uint8Array.of(1, 1, 0);

/** RFC 6455, 7.4.1: data that is not consistent with its type; tried again. */
const unreadableCode = 1007;

interface OpenChannel {
  readonly room: string;
  readonly handlers: ChannelHandlers;
  /** 0 while it waits for the link. */
  number: number;
  openedAt: number;
}

interface RoomTrouble {
  readonly attempts: number;
  readonly notBefore: number;
}

/** The channels of one link: which room has which number on the present socket, and which rooms wait before they try again. */
export class ChannelTable {
  readonly #timing: {
    readonly clock: Clock;
    readonly random: Random;
    readonly scheduler: Scheduler;
  };
  readonly #carrier: ChannelCarrier;
  readonly #waiting = new Set<OpenChannel>();
  readonly #open = new Map<number, OpenChannel>();
  readonly #troubles = new Map<string, RoomTrouble>();
  #live = false;
  #lastNumber = 0;

  constructor(
    timing: { readonly clock: Clock; readonly random: Random; readonly scheduler: Scheduler },
    carrier: ChannelCarrier,
  ) {
    this.#timing = timing;
    this.#carrier = carrier;
  }

  open(room: string, handlers: ChannelHandlers): Channel {
    const channel: OpenChannel = { room, handlers, number: 0, openedAt: 0 };
    this.#waiting.add(channel);
    if (this.#live) this.#openSoon(channel);
    const bufferedAmount = (): number => this.#carrier.bufferedAmount();
    return {
      get bufferedAmount() {
        return bufferedAmount();
      },
      send: (payload) => {
        if (this.#open.get(channel.number) === channel)
          this.#carrier.send({ kind: 'data', channel: channel.number, payload });
      },
      close: () => {
        this.#waiting.delete(channel);
        if (!this.#open.delete(channel.number)) return;
        this.#carrier.send({ kind: 'close', channel: channel.number, code: 1000, reason: '' });
      },
    };
  }

  linkLive(): void {
    this.#live = true;
    // A number is never used twice on a socket; going on over sockets does no harm.
    this.#troubles.clear();
    for (const channel of [...this.#waiting]) this.#openNow(channel);
  }

  linkLost(): void {
    this.#live = false;
    const lost = [...this.#open.values()];
    this.#open.clear();
    for (const channel of lost) channel.handlers.closed(lostCode, '');
  }

  /** Frames of channels that are closed are dropped; one that cannot be read closes its own channel, not the link. */
  receive(number: number, payload: Uint8Array): void {
    try {
      this.#open.get(number)?.handlers.message(payload);
    } catch {
      this.#carrier.send({ kind: 'close', channel: number, code: unreadableCode, reason: '' });
      this.closed(number, unreadableCode, 'the bridge sent a frame that cannot be read');
    }
  }

  closed(number: number, code: number, reason: string): void {
    const channel = this.#open.get(number);
    if (channel === undefined) return;
    this.#open.delete(number);
    if (!isFinalClose(code)) this.#noteTrouble(channel);
    channel.handlers.closed(code, reason);
  }

  beat(): void {
    for (const channel of [...this.#open.values()]) channel.handlers.message(quietAwareness);
  }

  #noteTrouble(channel: OpenChannel): void {
    const now = this.#timing.clock.now();
    const lasted = now - channel.openedAt;
    const before = this.#troubles.get(channel.room)?.attempts ?? 0;
    const attempts = lasted >= limits.silenceMsMax ? 1 : before + 1;
    const notBefore = now + reconnectDelay(attempts, this.#timing.random);
    this.#troubles.set(channel.room, { attempts, notBefore });
  }

  #openSoon(channel: OpenChannel): void {
    const trouble = this.#troubles.get(channel.room);
    const wait = (trouble?.notBefore ?? 0) - this.#timing.clock.now();
    if (wait > 0)
      this.#timing.scheduler.after(wait, () => {
        this.#openNow(channel);
      });
    else
      queueMicrotask(() => {
        this.#openNow(channel);
      });
  }

  #openNow(channel: OpenChannel): void {
    if (!this.#live || !this.#waiting.delete(channel)) return;
    this.#lastNumber += 1;
    channel.number = this.#lastNumber;
    channel.openedAt = this.#timing.clock.now();
    this.#open.set(channel.number, channel);
    this.#carrier.send({ kind: 'open', channel: channel.number, room: channel.room });
    channel.handlers.opened();
  }
}
