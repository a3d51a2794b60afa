import { STATUS_CODES, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Scheduler } from '#lib/domain/clock.ts';
import { failure, failureStatus, type Failure } from '#lib/domain/failure.ts';
import type { DeviceId } from '#lib/domain/ids.ts';
import { limits } from '#lib/domain/limits.ts';
import { closeCodes, muxSubprotocol } from '#lib/sync/wire/protocol.ts';
import type { Log } from '../storage/log.ts';
import type { Addresses } from './addresses.ts';
import { anyDevice, type Gate } from './gate.ts';
import { requestFacts, type RequestFacts } from './request-facts.ts';

/** What a socket that passed the gate is for. `origin`: where its page was loaded from, for the proof of the bridge's key. */
export type SocketTarget =
  | { readonly kind: 'mux'; readonly deviceId: DeviceId; readonly origin: string }
  | {
      readonly kind: 'room';
      readonly deviceId: DeviceId;
      readonly origin: string;
      readonly room: string;
    };

export interface UpgradeParts {
  readonly addresses: Addresses;
  readonly gate: Gate;
  readonly cookieName: string;
  /** Takes over a socket; called with those of devices only. */
  readonly attach: (socket: WebSocket, target: SocketTarget) => void;
  readonly headers: OutgoingHttpHeaders;
  readonly log: Log;
}

/** Handshakes at `/sync` and `/sync/<room>`, through the same gate as requests. */
export class UpgradeListener {
  readonly #parts: UpgradeParts;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: limits.frameBytesMax,
    perMessageDeflate: false,
    // A client that offers only other versions gets one of them accepted, so that it can be told with a close code.
    handleProtocols: (offered) =>
      offered.has(muxSubprotocol) ? muxSubprotocol : ([...offered][0] ?? false),
  });

  constructor(parts: UpgradeParts) {
    this.#parts = parts;
  }

  readonly handle = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const { gate, cookieName, log } = this.#parts;
    const facts = requestFacts(request, cookieName);
    const admission = gate.admitDevice(facts, anyDevice, 'socket');
    if (admission.kind === 'refused') {
      const { failure: refused } = admission;
      log.warn(
        { path: facts.path, remoteAddress: facts.remoteAddress, code: refused.code },
        'the gate refused a socket',
      );
      // A browser's script cannot see the status of a handshake: its own pages are told by a close code, before any frame.
      if (refused.code === 'unauthorized' && facts.origin !== null)
        this.#accept(request, socket, head, (accepted) => {
          accepted.close(closeCodes.noCredential, refused.message);
        });
      else this.#refuse(socket, refused);
      return;
    }
    const target = this.#targetOf(facts, admission.caller.device.id);
    if (target === null) {
      this.#refuse(socket, failure('not_found', 'Sockets are at /sync and /sync/<room>.'));
      return;
    }
    this.#accept(request, socket, head, (accepted) => {
      if (target.kind === 'mux' && accepted.protocol !== muxSubprotocol)
        accepted.close(closeCodes.outdated, `expected the subprotocol ${muxSubprotocol}`);
      else this.#parts.attach(accepted, target);
    });
  };

  /** Says good-bye to everybody; resolves when all sockets are closed. */
  async close(graceMs: number, scheduler: Scheduler): Promise<void> {
    const open = [...this.#sockets.clients];
    const closed = open.map(
      (socket) =>
        new Promise<void>((resolve) => {
          socket.once('close', () => {
            resolve();
          });
        }),
    );
    for (const socket of open) socket.close(1001, 'the bridge stops');
    const cancel = scheduler.after(graceMs, () => {
      for (const socket of open) socket.terminate();
    });
    await Promise.all(closed);
    cancel();
  }

  #accept(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    then: (accepted: WebSocket) => void,
  ): void {
    this.#sockets.handleUpgrade(request, socket, head, (accepted) => {
      // A malformed frame is the client's fault and closes its socket; without a listener it would end the process.
      accepted.on('error', (error) => {
        this.#parts.log.debug({ err: error }, 'a socket failed');
      });
      then(accepted);
    });
  }

  #targetOf({ path, origin, host }: RequestFacts, deviceId: DeviceId): SocketTarget | null {
    const scheme = this.#parts.addresses.secure ? 'https' : 'http';
    const from = { deviceId, origin: origin ?? `${scheme}://${host ?? ''}` };
    if (path === '/sync' || path === '/sync/') return { kind: 'mux', ...from };
    if (path === null || !path.startsWith('/sync/')) return null;
    try {
      return { kind: 'room', ...from, room: decodeURIComponent(path.slice('/sync/'.length)) };
    } catch {
      return null;
    }
  }

  #refuse(socket: Duplex, { code, message }: Failure): void {
    const status = failureStatus[code];
    const body = code === 'foreign_host' ? '' : JSON.stringify({ error: { code, message } });
    const headers: OutgoingHttpHeaders = {
      ...this.#parts.headers,
      connection: 'close',
      'cache-control': 'no-store',
      'content-type': 'application/json; charset=utf-8',
      'content-length': Buffer.byteLength(body),
    };
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}\r\n`);
    socket.end(
      `HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? ''}\r\n${lines.join('')}\r\n${body}`,
    );
  }
}
