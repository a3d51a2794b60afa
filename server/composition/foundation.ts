import { readFile } from 'node:fs/promises';
import { hostname, userInfo } from 'node:os';
import { fileURLToPath } from 'node:url';
import { reasonOf } from '#lib/domain/failure.ts';
import { isLoopback, type Config } from '../config.ts';
import { refuseDataInsideRepository } from '../data-location.ts';
import { requireGit } from '../git-version.ts';
import type { ServeOptions } from '../http/serve.ts';
import { openIdentity, type Identity } from '../identity/identity.ts';
import { TimeMarks } from '../journal/time-marks.ts';
import { StartFailure } from '../start-failure.ts';
import type { Storage } from '../storage/contract.ts';
import { openSqliteStorage } from '../storage/sqlite-storage.ts';
import type { Assembly } from './assembly.ts';

/** What must be there before anything is read or served. */
export interface Foundation {
  readonly storage: Storage;
  readonly identity: Identity;
  readonly git: string;
  readonly gitWarning: string | null;
  readonly serveOptions: ServeOptions;
}

/** @throws StartFailure or FailureError for what this machine or the command line lacks */
export async function openFoundation(assembly: Assembly): Promise<Foundation> {
  const { config, ambient, log, version, parts } = assembly;
  const { dataDirectory } = config;
  refuseDataInsideRepository(dataDirectory);
  const { git, warning } = await requireGit(process.env['PATH']);
  const serveOptions = await serveOptionsOf(config, version);

  const { databasePagesMax } = assembly;
  const storage = await openSqliteStorage({
    directory: dataDirectory,
    ...ambient,
    log,
    ...(databasePagesMax === undefined ? {} : { databasePagesMax }),
  });
  parts.defer(() => storage.close());
  const identity = await openIdentity({
    storage,
    dataDirectory,
    ambient,
    bridgeName: hostname(),
    accountName: accountName(),
  });
  refuseToListenWithoutOwner(config, identity);
  const marks = new TimeMarks({ storage, ...ambient, log });
  await marks.begin();
  parts.defer(() => {
    marks.stop();
  });
  return { storage, identity, git, gitWarning: warning, serveOptions };
}

/** A port that others reach, and a link that makes whoever opens it first an owner, do not go together (T05). */
function refuseToListenWithoutOwner({ host }: Config, { directory }: Identity): void {
  if (host === null || isLoopback(host) || directory.hasOwner()) return;
  throw new StartFailure(
    `Rejoin does not listen at ${host} before an owner is paired. Start it without --host, pair your browser, then start it again.`,
  );
}

async function serveOptionsOf(config: Config, version: string): Promise<ServeOptions> {
  const { port, host, origin, tls } = config;
  return {
    port,
    host,
    origin,
    version,
    shellDirectory: fileURLToPath(new URL('../../build', import.meta.url)),
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
