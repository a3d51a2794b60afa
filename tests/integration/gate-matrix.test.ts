import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { roles, type Role } from '../../src/lib/domain/role.ts';
import { addressesOf } from '../../server/http/addresses.ts';
import { Gate } from '../../server/http/gate.ts';
import { addressOptions, routeTable } from '../../server/http/serve.ts';
import type { Route } from '../../server/http/routes.ts';
import { seededRandom } from '../fixtures/manual-time.ts';
import { rawExchange } from '../fixtures/raw-exchange.ts';
import { silentLog } from '../fixtures/silent-log.ts';
import { ask, gateServer, type GateServer, type RawAnswer } from '../fixtures/gate-server.ts';

/** What a route answers to a request that is let in: each sends a body that no schema accepts, so nothing is done. */
interface Cell {
  readonly headers: Readonly<Record<string, string>>;
  readonly expected: (route: Route) => readonly number[];
}

let bridge: GateServer;
let tokens: Readonly<Record<Role, string>>;
let table: readonly Route[];

beforeAll(async () => {
  bridge = await gateServer();
  const made = new Map<Role, string>();
  for (const role of roles) made.set(role, (await bridge.device(role)).token);
  const token = (role: Role): string => made.get(role) ?? '';
  tokens = {
    owner: token('owner'),
    editor: token('editor'),
    reviewer: token('reviewer'),
    viewer: token('viewer'),
  };
  const { port, identity, journal, storage, time } = bridge;
  const addresses = addressesOf(
    addressOptions({ port, host: null, origin: null, tls: null, shellDirectory: '', version: '' }),
  );
  table = routeTable(
    {
      identity,
      journal,
      storage,
      ambient: { clock: time, scheduler: time, random: seededRandom(1) },
      log: silentLog,
      attach: () => undefined,
    },
    new Gate({ addresses, directory: identity.directory, clock: time }),
    addresses,
    '0.0.0',
  );
});

afterAll(async () => {
  await bridge.stop();
});

const pathOf = (route: Route): string => route.path.replace(':sha256', '0'.repeat(64));

async function send(route: Route, headers: Readonly<Record<string, string>>): Promise<RawAnswer> {
  const withBody = route.method !== 'GET';
  return await ask(bridge.port, {
    method: route.method,
    path: pathOf(route),
    headers: { ...(withBody ? { 'content-type': 'application/json' } : {}), ...headers },
    ...(withBody ? { body: '{"nothing":"expected"}' } : {}),
  });
}

/** 4xx that comes after the gate: the body's shape, or nothing there. */
const passed = (route: Route): readonly number[] =>
  route.method === 'GET' ? (route.path.includes(':sha256') ? [404] : [200]) : [400];
const open = (route: Route): boolean => route.access === 'open';
const own = (): string => `http://localhost:${String(bridge.port)}`;

const cells: Readonly<Record<string, () => Cell>> = {
  'no credential, own Origin': () => ({
    headers: { origin: own() },
    expected: (route) => (open(route) ? passed(route) : [401]),
  }),
  'no credential, no Origin': () => ({
    headers: {},
    expected: (route) => (open(route) ? passed(route) : [401]),
  }),
  'unknown token': () => ({
    headers: { authorization: 'Bearer nobody-has-this' },
    expected: (route) => (open(route) ? passed(route) : [401]),
  }),
  'foreign Host': () => ({
    headers: { host: 'evil.test', authorization: `Bearer ${tokens.owner}` },
    expected: () => [421],
  }),
  'foreign Origin': () => ({
    headers: { origin: 'http://evil.test', authorization: `Bearer ${tokens.owner}` },
    expected: () => [403],
  }),
  'same host, other port': () => ({
    headers: { origin: 'http://localhost:3000', authorization: `Bearer ${tokens.owner}` },
    expected: () => [403],
  }),
  'null Origin': () => ({
    headers: { origin: 'null', authorization: `Bearer ${tokens.owner}` },
    expected: () => [403],
  }),
  'cookie and no Origin': () => ({
    headers: { cookie: cookie(tokens.owner) },
    expected: (route) => (open(route) ? passed(route) : [403]),
  }),
  'cookie and a page of another site': () => ({
    headers: { cookie: cookie(tokens.owner), 'sec-fetch-site': 'cross-site' },
    expected: (route) => (route.policy.kind === 'open' ? passed(route) : [403]),
  }),
};

const cookie = (token: string): string =>
  `rejoin_${bridge.identity.bridge.id.slice(0, 8)}=${token}`;

describe('[R10] [G5] [G7] [T01] the gate, every route', () => {
  for (const [name, cell] of Object.entries(cells))
    test(name, async () => {
      const { headers, expected } = cell();
      for (const route of table) {
        const { status } = await send(route, headers);
        expect({ route: `${route.method} ${route.path}`, status }).toEqual({
          route: `${route.method} ${route.path}`,
          status: expected(route).find((code) => code === status) ?? expected(route)[0],
        });
      }
      expect(bridge.decided).toEqual([]);
    });

  for (const role of roles)
    test(`[G8] [T08] as ${role}`, async () => {
      for (const route of table) {
        const { status } = await send(route, { authorization: `Bearer ${tokens[role]}` });
        const allowed = route.access === 'open' || route.policy.roles.includes(role);
        expect({ route: `${route.method} ${route.path}`, status }).toEqual({
          route: `${route.method} ${route.path}`,
          status: allowed ? passed(route)[0] : 403,
        });
      }
      expect(bridge.decided).toEqual([]);
    });

  test('[G8] the table gives each role what the specification says', () => {
    const may = (role: Role): readonly string[] =>
      table
        .filter((route) => route.access === 'device' && route.policy.roles.includes(role))
        .map((route) => `${route.method} ${route.path}`);
    const reads = ['GET /api/me', 'GET /api/operations', 'GET /api/blobs/:sha256'];
    expect(new Set(may('viewer'))).toEqual(new Set(reads));
    expect(new Set(may('reviewer'))).toEqual(new Set(reads));
    expect(new Set(may('editor'))).toEqual(
      new Set([...reads, 'POST /api/commands', 'PUT /api/blobs/:sha256']),
    );
    expect(new Set(may('owner'))).toEqual(
      new Set([...may('editor'), 'POST /api/pairings', 'GET /api/devices']),
    );
    expect(table.filter((route) => route.access === 'open').map((route) => route.path)).toEqual([
      '/healthz',
      '/api/pair',
    ]);
  });

  test('[G10] a path that does not exist is a secret until there is a credential', async () => {
    for (const path of ['/api', '/api/nothing', '/metrics', '/sync', '/sync/tasks', '/api/me/x']) {
      expect((await ask(bridge.port, { path })).status).toBe(401);
      expect((await ask(bridge.port, { path, headers: { origin: 'null' } })).status).toBe(403);
      expect((await ask(bridge.port, { path, headers: { host: 'evil.test' } })).status).toBe(421);
      const headers = { authorization: `Bearer ${tokens.viewer}` };
      expect((await ask(bridge.port, { path, headers })).status).toBe(404);
    }
  });
});

describe('[G4] [T02] Host is compared, never parsed', () => {
  const hosts = [
    'evil.test',
    '127.0.0.1.nip.io:PORT',
    'localhost.evil:PORT',
    'localhost.:PORT',
    'localhost',
    'localhost:1',
    'x@localhost:PORT',
  ];
  for (const host of hosts)
    test(`"${host}" is answered with 421 and no body`, async () => {
      for (const path of ['/', '/healthz', '/api/me', '/sync/tasks']) {
        const answer = await ask(bridge.port, {
          path,
          headers: {
            host: host.replace('PORT', String(bridge.port)),
            authorization: `Bearer ${tokens.owner}`,
          },
        });
        expect({ path, status: answer.status, text: answer.text }).toEqual({
          path,
          status: 421,
          text: '',
        });
      }
    });

  test('two Host headers, none, and an absolute target are refused too', async () => {
    const host = `Host: localhost:${String(bridge.port)}\r\n`;
    for (const request of [
      `GET /healthz HTTP/1.1\r\n${host}${host}`,
      'GET /healthz HTTP/1.1\r\n',
      `GET http://localhost:${String(bridge.port)}/healthz HTTP/1.1\r\n${host}`,
    ]) {
      const answer = await rawExchange(bridge.port, `${request}Connection: close\r\n\r\n`);
      expect(answer.split('\r\n')[0]).toContain('421');
      expect(answer.split('\r\n\r\n')[1]).toBe('');
    }
  });

  test('[G3] the API answers at all three names of this machine', async () => {
    for (const name of ['localhost', '127.0.0.1', '[::1]']) {
      const headers = {
        host: `${name}:${String(bridge.port)}`,
        authorization: `Bearer ${tokens.viewer}`,
      };
      expect((await ask(bridge.port, { path: '/api/me', headers })).status).toBe(200);
    }
  });
});
