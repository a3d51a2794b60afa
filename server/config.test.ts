import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readConfig, type Config, type Surroundings } from './config.ts';
import { refuseDataInsideRepository } from './data-location.ts';
import { requireGit, warningFor } from './git-version.ts';
import { StartFailure } from './start-failure.ts';

const linux: Surroundings = {
  env: {},
  platform: 'linux',
  homeDirectory: '/home/ilse',
  currentDirectory: '/work',
};

function configOf(argv: readonly string[], change: Partial<Surroundings> = {}): Config {
  const invocation = readConfig(argv, { ...linux, ...change });
  if (invocation.kind !== 'serve') throw new Error(`expected a start, got ${invocation.kind}`);
  return invocation.config;
}

const refusal = (...argv: string[]): string => {
  try {
    readConfig(argv, linux);
  } catch (error) {
    if (error instanceof StartFailure) return error.message;
  }
  return 'accepted';
};

describe('the command line of the bridge', () => {
  test('without anything: port 4747, loopback only, a browser, data where Linux keeps it', () => {
    expect(configOf([])).toEqual({
      port: 4747,
      host: null,
      origin: null,
      tls: null,
      dataDirectory: '/home/ilse/.local/share/rejoin',
      output: 'text',
      openBrowser: true,
      repositories: [],
      currentDirectory: '/work',
    });
  });

  test('paths are those of the directory npm was called in', () => {
    const env = { INIT_CWD: '/home/ilse/code' };
    const config = configOf(['api', '/srv/web', '--data', '../data'], { env });
    expect(config.repositories).toEqual(['/home/ilse/code/api', '/srv/web']);
    expect(config.dataDirectory).toBe('/home/ilse/data');
    expect(config.currentDirectory).toBe('/home/ilse/code');
  });

  test.each([
    ['linux', { XDG_DATA_HOME: '/data' }, '/data/rejoin'],
    ['linux', { XDG_DATA_HOME: 'relative/is/ignored' }, '/home/ilse/.local/share/rejoin'],
    ['darwin', {}, '/home/ilse/Library/Application Support/Rejoin'],
    ['win32', { LOCALAPPDATA: '/appdata' }, '/appdata/Rejoin'],
    ['win32', {}, '/home/ilse/AppData/Local/Rejoin'],
  ] as const)('data on %s with %j is in %s', (platform, env, expected) => {
    expect(configOf([], { platform, env }).dataDirectory).toBe(expected);
  });

  test('[R9] a port is a number from 1 to 65535', () => {
    expect([configOf(['--port', '1']).port, configOf(['--port=65535']).port]).toEqual([1, 65_535]);
    for (const port of ['0', '65536', 'http', '80.5', '1e3', ' 80'])
      expect(refusal('--port', port)).toBe(
        `--port expects a number from 1 to 65535, got "${port}".`,
      );
    for (const argv of [['--port'], ['--port', '--json'], ['--port=']])
      expect(refusal(...argv)).toContain('expects a value');
  });

  test('no browser is opened with --no-open, --json, or in CI', () => {
    expect(configOf(['--no-open']).openBrowser).toBe(false);
    expect(configOf(['--json'])).toMatchObject({ openBrowser: false, output: 'json' });
    expect(configOf([], { env: { CI: 'true' } }).openBrowser).toBe(false);
  });

  test('what is not known, given twice or tied to a flag is refused by name', () => {
    expect(refusal('--portt', '1')).toBe('Unknown option --portt. See --help.');
    expect(refusal('-x')).toBe('Unknown option -x. See --help.');
    expect(refusal('--port', '1', '--port', '2')).toContain('given twice');
    expect(refusal('--json=yes')).toContain('takes no value');
  });

  test('help and version win over everything else', () => {
    expect(readConfig(['--port', 'x', '--help'], linux).kind).toBe('help');
    expect(readConfig(['-h'], linux).kind).toBe('help');
    expect(readConfig(['--version'], linux).kind).toBe('version');
  });

  test('[R10] [G2] [T05] an address beyond loopback needs TLS, and never means all of them', () => {
    const tls = ['--tls-cert', 'cert.pem', '--tls-key', 'key.pem'];
    expect(refusal('--host', '192.168.1.5')).toContain('needs TLS');
    expect(refusal('--host', 'fd00::1')).toContain('needs TLS');
    expect(refusal('--host', '0.0.0.0', ...tls)).toContain('all of them');
    expect(refusal('--host', '::', ...tls)).toContain('all of them');
    expect(refusal('--host', 'workbench.local', ...tls)).toContain('expects an IP address');
    expect(configOf(['--host', '192.168.1.5', ...tls])).toMatchObject({
      host: '192.168.1.5',
      tls: { certFile: '/work/cert.pem', keyFile: '/work/key.pem' },
    });
    for (const loopback of ['localhost', '127.0.0.1', '::1'])
      expect(configOf(['--host', loopback]).host).toBeNull();
    expect(configOf(['--host', '127.0.0.2']).host).toBe('127.0.0.2');
    expect(refusal('--tls-cert', 'cert.pem')).toContain('belong together');
  });

  test('an origin is scheme, host and port, and https where others can listen', () => {
    expect(configOf(['--origin', 'https://rejoin.example']).origin).toBe('https://rejoin.example');
    for (const origin of ['rejoin.example', 'https://x/path', 'ftp://x', 'https://x?y'])
      expect(refusal('--origin', origin)).toContain('--origin expects a URL');
    const beyond = ['--host', '10.0.0.1', '--tls-cert', 'c', '--tls-key', 'k'];
    expect(refusal('--origin', 'http://x', ...beyond)).toContain('expects https');
  });
});

describe('the data directory', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'rejoin-data-'));
    await mkdir(join(root, 'repository', '.git'), { recursive: true });
    await mkdir(join(root, 'worktree', 'deep'), { recursive: true });
    await writeFile(join(root, 'worktree', '.git'), 'gitdir: elsewhere');
    await symlink(join(root, 'repository'), join(root, 'link'));
  });
  afterEach(async () => {
    await rm(root, { recursive: true });
  });

  test('is never inside a repository or worktree, whatever way leads there', () => {
    refuseDataInsideRepository(join(root, 'fine', 'not', 'yet'));
    for (const inside of ['repository', 'repository/a/b', 'worktree/deep/x', 'link/a', 'link/.git'])
      expect(() => {
        refuseDataInsideRepository(join(root, inside));
      }).toThrow(/is inside the repository .*--data/);
  });
});

describe('git', () => {
  test('missing from PATH is an error that says where to get it', async () => {
    await expect(requireGit('/nowhere:/really')).rejects.toThrow(
      /git was not found on PATH.*git-scm/,
    );
    expect((await requireGit(process.env['PATH'])).git).toMatch(/git(\.exe)?$/);
  });

  test('old is a warning, never a refusal', () => {
    expect(warningFor('git version 2.44.9')).toContain('2.44.9 is older than 2.45');
    expect(warningFor('git version 1.99')).toContain('1.99');
    for (const fine of ['git version 2.45.0', 'git version 2.51.0.windows.1', 'git version 3.0'])
      expect(warningFor(fine)).toBeNull();
    expect(warningFor('jgit')).toContain('did not tell its version');
  });
});
