import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import * as z from 'zod/mini';
import {
  healthSchema,
  meResponseSchema,
  pairResponseSchema,
} from '../../src/lib/sync/wire/http.ts';
import { runCommand } from '../../server/cli.ts';
import { devicesResponseSchema, pairingResponseSchema } from '../../server/http/terminal-wire.ts';
import { ask } from '../fixtures/gate-server.ts';
import { freePort } from '../fixtures/free-port.ts';
import { repositoryFixture, type RepositoryFixture } from '../fixtures/git-repository.ts';
import { runProgram, type ProgramEnd } from '../fixtures/run-program.ts';
import { RunningBridge, type Serving } from '../fixtures/running-bridge.ts';

// Each starts processes; on a busy machine one takes seconds.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let root: string;
let repository: RepositoryFixture;
let data: string;
let port: number;
let running: RunningBridge[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'rejoin-start-'));
  repository = await repositoryFixture();
  data = join(root, 'data');
  port = await freePort();
  running = [];
});
afterEach(async () => {
  for (const bridge of running) await bridge.stop();
  await repository[Symbol.asyncDispose]();
  await rm(root, { recursive: true, force: true });
});

const args = (): readonly string[] => ['--port', String(port), '--data', data, repository.path];

async function start(...more: readonly string[]): Promise<[RunningBridge, Serving]> {
  const bridge = new RunningBridge([...more, ...args()]);
  running.push(bridge);
  return [bridge, await bridge.start()];
}

const refusedStart = (...argv: readonly string[]): Promise<ProgramEnd> =>
  runProgram('main.ts', ['--json', '--no-open', ...argv], { cwd: root });

async function pair(link: string, name: string) {
  const answer = await ask(port, {
    method: 'POST',
    path: '/api/pair',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ secret: new URL(link).hash.slice(1), name }),
  });
  return pairResponseSchema.parse(JSON.parse(answer.text));
}

const me = async (token: string | undefined) => {
  const headers = { authorization: `Bearer ${token ?? ''}` };
  const answer = await ask(port, { path: '/api/me', headers });
  return meResponseSchema.parse(JSON.parse(answer.text));
};

describe('npm start -- --json', () => {
  test('[G14] prints where it serves and how to pair; afterwards a start has no link', async () => {
    const [bridge, serving] = await start();
    expect(serving).toMatchObject({ url: `http://localhost:${String(port)}`, port, data });
    expect(serving.pairingUrl).toMatch(new RegExp(`^${serving.url}/pair#[\\w-]{43}$`));
    const health = await ask(port, { path: '/healthz' });
    expect(healthSchema.parse(JSON.parse(health.text)).status).toBe('ok');
    const { token, role } = await pair(serving.pairingUrl ?? '', 'Script');
    expect(role).toBe('owner');
    await bridge.stop();
    const [, again] = await start();
    expect(again.pairingUrl).toBeNull();
    expect((await me(token)).deviceName).toBe('Script');
  });

  test('[T42] everything it keeps is for its owner alone', async () => {
    await start();
    expect((await stat(data)).mode & 0o777).toBe(0o700);
    const open: string[] = [];
    for (const entry of await readdir(data, { withFileTypes: true }))
      if (entry.isFile() && ((await stat(join(data, entry.name))).mode & 0o077) !== 0)
        open.push(entry.name);
    expect(open).toEqual([]);
  });

  test('[T11] neither secrets nor tokens are in its log', async () => {
    const [bridge, serving] = await start();
    const secret = new URL(serving.pairingUrl ?? '').hash.slice(1);
    const { token = '' } = await pair(serving.pairingUrl ?? '', 'Script');
    await ask(port, { path: `/api/none?token=${token}`, headers: { origin: 'null' } });
    await bridge.stop();
    expect(bridge.output).toContain('the gate refused a request');
    expect(bridge.output).not.toContain(secret);
    expect(bridge.output).not.toContain(token);
  });

  test('a signal closes sockets with 1001 and ends it with 0 in time, leaving no terminal file', async () => {
    const main = fileURLToPath(new URL('../../server/main.ts', import.meta.url));
    const child = spawn(process.execPath, [main, '--json', '--no-open', ...args()], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const [line] = z
      .tuple([z.instanceof(Buffer)])
      .parse(await Promise.race([once(child.stdout, 'data'), once(child, 'exit')]));
    const serving = z.object({ pairingUrl: z.string() }).parse(JSON.parse(line.toString()));
    const { token = '' } = await pair(serving.pairingUrl, 'Script');
    const socket = new WebSocket(`ws://127.0.0.1:${String(port)}/sync/tasks`, {
      headers: { authorization: `Bearer ${token}` },
    });
    await once(socket, 'open');
    expect(await readdir(data)).toContain('terminal.json');
    const closed = once(socket, 'close');
    const ended = once(child, 'exit');
    const stopping = performance.now();
    child.kill('SIGTERM');
    expect((await closed)[0]).toBe(1001);
    expect((await ended)[0]).toBe(0);
    expect(performance.now() - stopping).toBeLessThan(5000);
    expect(await readdir(data)).not.toContain('terminal.json');
  });

  test('after kill -9 it starts again on what was committed', async () => {
    const [bridge, serving] = await start();
    const { token } = await pair(serving.pairingUrl ?? '', 'Script');
    await bridge.stop('SIGKILL');
    await start();
    expect((await me(token)).deviceName).toBe('Script');
  });
});

describe('a start that cannot be', () => {
  const said = async (...argv: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await refusedStart(...argv);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^rejoin: /);
    return stderr;
  };

  test('says what is wrong with the command line', async () => {
    expect(await said('--host', '192.168.1.5')).toContain('needs TLS');
  });

  test('[G1] says that the port is taken, and takes no other', async () => {
    const squatter = createServer();
    await new Promise<void>((resolve) => squatter.listen(port, '127.0.0.1', resolve));
    expect(await said(...args())).toContain(`listens at 127.0.0.1:${String(port)}`);
    await new Promise((resolve) => squatter.close(resolve));
    await start();
  });

  test('says what is no repository', async () => {
    const plain = join(root, 'plain');
    await mkdir(plain);
    expect(await said('--port', String(port), '--data', data, plain)).toContain(plain);
  });

  test('says that data does not belong into a repository', async () => {
    const inside = join(repository.path, 'data');
    expect(await said('--data', inside)).toContain(`inside the repository ${repository.path}`);
    await expect(stat(inside)).rejects.toThrow('ENOENT');
  });

  test('says that another bridge has the data directory', async () => {
    await start();
    const other = await freePort();
    expect(await said('--port', String(other), '--data', data, repository.path)).toContain(data);
  });

  test('[G2] [T05] does not listen beyond loopback before there is an owner', async () => {
    const fixture = (name: string): string =>
      fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url));
    const tls = ['test-only-certificate.pem', 'test-only-key.pem'].map(fixture);
    const text = await said(
      ...['--host', '192.0.2.1', '--tls-cert', tls[0] ?? '', '--tls-key', tls[1] ?? ''],
      ...args(),
    );
    expect(text).toContain('before an owner is paired');
  });

  test('--version does nothing else', async () => {
    const version = await runProgram('main.ts', ['--version']);
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('npm run rejoin', () => {
  const rejoin = (...argv: readonly string[]): Promise<string> =>
    runCommand([...argv, '--data', data], {
      env: {},
      platform: process.platform,
      homeDirectory: root,
      currentDirectory: root,
    });

  test('without a bridge says how to start one, and ends with 1', async () => {
    const { code, stdout, stderr } = await runProgram('cli.ts', ['devices', '--data', data]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^rejoin: No bridge runs with the data directory .*npm start/);
  });

  test('an unknown command is named; help needs no bridge', async () => {
    await expect(rejoin('devises')).rejects.toThrow('"devises"');
    await expect(rejoin('devices', 'role', 'x')).rejects.toThrow('devices role ID ROLE');
    await expect(rejoin('pair', '--rule', 'x')).rejects.toThrow('Unknown option --rule');
    expect(await rejoin('--help')).toMatch(/^Usage: npm run rejoin/);
    expect(await rejoin()).toMatch(/^Usage: npm run rejoin/);
  });

  test('[G16] makes links, lists devices and changes what they may do', async () => {
    const [, serving] = await start();
    const first = await pair(serving.pairingUrl ?? '', 'Laptop');
    const made = await rejoin('pair', '--role', 'editor', '--name', 'Mara', '--json');
    const link = pairingResponseSchema.parse(JSON.parse(made));
    expect(link).toMatchObject({ role: 'editor', personName: 'Mara' });
    const phone = await pair(link.url, 'Phone\u001b[2J');
    expect(await me(phone.token)).toMatchObject({ role: 'editor', personName: 'Mara' });

    const list = await rejoin('devices');
    expect(list).toMatch(/Phone\ufffd\[2J +Mara .*editor +workspace +program/);
    const listed = devicesResponseSchema.parse(JSON.parse(await rejoin('devices', '--json')));
    expect(listed.devices.map(({ kind }) => kind)).toEqual(['terminal', 'program', 'program']);

    const changed = await rejoin('devices', 'role', phone.deviceId, 'viewer');
    expect(changed).toMatch(/ is viewer now; it was editor\.\n$/);
    expect((await me(phone.token)).role).toBe('viewer');
    await expect(rejoin('devices', 'role', first.deviceId, 'editor')).rejects.toThrow('last owner');
    await expect(rejoin('pair', '--role', 'king')).rejects.toThrow('Expected a role');
    await expect(rejoin('pair', '--session', 'x')).rejects.toThrow('expects the id of a session');
    await expect(rejoin('pair', '--name', 'A', '--person', 'B')).rejects.toThrow('give one');
    const again = pairingResponseSchema.parse(
      JSON.parse(await rejoin('pair', '--role', 'viewer', '--person', phone.personId, '--json')),
    );
    expect(again.personName).toBe('Mara');
    expect(await rejoin('pair')).toContain(`${serving.url}/pair#`);
  });
});
