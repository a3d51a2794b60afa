import { readFile } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { fileURLToPath } from 'node:url';
import { reasonOf } from '#lib/domain/failure.ts';
import type { Announcement } from './announcement.ts';
import { warningsOf } from './announcement.ts';
import type { Ambient } from './ambient.ts';
import { acpStarter } from './bridge/agents/acp-starter.ts';
import { discoverAgents } from './bridge/agents/discovery.ts';
import { createGitObserver } from './bridge/git/git-observer.ts';
import { createProcessGitRunner } from './bridge/git/git-runner.ts';
import { chooseRepositories } from './bridge/projects/choose-repositories.ts';
import { createProjects } from './bridge/projects/projects.ts';
import { createSessionEngine } from './bridge/sessions/session-engine.ts';
import { isLoopback, type Config } from './config.ts';
import { refuseDataInsideRepository } from './data-location.ts';
import { requireGit } from './git-version.ts';
import { addressesOf } from './http/addresses.ts';
import { pairingUrl } from './http/pairing-routes.ts';
import { addressOptions, serve, type ServeOptions } from './http/serve.ts';
import { deviceRoleHandler } from './identity/device-role.ts';
import { openIdentity } from './identity/identity.ts';
import { deviceInfo, personInfo } from './identity/published.ts';
import { removeTerminalFile, writeTerminalFile } from './identity/terminal.ts';
import { bridgeReleaseHandler } from './journal/bridge-release.ts';
import { ControlJournal } from './journal/control-journal.ts';
import { summarizer } from './journal/summaries.ts';
import { TimeMarks } from './journal/time-marks.ts';
import { StartFailure } from './start-failure.ts';
import { openSqliteStorage } from './storage/sqlite-storage.ts';
import type { Log } from './storage/log.ts';
import { openDocuments } from './sync/documents.ts';
import { createSyncServer } from './sync/sync-server.ts';
import { openProjector } from './sync/projector.ts';
import { createPromptQueue } from './sync/prompt-queue.ts';

export interface BridgeDeps {
  readonly ambient: Ambient;
  readonly log: Log;
  readonly version: string;
}

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
 * @throws StartFailure or FailureError saying why it cannot serve
 */
export async function startBridge(config: Config, deps: BridgeDeps): Promise<Bridge> {
  await using parts = new AsyncDisposableStack();
  const { ambient, log, version } = deps;
  const { clock, scheduler } = ambient;

  refuseDataInsideRepository(config.dataDirectory);
  const { git, warning } = await requireGit(process.env['PATH']);

  const storage = await openSqliteStorage({ directory: config.dataDirectory, ...ambient, log });
  parts.defer(() => storage.close());
  const identity = await openIdentity({
    storage,
    dataDirectory: config.dataDirectory,
    ambient,
    bridgeName: hostname(),
    accountName: accountName(),
  });
  const { directory } = identity;
  const serveOptions = await serveOptionsOf(config, version);
  if (config.host !== null && !isLoopback(config.host) && !directory.hasOwner())
    throw new StartFailure(
      `Rejoin does not listen at ${config.host} before an owner is paired. Start it without --host, pair your browser, then start it again.`,
    );
  const marks = new TimeMarks({ storage, clock, scheduler, log });
  await marks.begin();
  parts.defer(() => {
    marks.stop();
  });

  const documents = await openDocuments({ storage, ...ambient, log });
  parts.defer(() => {
    documents.close();
  });
  const projector = await openProjector({ storage, documents, clock, scheduler, log });
  parts.defer(() => projector.durable());
  const sync = createSyncServer({
    documents,
    principalOf: (id) => directory.principalOf(id),
    bridge: identity.key,
    epoch: () => storage.life.epoch,
    position: () => storage.position(),
    clock,
    scheduler,
    log,
  });
  const prompts = createPromptQueue({
    documents,
    clock,
    personOf: (id) => directory.device(id)?.personId ?? null,
  });
  directory.subscribe({
    person: (row) => {
      projector.putPerson(personInfo(row));
    },
    device: (row) => {
      projector.putDevice(deviceInfo(row));
      sync.roleChanged(row.id);
    },
  });
  const publishBridge = (): void => {
    const { epoch, paused } = storage.life;
    projector.putBridge({ v: 1, name: identity.bridge.name, version, epoch, paused });
  };
  publishBridge();

  const runner = createProcessGitRunner({
    gitPath: git,
    scheduler,
    environment: process.env,
  });
  const observer = createGitObserver({ runner, clock });
  const projects = createProjects({ observer, storage, record: projector, clock, scheduler });
  parts.defer(() => projects.stop());
  const engine = await createSessionEngine({
    storage,
    record: projector,
    prompts,
    starter: acpStarter({ ...ambient, log, clientVersion: version }),
    discover: (owners) =>
      discoverAgents({ environment: process.env, node: process.execPath, owners }),
    observer,
    projects,
    personName: (id) => directory.person(id)?.name ?? 'Somebody',
    ...ambient,
    log,
  });
  // Begun after the port is taken, but stopped after the last request: nobody starts an agent while all of them are ended.
  parts.defer(() => engine.stop());
  const journal = await ControlJournal.open({
    storage,
    handlers: {
      ...engine.handlers,
      'device.role': deviceRoleHandler(directory),
      'bridge.release': bridgeReleaseHandler(storage, () => {
        publishBridge();
        engine.released();
      }),
    },
    board: projector,
    summarize: summarizer({
      agent: (id) => engine.agentName(id),
      session: (id) => engine.sessionTitle(id),
      device: (id) => directory.device(id)?.name ?? null,
    }),
    principalOf: (id) => directory.principalOf(id),
    clock,
    log,
  });

  const http = await serve(
    {
      identity,
      journal,
      storage,
      ambient,
      log,
      attach: (socket, target) => {
        sync.attach(socket, target);
      },
    },
    serveOptions,
  );
  parts.defer(() => http.stop());
  const repositories = await chooseRepositories({
    observer,
    runner,
    named: config.repositories,
    currentDirectory: config.currentDirectory,
    dataDirectory: config.dataDirectory,
  });
  await projects.start(repositories);
  await engine.start();
  parts.defer(() => {
    sync.close();
  });
  http.open();

  const addresses = addressesOf(addressOptions(serveOptions));
  await writeTerminalFile(config.dataDirectory, {
    url: `${config.tls === null ? 'http' : 'https'}://127.0.0.1:${String(config.port)}`,
    token: identity.terminalToken,
    pid: process.pid,
    certificate: serveOptions.tls?.cert.toString() ?? null,
  });
  parts.defer(() => removeTerminalFile(config.dataDirectory));
  const secret = await identity.firstOwnerLink();
  const all = parts.move();
  return {
    announcement: {
      url: addresses.origin,
      pairingUrl: secret === null ? null : pairingUrl(addresses, secret),
      port: config.port,
      pid: process.pid,
      dataDirectory: config.dataDirectory,
      repositories,
      paused: storage.life.paused,
      warnings: warningsOf(process.getuid?.() ?? null, warning),
    },
    stop: () => all.disposeAsync(),
  };
}

async function serveOptionsOf(config: Config, version: string): Promise<ServeOptions> {
  const { port, host, origin, tls } = config;
  const shellDirectory = fileURLToPath(new URL('../build', import.meta.url));
  return {
    port,
    host,
    origin,
    shellDirectory,
    version,
    tls:
      tls === null ? null : { cert: await readPem(tls.certFile), key: await readPem(tls.keyFile) },
  };
}

async function readPem(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new StartFailure(`Cannot read ${file}: ${reasonOf(error)}.`);
  }
}

/** The name of the account, which is that of the first person. */
function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a number that has no account.
    return 'Owner';
  }
}
