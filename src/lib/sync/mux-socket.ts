import type { Channel } from './mux-channels.ts';
import type { MuxLink } from './mux-link.ts';

/** The server address that rooms are opened at; no socket of its own is ever dialed. */
export const muxServerUrl = 'rejoin:/sync';

/**
 * The class that y-websocket takes for `WebSocket`: one channel of the link each. What its provider reads is here and no more:
 * the constants on the instance, four handlers, `send`, `close`, `binaryType` as a plain field. While the link waits it stays
 * CONNECTING, for which the provider has no watchdog.
 */
export function muxSocketClass(link: Pick<MuxLink, 'openChannel'>): typeof WebSocket {
  class MuxSocket {
    static readonly CONNECTING = 0;
    static readonly OPEN = 1;
    static readonly CLOSING = 2;
    static readonly CLOSED = 3;
    readonly CONNECTING = 0;
    readonly OPEN = 1;
    readonly CLOSING = 2;
    readonly CLOSED = 3;
    readonly url: string;
    binaryType = 'arraybuffer';
    readyState = 0;
    onopen: ((event: object) => void) | null = null;
    onmessage: ((event: { readonly data: Uint8Array }) => void) | null = null;
    onclose: ((event: { readonly code: number; readonly reason: string }) => void) | null = null;
    onerror: ((event: object) => void) | null = null;
    readonly #channel: Channel;

    constructor(url: string) {
      this.url = url;
      this.#channel = link.openChannel(url.slice(muxServerUrl.length + 1), {
        opened: () => {
          this.readyState = this.OPEN;
          this.onopen?.({});
        },
        message: (payload) => {
          // The bytes, never the buffer behind them: the provider would read the whole of it.
          this.onmessage?.({ data: payload });
        },
        closed: (code, reason) => {
          this.readyState = this.CLOSED;
          this.onclose?.({ code, reason });
        },
      });
    }

    get bufferedAmount(): number {
      return this.#channel.bufferedAmount;
    }

    send(data: Uint8Array): void {
      this.#channel.send(data);
    }

    /** The provider has taken its handlers off before it calls this. */
    close(): void {
      if (this.readyState >= this.CLOSING) return;
      this.readyState = this.CLOSED;
      this.#channel.close();
    }
  }
  // The provider uses nothing of `WebSocket` beyond what is above.
  return MuxSocket as unknown as typeof WebSocket;
}
