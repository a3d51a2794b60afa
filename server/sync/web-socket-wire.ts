import type { WebSocket } from 'ws';
import type { Scheduler } from '#lib/domain/clock.ts';
import { limits } from '#lib/domain/limits.ts';
import type { SyncWire } from './sync-socket.ts';

const reasonBytesMax = 123;

/** A `ws` socket as {@link SyncWire}: a client that does not answer the closing handshake is cut off. */
export function wireOf(socket: WebSocket, scheduler: Scheduler): SyncWire {
  return {
    get bufferedBytes() {
      return socket.bufferedAmount;
    },
    send(frame, flushed) {
      if (socket.readyState !== socket.OPEN) return;
      socket.send(frame, { binary: true }, (error) => {
        if (error === undefined || error === null) flushed();
      });
    },
    close(code, reason) {
      socket.close(code, cut(reason));
      const cancel = scheduler.after(limits.socketCloseGraceMs, () => {
        socket.terminate();
      });
      socket.once('close', cancel);
    },
    terminate() {
      socket.terminate();
    },
    ping() {
      if (socket.readyState === socket.OPEN) socket.ping();
    },
  };
}

/** A close reason has at most 123 bytes (RFC 6455, 5.5.1). */
function cut(reason: string): string {
  const bytes = new TextEncoder().encode(reason);
  if (bytes.length <= reasonBytesMax) return reason;
  return new TextDecoder('utf-8')
    .decode(bytes.slice(0, reasonBytesMax - 3))
    .replace(/\uFFFD+$/, '');
}
