import { isIP } from 'node:net';
import { isAbsolute, join, resolve } from 'node:path';
import { readCommandLine } from './command-line.ts';
import { StartFailure } from './start-failure.ts';

/** What one start of the bridge was asked for. Paths are absolute. */
export interface Config {
  readonly port: number;
  /** An address to listen on besides loopback; `null`: loopback only. */
  readonly host: string | null;
  readonly origin: string | null;
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
  readonly dataDirectory: string;
  /** `json`: exactly one line on stdout, once it serves. */
  readonly output: 'text' | 'json';
  readonly openBrowser: boolean;
  /** As named on the command line; with none the current directory is looked at. */
  readonly repositories: readonly string[];
  readonly currentDirectory: string;
}

export type Invocation =
  | { readonly kind: 'serve'; readonly config: Config }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' };

/** The parts of the process that decide defaults. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly homeDirectory: string;
  readonly currentDirectory: string;
}

export const defaultPort = 4747;

export const helpText = `Usage: npm start -- [options] [REPOSITORY…]

Serves the Rejoin app and these repositories. Without a REPOSITORY: the one you are in, else a small playground repository
that is made in the data directory.

  --port PORT       port to listen on; 4747 unless given. It never changes by itself
  --host ADDRESS    listen on this address too, besides 127.0.0.1 and ::1; needs TLS and a paired owner
  --origin URL      the one address at which browsers open the app; http://localhost:PORT unless given
  --tls-cert FILE   certificate chain in PEM, with --tls-key
  --tls-key FILE    its private key in PEM
  --data DIR        where everything is kept; never inside a repository
  --json            print one line of JSON when it serves, and nothing else, on stdout
  --no-open         do not open a browser
  --help            this text
  --version         the version

Pair another device, or list them, while it runs: npm run rejoin -- --help
`;

/** @throws StartFailure saying what was expected and what came */
export function readConfig(argv: readonly string[], surroundings: Surroundings): Invocation {
  const line = readCommandLine(argv, {
    port: 'value',
    host: 'value',
    origin: 'value',
    'tls-cert': 'value',
    'tls-key': 'value',
    data: 'value',
    json: 'flag',
    'no-open': 'flag',
    help: 'flag',
    version: 'flag',
  });
  if (line.flag('help')) return { kind: 'help' };
  if (line.flag('version')) return { kind: 'version' };
  const currentDirectory = startedIn(surroundings);
  const absolute = (path: string): string => resolve(currentDirectory, path);
  const tls = tlsFiles(line.value('tls-cert'), line.value('tls-key'), absolute);
  const host = otherAddress(line.value('host'));
  if (host !== null && !isLoopback(host) && tls === null)
    throw new StartFailure(
      `--host ${host} can be reached from other machines, so it needs TLS: give --tls-cert and --tls-key. ` +
        'Without it anybody on the way could read and change everything.',
    );
  return {
    kind: 'serve',
    config: {
      port: portOf(line.value('port')),
      host,
      origin: originOf(line.value('origin'), host),
      tls,
      dataDirectory: dataDirectoryOf(line.value('data'), surroundings),
      output: line.flag('json') ? 'json' : 'text',
      openBrowser: !line.flag('no-open') && !line.flag('json') && !surroundings.env['CI'],
      repositories: line.positionals.map(absolute),
      currentDirectory,
    },
  };
}

/** npm runs scripts in the project's directory and says in INIT_CWD where its user was. */
const startedIn = ({ env, currentDirectory }: Surroundings): string =>
  env['INIT_CWD'] ?? currentDirectory;

/** The data directory of a command: as given, else where the platform keeps a program's data of one user. */
export function dataDirectoryOf(given: string | null, surroundings: Surroundings): string {
  return given === null
    ? defaultDataDirectory(surroundings)
    : resolve(startedIn(surroundings), given);
}

function defaultDataDirectory({ env, platform, homeDirectory }: Surroundings): string {
  const absoluteOr = (path: string | undefined, fallback: string): string =>
    path !== undefined && isAbsolute(path) ? path : fallback;
  switch (platform) {
    case 'darwin':
      return join(homeDirectory, 'Library', 'Application Support', 'Rejoin');
    case 'win32':
      return join(
        absoluteOr(env['LOCALAPPDATA'], join(homeDirectory, 'AppData', 'Local')),
        'Rejoin',
      );
    default:
      return join(
        absoluteOr(env['XDG_DATA_HOME'], join(homeDirectory, '.local', 'share')),
        'rejoin',
      );
  }
}

function portOf(given: string | null): number {
  if (given === null) return defaultPort;
  const port = /^\d{1,5}$/.test(given) ? Number(given) : 0;
  if (port >= 1 && port <= 65_535) return port;
  throw new StartFailure(`--port expects a number from 1 to 65535, got "${given}".`);
}

/** Whether only programs on this machine can reach the address. */
export const isLoopback = (address: string): boolean =>
  address === '::1' || address.startsWith('127.');

/** @returns `null` where the address is one of those that are listened on anyway */
function otherAddress(given: string | null): string | null {
  if (given === null || ['localhost', '127.0.0.1', '::1'].includes(given)) return null;
  if (isIP(given) === 0)
    throw new StartFailure(
      `--host expects an IP address of this machine, got "${given}". A name belongs into --origin.`,
    );
  if (given === '0.0.0.0' || given === '::')
    throw new StartFailure(
      `--host expects one address, got ${given}, which means all of them: also those of networks that this machine joins later.`,
    );
  return given;
}

function tlsFiles(
  cert: string | null,
  key: string | null,
  absolute: (path: string) => string,
): Config['tls'] {
  if (cert === null && key === null) return null;
  if (cert === null || key === null)
    throw new StartFailure('--tls-cert and --tls-key belong together; only one was given.');
  return { certFile: absolute(cert), keyFile: absolute(key) };
}

function originOf(given: string | null, host: string | null): string | null {
  if (given === null) return null;
  const url = URL.canParse(given) ? new URL(given) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol) || url.href !== `${url.origin}/`)
    throw new StartFailure(
      `--origin expects a URL like https://rejoin.example without a path, got "${given}".`,
    );
  if (host !== null && !isLoopback(host) && url.protocol !== 'https:')
    throw new StartFailure(`--origin with --host expects https, got "${given}".`);
  return url.origin;
}
