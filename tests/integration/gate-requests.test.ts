import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import type { Command } from '../../src/lib/domain/command.ts';
import { newCommandId, sessionIdSchema, type CommandId } from '../../src/lib/domain/ids.ts';
import { limits } from '../../src/lib/domain/limits.ts';
import {
  commandResponseSchema,
  errorResponseSchema,
  healthSchema,
  meResponseSchema,
  operationsResponseSchema,
  pairResponseSchema,
} from '../../src/lib/sync/wire/http.ts';
import { addressesOf } from '../../server/http/addresses.ts';
import { pairingUrl } from '../../server/http/pairing-routes.ts';
import {
  ask,
  gateServer,
  pageHtml,
  type GateServer,
  type RawAnswer,
} from '../fixtures/gate-server.ts';
import { seededRandom } from '../fixtures/manual-time.ts';

let bridge: GateServer;

const read = <S extends z.ZodMiniType>(answer: RawAnswer, schema: S): z.output<S> =>
  schema.parse(JSON.parse(answer.text));
const errorOf = (answer: RawAnswer) => read(answer, errorResponseSchema).error;
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const post = (path: string, body: object | string, headers: Record<string, string> = {}) =>
  ask(bridge.port, {
    method: 'POST',
    path,
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

describe('pairing over HTTP', () => {
  beforeEach(async () => {
    bridge = await gateServer();
  });
  afterEach(async () => {
    await bridge.stop();
  });

  const firstSecret = async (): Promise<string> =>
    (await bridge.identity.firstOwnerLink()) ?? 'an owner exists';

  test('[G12] [G14] a program gets a token that works; the first owner is active at once', async () => {
    const answer = await post('/api/pair', { secret: await firstSecret(), name: 'Script' });
    const paired = read(answer, pairResponseSchema);
    expect([answer.status, paired.role, paired.state]).toEqual([200, 'owner', 'active']);
    expect(answer.headers['set-cookie']).toBeUndefined();
    const me = await ask(bridge.port, { path: '/api/me', headers: bearer(paired.token ?? '') });
    expect(read(me, meResponseSchema)).toMatchObject({
      deviceId: paired.deviceId,
      deviceName: 'Script',
      personName: 'ilse',
      role: 'owner',
      bridge: { name: 'workbench', key: paired.bridge.key },
    });
    expect(await bridge.identity.firstOwnerLink()).toBeNull();
  });

  test('[G12] [T11] a browser gets the credential in a cookie that no script reads, and no token', async () => {
    const answer = await post(
      '/api/pair',
      { secret: await firstSecret(), name: 'Laptop' },
      { origin: bridge.url, 'sec-fetch-site': 'same-origin' },
    );
    expect(read(answer, pairResponseSchema).token).toBeUndefined();
    const [cookie = ''] = answer.headers['set-cookie'] ?? [];
    expect(cookie).toMatch(
      /^rejoin_[\w-]{8}=[\w-]{43}; Path=\/; Max-Age=34560000; HttpOnly; SameSite=Strict$/,
    );
    const pair = cookie.split(';')[0] ?? '';
    const me = await ask(bridge.port, {
      path: '/api/me',
      headers: { cookie: pair, 'sec-fetch-site': 'same-origin' },
    });
    expect(me.status).toBe(200);
    expect(me.headers['set-cookie']).toEqual([cookie]);
    expect(me.headers['cache-control']).toBe('no-store');
  });

  test('[G12] [T14] a cookie of our name that a neighbour on another port set leaves ours working', async () => {
    const answer = await post(
      '/api/pair',
      { secret: await firstSecret(), name: 'Laptop' },
      { origin: bridge.url, 'sec-fetch-site': 'same-origin' },
    );
    const pair = answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    const me = await ask(bridge.port, {
      path: '/api/me',
      headers: { cookie: `${pair.split('=')[0] ?? ''}=theirs; ${pair}`, origin: bridge.url },
    });
    expect(me.status).toBe(200);
  });

  test('[G13] [T09] of fifty attempts at once exactly one pairs', async () => {
    const secret = await firstSecret();
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        post('/api/pair', { secret, name: `Device ${String(index)}` }),
      ),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(new Set(statuses)).toEqual(new Set([200, 410, 429]));
    expect(bridge.identity.directory.owners()).toHaveLength(1);
  });

  test('[R9] [G6] [T12] after thirty failed attempts in a minute the next is not looked at; devices are not locked out', async () => {
    const { token } = await bridge.device('viewer');
    const guess = () => post('/api/pair', { secret: 'x'.repeat(43), name: 'Guess' });
    for (let attempt = 1; attempt <= limits.pairingAttemptsPerMinuteMax; attempt += 1)
      expect((await guess()).status).toBe(401);
    const refused = await guess();
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '60']);
    expect((await ask(bridge.port, { path: '/api/me', headers: bearer(token) })).status).toBe(200);
    bridge.time.advance(60_000);
    expect((await guess()).status).toBe(401);
  });

  test('[R9] [G6] [T12] failed credentials are counted, good ones are not refused for them', async () => {
    const { token } = await bridge.device('viewer');
    const me = (credential: string) =>
      ask(bridge.port, { path: '/api/me', headers: bearer(credential) });
    for (let attempt = 1; attempt <= limits.failedCredentialsPerMinuteMax; attempt += 1)
      expect((await me('wrong')).status).toBe(401);
    expect((await me('wrong')).status).toBe(429);
    expect((await me(token)).status).toBe(200);
    expect((await ask(bridge.port, { path: '/api/me' })).status).toBe(401);
  });

  test('a key that is none is refused before the link is used up', async () => {
    const secret = await firstSecret();
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-384' });
    const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64url');
    expect((await post('/api/pair', { secret, name: 'Odd', key })).status).toBe(400);
    const good = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey;
    const answer = await post('/api/pair', {
      secret,
      name: 'Even',
      key: good.export({ type: 'spki', format: 'der' }).toString('base64url'),
    });
    expect(answer.status).toBe(200);
  });

  test('[G13] [T09] a link carries role and scope; what the device asks for is not even read', async () => {
    const owner = await bridge.device('owner');
    const made = await post(
      '/api/pairings',
      { role: 'reviewer', scope: { kind: 'workspace' } },
      bearer(owner.token),
    );
    const { url, personName } = z
      .object({ url: z.string(), personName: z.string() })
      .parse(JSON.parse(made.text));
    expect(url.startsWith(`${bridge.url}/pair#`)).toBe(true);
    expect(personName).toBe('reviewer 3');
    const secret = url.split('#')[1] ?? '';
    expect((await post('/api/pair', { secret, name: 'X', role: 'owner' })).status).toBe(400);
    const paired = read(await post('/api/pair', { secret, name: 'X' }), pairResponseSchema);
    expect(paired.role).toBe('reviewer');
  });

  test('links for people and sessions that do not exist, and owners of single sessions, are refused', async () => {
    const owner = await bridge.device('owner');
    const link = (body: object) => post('/api/pairings', body, bearer(owner.token));
    const sessions = ['0198c0de-0000-7000-8000-000000000001'];
    const scope = { kind: 'workspace' };
    const guest = { kind: 'sessions', sessions };
    const person = { kind: 'existing', id: 'nobody' };
    expect((await link({ role: 'editor', scope, person })).status).toBe(404);
    expect((await link({ role: 'editor', scope: guest })).status).toBe(404);
    expect((await link({ role: 'owner', scope: guest })).status).toBe(400);
  });
});

describe('requests of paired devices', () => {
  let owner: string;
  let editor: string;
  beforeAll(async () => {
    bridge = await gateServer();
    owner = (await bridge.device('owner')).token;
    editor = (await bridge.device('editor')).token;
  });
  afterAll(async () => {
    await bridge.stop();
  });

  const random = seededRandom(3);
  const newId = (): CommandId => newCommandId(bridge.time, random);
  const stop = (): Command => ({
    v: 1,
    id: newId(),
    kind: 'session.stop',
    sessionId: sessionIdSchema.parse('0198c0de-0000-7000-8000-000000000002'),
    params: {},
    expects: [],
    seen: { epoch: bridge.storage.life.epoch, seq: bridge.storage.position() },
    createdAt: 0,
  });
  const sendCommand = (command: object | string) => post('/api/commands', command, bearer(editor));

  test('[R2] [C3] a command is accepted once; the same again gets its present state, other contents a conflict', async () => {
    const before = bridge.decided.length;
    const command = stop();
    const first = await sendCommand(command);
    expect(first.status).toBe(202);
    expect(read(first, commandResponseSchema)).toMatchObject({ id: command.id, state: 'done' });
    expect((await sendCommand(command)).text).toBe(first.text);
    expect(bridge.decided.length).toBe(before + 1);
    const other = await sendCommand({ ...command, createdAt: 1 });
    expect([other.status, errorOf(other).code]).toEqual([409, 'conflict']);
  });

  test('[C2] an unknown kind is answered by name and id, a newer version clearly', async () => {
    const unknown = await sendCommand({ ...stop(), kind: 'moon.land' });
    expect(unknown.status).toBe(400);
    expect(errorOf(unknown).message).toMatch(/Command [0-9a-f-]{36} is of the kind "moon\.land"/);
    const newer = await sendCommand({ ...stop(), v: 2, surprise: true });
    expect(newer.status).toBe(400);
    expect(errorOf(newer).message).toMatch(/newer version \(v 2\); this bridge reads v 1/);
    const wrong = await sendCommand({ ...stop(), role: 'owner' });
    expect([wrong.status, errorOf(wrong).code]).toEqual([400, 'bad_request']);
  });

  test('[R9] [C1] a command of 64 KiB is read, one byte more is refused with both numbers', async () => {
    const padded = (bytes: number): string => {
      const text = JSON.stringify(stop());
      return text + ' '.repeat(bytes - text.length);
    };
    expect((await sendCommand(padded(limits.commandBytesMax))).status).toBe(202);
    const refused = await sendCommand(padded(limits.commandBytesMax + 1));
    expect(refused.status).toBe(413);
    expect(errorOf(refused).message).toBe(
      'Expected a command of at most 65536 bytes, got 65537 bytes.',
    );
    const chunked = await ask(bridge.port, {
      method: 'POST',
      path: '/api/commands',
      headers: {
        ...bearer(editor),
        'content-type': 'application/json',
        'transfer-encoding': 'chunked',
        'content-length': [],
      },
      body: padded(limits.commandBytesMax + 1),
    });
    expect([chunked.status, errorOf(chunked).code]).toEqual([413, 'too_large']);
  });

  test('[G9] [T03] a body that is not sent as JSON, or is none, is refused', async () => {
    const form = await ask(bridge.port, {
      method: 'POST',
      path: '/api/commands',
      headers: { ...bearer(editor), 'content-type': 'text/plain' },
      body: JSON.stringify(stop()),
    });
    expect(form.status).toBe(400);
    expect((await sendCommand('{"v":1,')).status).toBe(400);
    expect((await sendCommand('\u0000')).status).toBe(400);
  });

  test('[C10] the operations feed goes on from a cursor, and another epoch is a conflict', async () => {
    const { epoch } = bridge.storage.life;
    const feed = (query: string) =>
      ask(bridge.port, { path: `/api/operations?${query}`, headers: bearer(owner) });
    const start = read(await feed(`epoch=${epoch}&after=0`), operationsResponseSchema);
    const command = stop();
    await sendCommand(command);
    const next = read(
      await feed(`epoch=${epoch}&after=${String(start.next)}`),
      operationsResponseSchema,
    );
    expect(next.operations.map(({ id }) => id)).toEqual([command.id]);
    expect(next.operations[0]?.number).toBe(start.operations.length + 1);
    const end = read(await feed(`epoch=&after=${String(next.next)}`), operationsResponseSchema);
    expect(end).toEqual({ epoch, next: next.next, operations: [] });
    expect((await feed('epoch=another&after=0')).status).toBe(409);
    expect((await feed(`epoch=${epoch}&after=-1`)).status).toBe(400);
  });

  test('[R9] [C10] a page of the feed has at most 500 operations', async () => {
    const sender = bridge.identity.directory.authenticate(editor);
    if (sender.kind !== 'device') throw new Error('expected the editor to be known');
    const from = bridge.storage.position();
    for (let sent = 0; sent <= limits.operationsPerPageMax; sent += 1)
      await bridge.journal.accept(stop(), sender.principal);
    const feed = async (after: number) =>
      read(
        await ask(bridge.port, {
          path: `/api/operations?after=${String(after)}`,
          headers: bearer(owner),
        }),
        operationsResponseSchema,
      );
    const first = await feed(from);
    expect(first.operations).toHaveLength(limits.operationsPerPageMax);
    expect((await feed(first.next)).operations).toHaveLength(1);
  });

  test('[R9] headers of up to 16 KiB are read, more end the request', async () => {
    const me = (bytes: number) =>
      ask(bridge.port, {
        path: '/api/me',
        headers: { ...bearer(owner), 'x-padding': 'x'.repeat(bytes) },
      });
    expect((await me(limits.headerBytesMax - 500)).status).toBe(200);
    expect((await me(limits.headerBytesMax)).status).toBe(431);
  });

  test('[R9] a request for a link of more than 8 KiB is refused', async () => {
    const padded = (bytes: number): string => {
      const text = JSON.stringify({ role: 'viewer', scope: { kind: 'workspace' } });
      return text + ' '.repeat(bytes - text.length);
    };
    const link = (bytes: number) => post('/api/pairings', padded(bytes), bearer(owner));
    expect((await link(limits.smallBodyBytesMax)).status).toBe(201);
    expect((await link(limits.smallBodyBytesMax + 1)).status).toBe(413);
  });

  test('[T08] a guest sees the operations of its sessions only', async () => {
    const command = stop();
    await sendCommand(command);
    const sessionsOf = async (id: string) => {
      const guest = await bridge.device('viewer', {
        kind: 'sessions',
        sessions: [sessionIdSchema.parse(id)],
      });
      const answer = await ask(bridge.port, {
        path: '/api/operations',
        headers: bearer(guest.token),
      });
      return read(answer, operationsResponseSchema).operations.map((entry) => entry.sessionId);
    };
    expect(new Set(await sessionsOf(command.sessionId ?? ''))).toEqual(
      new Set([command.sessionId]),
    );
    expect(await sessionsOf('0198c0de-0000-7000-8000-00000000000f')).toEqual([]);
  });

  test('a blob is kept under the hash of its bytes and never changes', async () => {
    const bytes = randomBytes(1000);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const path = `/api/blobs/${sha256}`;
    const put = (body: Uint8Array) =>
      ask(bridge.port, { method: 'PUT', path, headers: bearer(editor), body });
    const get = (headers: Record<string, string> = {}) =>
      ask(bridge.port, { path, headers: { ...bearer(owner), ...headers } });
    expect((await get()).status).toBe(404);
    const wrong = await put(randomBytes(1000));
    expect([wrong.status, errorOf(wrong).message.includes(sha256)]).toEqual([400, true]);
    expect((await put(bytes)).status).toBe(201);
    expect((await put(bytes)).status).toBe(200);
    const answer = await get();
    expect(answer.headers).toMatchObject({
      'content-type': 'application/octet-stream',
      'content-disposition': 'attachment',
      'cache-control': 'private, max-age=31536000, immutable',
      etag: `"${sha256}"`,
    });
    expect((await get({ 'if-none-match': `"${sha256}"` })).status).toBe(304);
  });

  test('[R9] a blob of 16 MiB is kept, one byte more is refused with both numbers', async () => {
    const put = (bytes: Uint8Array) =>
      ask(bridge.port, {
        method: 'PUT',
        path: `/api/blobs/${createHash('sha256').update(bytes).digest('hex')}`,
        headers: bearer(editor),
        body: bytes,
      });
    expect((await put(Buffer.alloc(limits.blobBytesMax))).status).toBe(201);
    const refused = await put(Buffer.alloc(limits.blobBytesMax + 1));
    expect(refused.status).toBe(413);
    expect(errorOf(refused).message).toContain('16777216');
    expect(errorOf(refused).message).toContain('16777217');
  });

  test('[C4] a full disk is said, and nothing is accepted', async () => {
    bridge.storage.faults.full = true;
    const command = stop();
    const refused = await sendCommand(command);
    expect([refused.status, errorOf(refused).code]).toEqual([507, 'disk_full']);
    bridge.storage.faults.full = false;
    expect((await sendCommand(command)).status).toBe(202);
  });

  test('[C6] [T07] [T08] a role holds from the moment it was changed', async () => {
    const device = await bridge.device('editor');
    const demote: Command = {
      ...stop(),
      kind: 'device.role',
      params: { deviceId: device.id, role: 'viewer' },
    };
    const done = await post('/api/commands', demote, bearer(owner));
    expect(read(done, commandResponseSchema).message).toBe(
      "editor's device is viewer now; it was editor.",
    );
    const refused = await post('/api/commands', stop(), bearer(device.token));
    expect([refused.status, errorOf(refused).code]).toEqual([403, 'forbidden']);
    const byEditor = await sendCommand({ ...demote, id: newId() });
    expect([byEditor.status, errorOf(byEditor).code]).toEqual([403, 'forbidden']);
  });
});

describe('the static shell', () => {
  beforeAll(async () => {
    bridge = await gateServer();
  });
  afterAll(async () => {
    await bridge.stop();
  });

  const get = (path: string, headers: Record<string, string> = {}) =>
    ask(bridge.port, { path, headers });

  test('every view is the one page, with compressed twins; what the build did not make is 404', async () => {
    for (const path of ['/', '/tasks', '/s/0198c0de-0000-7000-8000-000000000002/chat', '/pair'])
      expect((await get(path)).text).toBe(pageHtml);
    expect((await get('/', { 'accept-encoding': 'gzip, br' })).text).toBe('brotli');
    expect((await get('/', { 'accept-encoding': 'gzip' })).text).toBe('gzip');
    for (const path of ['/_app/immutable/gone.js', '/_app', '/_app/x', '/favicon.ico', '/../x.js'])
      expect((await get(path)).status).toBe(404);
    expect((await ask(bridge.port, { method: 'POST', path: '/' })).status).toBe(405);
  });

  test('what is named by its hash is kept for ever, the rest is asked for again', async () => {
    const immutable = await get('/_app/immutable/start.js');
    expect(immutable.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    for (const path of ['/', '/service-worker.js', '/tasks']) {
      const answer = await get(path);
      expect(answer.headers['cache-control']).toBe('no-cache');
      const again = await get(path, { 'if-none-match': answer.headers.etag ?? '' });
      expect([again.status, again.text]).toEqual([304, '']);
    }
  });

  test('[G3] pages asked for elsewhere are sent to the one origin, with their path', async () => {
    for (const name of ['127.0.0.1', '[::1]']) {
      const answer = await get('/s/x?tab=1', { host: `${name}:${String(bridge.port)}` });
      expect([answer.status, answer.headers.location]).toEqual([307, `${bridge.url}/s/x?tab=1`]);
      const health = await get('/healthz', { host: `${name}:${String(bridge.port)}` });
      expect(read(health, healthSchema)).toMatchObject({ status: 'ok', protocol: 1 });
    }
  });

  test('[G18] [T15] [T17] every response forbids embedding, foreign scripts and sniffing; none allows another origin', async () => {
    for (const path of [
      '/',
      '/none.js',
      '/healthz',
      '/api/me',
      '/api/none',
      '/_app/immutable/start.js',
    ]) {
      const { headers } = await get(path);
      expect(headers).toMatchObject({
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      });
      expect(headers['permissions-policy']).toContain('camera=()');
      const policy = String(headers['content-security-policy']).split('; ');
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain("require-trusted-types-for 'script'");
      expect(policy).toContain("script-src 'self' 'sha256-Zm9v'");
      expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
    const preflight = await ask(bridge.port, {
      method: 'OPTIONS',
      path: '/api/commands',
      headers: { origin: 'http://evil.test', 'access-control-request-method': 'POST' },
    });
    expect(preflight.status).toBe(403);
    expect(Object.keys(preflight.headers).some((name) => name.startsWith('access-control'))).toBe(
      false,
    );
  });

  test('[G13] [T11] the secret of a link is in the fragment', () => {
    const addresses = addressesOf({ port: 4747, host: null, origin: null, tls: false });
    const url = new URL(pairingUrl(addresses, 'the-secret'));
    expect([url.origin, url.pathname, url.search, url.hash]).toEqual([
      'http://localhost:4747',
      '/pair',
      '',
      '#the-secret',
    ]);
  });
});
