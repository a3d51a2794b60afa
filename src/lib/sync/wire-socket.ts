/** A WebSocket as the link needs it, whatever carries it. */
export interface WireSocket {
  readonly bufferedAmount: number;
  send(bytes: Uint8Array): void;
  close(code?: number): void;
}

export interface WireHandlers {
  opened(): void;
  message(bytes: Uint8Array): void;
  /** Once, also when it never opened. */
  closed(code: number, reason: string): void;
}

/** Begins to open a socket; calls no handler before it returned. */
export type Dial = (url: string, subprotocol: string, handlers: WireHandlers) => WireSocket;

/** What a socket reports that was lost without a close frame (RFC 6455, 7.1.5). */
export const lostCode = 1006;
