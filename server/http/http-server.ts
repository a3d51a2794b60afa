import { createServer as createPlainServer, type Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { Scheduler } from '#lib/domain/clock.ts';
import { reasonOf } from '#lib/domain/failure.ts';
import { limits } from '#lib/domain/limits.ts';
import { StartFailure } from '../start-failure.ts';
import { requestListener, type ListenerParts } from './request-listener.ts';
import { UpgradeListener, type UpgradeParts } from './upgrade-listener.ts';

export interface HttpServerOptions {
  readonly port: number;
  /** Beyond 127.0.0.1 and ::1. */
  readonly host: string | null;
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | null;
  readonly parts: ListenerParts & UpgradeParts;
  readonly scheduler: Scheduler;
}

/** It listens at once, so that a taken port is known early; what comes is answered from `open` on. */
export interface HttpServer {
  open(): void;
  /** Takes no more requests, closes sockets with 1001, and resolves when nothing is open. */
  stop(): Promise<void>;
}

type Listening = Server | TlsServer;

const loopback = ['127.0.0.1', '::1'];
/** How long clients have to answer a good-bye. */
const goodbyeMs = 1000;

/** @throws StartFailure when an address is taken, or the certificate cannot be used */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  const { port, host, parts, scheduler } = options;
  const upgrades = new UpgradeListener(parts);
  const opened = Promise.withResolvers<null>();
  const servers: Listening[] = [];
  const stopListening = async (): Promise<void> => {
    await Promise.all(servers.map(closed));
  };
  const addresses = host === null || loopback.includes(host) ? loopback : [...loopback, host];
  try {
    for (const address of addresses) {
      const server = newServer(options, upgrades, opened.promise);
      if (await listens(server, port, address)) servers.push(server);
    }
  } catch (error) {
    await stopListening();
    throw error;
  }
  return {
    open() {
      opened.resolve(null);
    },
    async stop() {
      const ended = stopListening();
      await upgrades.close(goodbyeMs, scheduler);
      const cancel = scheduler.after(goodbyeMs, () => {
        for (const server of servers) server.closeAllConnections();
      });
      await ended;
      cancel();
    },
  };
}

function newServer(
  { tls, parts }: HttpServerOptions,
  upgrades: UpgradeListener,
  opened: Promise<null>,
): Listening {
  const bounds = {
    maxHeaderSize: limits.headerBytesMax,
    headersTimeout: limits.headersMsMax,
    requestTimeout: limits.uploadMsMax,
    connectionsCheckingInterval: limits.headersMsMax / 2,
    // Without a Host a request is refused by the gate like one with a foreign Host.
    requireHostHeader: false,
  };
  const server = tls === null ? createPlainServer(bounds) : createTls(bounds, tls);
  // Silence this long inside a request or between two of them; sockets have a heartbeat of their own.
  server.setTimeout(limits.requestMsMax);
  const answer = requestListener(parts);
  server.on('request', (request, response) => {
    void opened.then(() => {
      answer(request, response);
    });
  });
  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy());
    void opened.then(() => {
      upgrades.handle(request, socket, head);
    });
  });
  return server;
}

function createTls(bounds: object, { cert, key }: { cert: Buffer; key: Buffer }): TlsServer {
  try {
    return createTlsServer({ ...bounds, cert, key, minVersion: 'TLSv1.2' });
  } catch (error) {
    throw new StartFailure(`The TLS certificate and key cannot be used: ${reasonOf(error)}.`);
  }
}

/** @returns false where the machine has no such loopback address */
async function listens(server: Listening, port: number, address: string): Promise<boolean> {
  return await new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => {
      if (address === '::1' && ['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes(error.code ?? ''))
        resolve(false);
      else reject(cannotListen(error, port, address));
    };
    server.once('error', failed);
    server.listen({ port, host: address, ipv6Only: true }, () => {
      server.off('error', failed);
      resolve(true);
    });
  });
}

function cannotListen(error: NodeJS.ErrnoException, port: number, address: string): StartFailure {
  const at = `${address.includes(':') ? `[${address}]` : address}:${String(port)}`;
  if (error.code === 'EADDRINUSE')
    return new StartFailure(
      `Another program listens at ${at}, perhaps a Rejoin that runs already. Stop it, or choose another port with --port. ` +
        'The bridge does not take another port by itself: what your browsers keep belongs to this one.',
    );
  return new StartFailure(`Cannot listen at ${at}: ${reasonOf(error)}.`);
}

async function closed(server: Listening): Promise<void> {
  await new Promise<void>((resolve) => {
    server.close(() => {
      resolve();
    });
    server.closeIdleConnections();
  });
}
