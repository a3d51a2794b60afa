import type { Cancel, Clock, Random, Scheduler } from '#lib/domain/clock.ts';
import { limits } from '#lib/domain/limits.ts';
import { reconnectDelay } from '#lib/domain/retry.ts';
import { isProvenBy, type Pin } from './bridge-proof.ts';
import { ChannelTable, type Channel, type ChannelHandlers } from './mux-channels.ts';
import { lostCode, type Dial, type WireSocket } from './wire-socket.ts';
import { decodeMuxFrame, encodeMuxFrame, type MuxFrame } from './wire/mux-frames.ts';
import { closeCodes, muxSubprotocol, protocolVersion } from './wire/protocol.ts';

/** What a link tells the one who made it. After the last three it does nothing until `start` is called again. */
export type LinkEvent =
  /** The bridge proved the pinned key and admitted this device; rooms are being opened. */
  | { readonly type: 'live' }
  | { readonly type: 'lost'; readonly retryAt: number; readonly opened: boolean }
  | { readonly type: 'refused' }
  | { readonly type: 'outdated' }
  | { readonly type: 'wrong_bridge' };

export interface LinkOptions {
  /** `ws(s)://host/sync`. */
  readonly url: string;
  /** The origin of the page, which the bridge's proof names. */
  readonly origin: string;
  readonly pin: Pin;
  readonly dial: Dial;
  readonly subtle: SubtleCrypto | null;
  readonly clock: Clock;
  readonly random: Random;
  readonly scheduler: Scheduler;
  /** Is asked between the bridge's proof and the first room; what rooms need to know is known when it resolves true. */
  readonly admit: () => Promise<boolean>;
  readonly listener: (event: LinkEvent) => void;
}

type Attempt = {
  readonly socket: WireSocket;
  readonly nonce: Uint8Array;
  opened: boolean;
  live: boolean;
  lastHeardAt: number;
  readonly begunAt: number;
};

/**
 * One socket for all rooms of a tab (DESIGN 4.4). It alone decides when to dial: rooms wait on it, so that 50 of them do not
 * dial 50 times. Nothing but a random nonce is sent before the bridge has proved its key.
 */
export class MuxLink {
  readonly #options: LinkOptions;
  readonly #channels: ChannelTable;
  #attempt: Attempt | null = null;
  #failures = 0;
  #cancelRetry: Cancel | null = null;
  #cancelBeat: Cancel | null = null;
  #started = false;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#channels = new ChannelTable(options, {
      send: (frame) => {
        this.#attempt?.socket.send(encodeMuxFrame(frame));
      },
      bufferedAmount: () => this.#attempt?.socket.bufferedAmount ?? 0,
    });
  }

  /** Dials; does nothing when it already tries. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#failures = 0;
    this.#dial();
  }

  /** Opens a room as soon as the link is live. No handler is called before it returned. */
  openChannel(room: string, handlers: ChannelHandlers): Channel {
    return this.#channels.open(room, handlers);
  }

  /** Something says that the bridge may be there now: tries at once, and finds out soon whether a socket is frozen. */
  wake(): void {
    if (!this.#started) return;
    if (this.#attempt === null) {
      this.#failures = 0;
      this.#dial();
    } else if (this.#attempt.live) {
      this.#attempt.socket.send(encodeMuxFrame({ kind: 'beat' }));
    }
  }

  /** The network is gone: closes the socket now, since a frozen one reports nothing, and tries again slowly. */
  drop(): void {
    if (!this.#started) return;
    this.#failures = Number.POSITIVE_INFINITY;
    if (this.#attempt !== null) this.#lose(this.#attempt, lostCode);
    else this.#retryLater(false);
  }

  /** Closes for good, or until `start`. */
  stop(): void {
    this.#started = false;
    this.#cancelRetry?.();
    this.#end();
  }

  #dial(): void {
    this.#cancelRetry?.();
    const { clock, dial, random, url } = this.#options;
    const now = clock.now();
    const guard = (handle: (attempt: Attempt) => void) => (): void => {
      if (this.#attempt === attempt) handle(attempt);
    };
    const socket = dial(url, muxSubprotocol, {
      opened: guard((open) => {
        open.opened = true;
        open.lastHeardAt = clock.now();
        socket.send(
          encodeMuxFrame({ kind: 'hello', nonce: open.nonce, protocol: protocolVersion }),
        );
      }),
      message: (bytes) => {
        if (this.#attempt === attempt) this.#receive(attempt, bytes);
      },
      closed: (code) => {
        if (this.#attempt === attempt) this.#lose(attempt, code);
      },
    });
    const attempt: Attempt = {
      socket,
      nonce: random.bytes(32),
      opened: false,
      live: false,
      lastHeardAt: now,
      begunAt: now,
    };
    this.#attempt = attempt;
    this.#beatLater(attempt);
  }

  #receive(attempt: Attempt, bytes: Uint8Array): void {
    attempt.lastHeardAt = this.#options.clock.now();
    let frame: MuxFrame;
    try {
      frame = decodeMuxFrame(bytes);
    } catch {
      this.#lose(attempt, lostCode);
      return;
    }
    switch (frame.kind) {
      case 'proof':
        if (!attempt.live) void this.#check(attempt, frame);
        break;
      case 'beat':
        this.#channels.beat();
        break;
      case 'data':
        this.#channels.receive(frame.channel, frame.payload);
        break;
      case 'close':
        this.#channels.closed(frame.channel, frame.code, frame.reason);
        break;
      case 'hello':
      case 'open':
        // Only a device says these.
        this.#lose(attempt, lostCode);
        break;
    }
  }

  async #check(attempt: Attempt, proof: Extract<MuxFrame, { kind: 'proof' }>): Promise<void> {
    const { admit, listener, origin, pin, subtle } = this.#options;
    const proven = await isProvenBy(pin, proof, attempt.nonce, origin, subtle);
    if (this.#attempt !== attempt) return;
    if (!proven) {
      this.stop();
      listener({ type: 'wrong_bridge' });
      return;
    }
    const admitted = await admit();
    if (this.#attempt !== attempt) return;
    if (!admitted) {
      this.#lose(attempt, lostCode);
      return;
    }
    attempt.live = true;
    if (!Number.isFinite(this.#failures)) this.#failures = 0;
    listener({ type: 'live' });
    this.#channels.linkLive();
  }

  #beatLater(attempt: Attempt): void {
    this.#cancelBeat?.();
    this.#cancelBeat = this.#options.scheduler.after(limits.heartbeatMs, () => {
      if (this.#attempt !== attempt) return;
      if (this.#options.clock.now() - attempt.lastHeardAt >= limits.silenceMsMax) {
        this.#lose(attempt, lostCode);
        return;
      }
      if (attempt.live) attempt.socket.send(encodeMuxFrame({ kind: 'beat' }));
      this.#beatLater(attempt);
    });
  }

  #lose(attempt: Attempt, code: number): void {
    const lasted = this.#options.clock.now() - attempt.begunAt;
    // A bridge that accepts and closes at once is backed off like one that does not answer.
    if (attempt.live && lasted >= limits.heartbeatMs && Number.isFinite(this.#failures))
      this.#failures = 0;
    this.#end();
    if (code === closeCodes.noCredential) {
      this.#started = false;
      this.#options.listener({ type: 'refused' });
    } else if (code === closeCodes.outdated) {
      this.#started = false;
      this.#options.listener({ type: 'outdated' });
    } else this.#retryLater(attempt.opened);
  }

  #retryLater(opened: boolean): void {
    const { clock, listener, random, scheduler } = this.#options;
    this.#failures += 1;
    const delay = reconnectDelay(this.#failures, random);
    this.#cancelRetry?.();
    this.#cancelRetry = scheduler.after(delay, () => {
      if (this.#started && this.#attempt === null) this.#dial();
    });
    listener({ type: 'lost', retryAt: clock.now() + delay, opened });
  }

  #end(): void {
    this.#cancelBeat?.();
    const attempt = this.#attempt;
    this.#attempt = null;
    this.#channels.linkLost();
    attempt?.socket.close();
  }
}
