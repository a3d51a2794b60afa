import type { WebSocket } from 'ws';
import type { Identity } from '../identity/identity.ts';
import type { Journal } from '../journal/contract.ts';
import type { Storage } from '../storage/contract.ts';
import type { Log } from '../storage/log.ts';
import type { Ambient } from '../ambient.ts';
import { addressesOf, type Addresses, type AddressOptions } from './addresses.ts';
import { blobRoutes } from './blob-routes.ts';
import { commandRoutes } from './command-routes.ts';
import { cookieName } from './cookie.ts';
import { Gate } from './gate.ts';
import { healthRoute } from './health-route.ts';
import { startHttpServer, type HttpServer } from './http-server.ts';
import { pairingRoutes } from './pairing-routes.ts';
import type { Route } from './routes.ts';
import { securityHeaders } from './security-headers.ts';
import { readStaticShell } from './static-shell.ts';
import type { SocketTarget } from './upgrade-listener.ts';

export interface ServeParts {
  readonly identity: Identity;
  readonly journal: Journal;
  readonly storage: Storage;
  readonly ambient: Ambient;
  readonly log: Log;
  /** Takes over the sockets of devices. */
  readonly attach: (socket: WebSocket, target: SocketTarget) => void;
}

export interface ServeOptions {
  readonly port: number;
  readonly host: string | null;
  readonly origin: string | null;
  readonly tls: { readonly cert: Buffer; readonly key: Buffer } | null;
  /** Where the built app is. */
  readonly shellDirectory: string;
  readonly version: string;
}

export const addressOptions = ({ port, host, origin, tls }: ServeOptions): AddressOptions => ({
  port,
  host,
  origin,
  tls: tls !== null,
});

/** All that the bridge answers besides the static shell; a test goes through every row. */
export function routeTable(
  { identity, journal, storage }: ServeParts,
  gate: Gate,
  addresses: Addresses,
  version: string,
): readonly Route[] {
  const cookie = cookieName(identity.bridge, addresses);
  return [
    healthRoute(storage, version),
    ...pairingRoutes({ gate, identity, storage, addresses, cookieName: cookie }),
    ...commandRoutes({ journal, storage }),
    ...blobRoutes({ storage }),
  ];
}

/** Opens the bridge's port. @throws StartFailure when it is taken */
export async function serve(parts: ServeParts, options: ServeOptions): Promise<HttpServer> {
  const addresses = addressesOf(addressOptions(options));
  const { identity, ambient, attach, log } = parts;
  const gate = new Gate({ addresses, directory: identity.directory, clock: ambient.clock });
  const shell = await readStaticShell(options.shellDirectory);
  return await startHttpServer({
    ...options,
    scheduler: ambient.scheduler,
    parts: {
      addresses,
      gate,
      cookieName: cookieName(identity.bridge, addresses),
      routes: routeTable(parts, gate, addresses, options.version),
      shell,
      headers: securityHeaders(addresses, shell.scriptHashes),
      attach,
      log,
    },
  });
}
