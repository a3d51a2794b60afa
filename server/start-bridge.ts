import { warningsOf, type Announcement } from './announcement.ts';
import type { Assembly } from './composition/assembly.ts';
import { openFoundation } from './composition/foundation.ts';
import { openSharedDocuments } from './composition/shared-documents.ts';
import { openWork } from './composition/work.ts';
import { addressesOf } from './http/addresses.ts';
import { pairingUrl } from './http/pairing-routes.ts';
import { addressOptions, serve } from './http/serve.ts';
import { removeTerminalFile, writeTerminalFile } from './identity/terminal.ts';

/** A bridge that serves. */
export interface Bridge {
  readonly announcement: Announcement;
  /** Stops agents, closes sockets and storage; resolves when nothing is left. */
  stop(): Promise<void>;
}

/**
 * Puts the parts of the bridge together, in the order in which they need each other, and takes them apart in reverse; what
 * was begun is also taken apart when a later part cannot start.
 *
 * The port is taken before any agent runs, and given up after the last request and before agents are ended: nobody starts one
 * meanwhile.
 *
 * @throws StartFailure or FailureError saying why it cannot serve
 */
export async function startBridge(options: Omit<Assembly, 'parts'>): Promise<Bridge> {
  await using parts = new AsyncDisposableStack();
  const assembly: Assembly = { ...options, parts };
  const { config, ambient, log } = assembly;
  const foundation = await openFoundation(assembly);
  const { storage, identity, gitWarning, serveOptions } = foundation;
  const documents = await openSharedDocuments(assembly, foundation);
  const work = await openWork(assembly, foundation, documents);

  const { attach } = documents.sync;
  const { journal } = work;
  const http = await serve({ identity, journal, storage, ambient, log, attach }, serveOptions);
  parts.defer(() => http.stop());
  const repositories = await work.begin();
  http.open();
  parts.defer(() => {
    documents.sync.close();
  });

  await writeTerminalFile(config.dataDirectory, {
    url: `${config.tls === null ? 'http' : 'https'}://127.0.0.1:${String(config.port)}`,
    token: identity.terminalToken,
    pid: process.pid,
    certificate: serveOptions.tls?.cert.toString() ?? null,
  });
  parts.defer(() => removeTerminalFile(config.dataDirectory));
  const addresses = addressesOf(addressOptions(serveOptions));
  const secret = await identity.firstOwnerLink();
  const running = parts.move();
  return {
    announcement: {
      url: addresses.origin,
      pairingUrl: secret === null ? null : pairingUrl(addresses, secret),
      port: config.port,
      pid: process.pid,
      dataDirectory: config.dataDirectory,
      repositories,
      paused: storage.life.paused,
      warnings: warningsOf(process.getuid?.() ?? null, gitWarning),
    },
    stop: () => running.disposeAsync(),
  };
}
