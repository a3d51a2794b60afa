import { once } from 'node:events';
import { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { limits } from '../../src/lib/domain/limits.ts';
import { closeCodes, muxSubprotocol } from '../../src/lib/sync/wire/protocol.ts';
import { gateServer, type GateServer } from '../fixtures/gate-server.ts';

let bridge: GateServer;
let token: string;

beforeEach(async () => {
  bridge = await gateServer();
  ({ token } = await bridge.device('viewer'));
});
afterEach(async () => {
  await bridge.stop();
});

type Outcome =
  | { readonly kind: 'refused'; readonly status: number }
  | { readonly kind: 'closed'; readonly code: number; readonly frames: number }
  | { readonly kind: 'open'; readonly socket: WebSocket };

/** A handshake with exactly these headers, until it is refused, closed by the bridge, or handed over. */
async function handshake(
  path: string,
  headers: Readonly<Record<string, string>>,
  protocols: readonly string[] = [],
): Promise<Outcome> {
  const attached = bridge.attached.length;
  const socket = new WebSocket(`ws://127.0.0.1:${String(bridge.port)}${path}`, [...protocols], {
    headers: { host: `localhost:${String(bridge.port)}`, ...headers },
  });
  return await new Promise((resolve, reject) => {
    let frames = 0;
    socket.on('message', () => (frames += 1));
    socket.on('unexpected-response', (_request, response) => {
      response.resume();
      resolve({ kind: 'refused', status: response.statusCode ?? 0 });
    });
    socket.on('close', (code) => {
      resolve({ kind: 'closed', code, frames });
    });
    socket.on('open', () => {
      if (bridge.attached.length > attached) resolve({ kind: 'open', socket });
    });
    socket.on('error', reject);
  });
}

const bearer = () => ({ authorization: `Bearer ${token}` });
const cookie = (value = token) => ({
  cookie: `rejoin_${bridge.identity.bridge.id.slice(0, 8)}=${value}`,
});

describe('[R10] [G5] [T04] a handshake passes the same gate', () => {
  test('[G11] without a credential: refused, or told by a close code before any frame where a page asks', async () => {
    expect(await handshake('/sync/tasks', {})).toEqual({ kind: 'refused', status: 401 });
    for (const headers of [{}, cookie('revoked-or-unknown')])
      expect(await handshake('/sync/tasks', { origin: bridge.url, ...headers })).toEqual({
        kind: 'closed',
        code: closeCodes.noCredential,
        frames: 0,
      });
    expect(bridge.attached).toEqual([]);
  });

  test('a foreign Host, and a foreign, null or missing Origin are refused', async () => {
    const refused = async (headers: Readonly<Record<string, string>>) => {
      const outcome = await handshake('/sync/tasks', headers);
      return outcome.kind === 'refused' ? outcome.status : outcome.kind;
    };
    expect(await refused({ ...bearer(), host: 'evil.test' })).toBe(421);
    for (const credential of [bearer(), cookie()])
      for (const origin of ['http://evil.test', 'null', 'file://', 'http://localhost:3000'])
        expect(await refused({ ...credential, origin })).toBe(403);
    expect(await refused(cookie())).toBe(403);
    expect(await refused({ ...cookie(), 'sec-fetch-site': 'same-origin' })).toBe(403);
    expect(bridge.attached).toEqual([]);
  });

  test('a program with a token and a page with its cookie are handed over with what the bridge knows', async () => {
    const known = bridge.identity.directory.authenticate(token);
    const id = known.kind === 'device' ? known.device.id : null;
    await handshake('/sync/session/0198c0de-0000-7000-8000-000000000002', bearer());
    await handshake('/sync/per%73on%2Fx', { ...cookie(), origin: bridge.url });
    await handshake('/sync', { ...cookie(), origin: bridge.url }, [muxSubprotocol]);
    expect(bridge.attached.map(({ target }) => target)).toEqual([
      {
        kind: 'room',
        deviceId: id,
        origin: bridge.url,
        room: 'session/0198c0de-0000-7000-8000-000000000002',
      },
      { kind: 'room', deviceId: id, origin: bridge.url, room: 'person/x' },
      { kind: 'mux', deviceId: id, origin: bridge.url },
    ]);
  });

  test('a page that speaks another version of the shared socket is told so', async () => {
    const outdated = { kind: 'closed', code: closeCodes.outdated, frames: 0 };
    const headers = { ...cookie(), origin: bridge.url };
    expect(await handshake('/sync', headers, ['rejoin.0'])).toEqual(outdated);
    expect(await handshake('/sync', headers)).toEqual(outdated);
    const both = await handshake('/sync', headers, ['rejoin.2', muxSubprotocol]);
    expect(both.kind === 'open' && both.socket.protocol).toBe(muxSubprotocol);
  });

  test('sockets elsewhere, and names that cannot be decoded, are not found', async () => {
    for (const path of ['/', '/api/me', '/synchronous', '/sync/%zz'])
      expect(await handshake(path, bearer())).toEqual({ kind: 'refused', status: 404 });
  });
});

test('[R9] a frame above 4 MiB ends its socket and nothing else', async () => {
  const outcome = await handshake('/sync/tasks', bearer());
  if (outcome.kind !== 'open') throw new Error('expected an open socket');
  const received = once(bridge.attached[0]?.socket ?? outcome.socket, 'message');
  outcome.socket.send(Buffer.alloc(limits.frameBytesMax));
  await received;
  const closed = once(outcome.socket, 'close');
  outcome.socket.send(Buffer.alloc(limits.frameBytesMax + 1));
  expect((await closed)[0]).toBe(1009);
  expect((await handshake('/sync/tasks', bearer())).kind).toBe('open');
});

/** The connection below a client's socket, to write what no client would. */
function rawConnectionOf(socket: WebSocket): Socket {
  const connection: unknown = Reflect.get(socket, '_socket');
  if (connection instanceof Socket) return connection;
  throw new Error('expected ws to keep its connection in _socket');
}

test('garbage instead of a frame ends its socket and nothing else', async () => {
  const outcome = await handshake('/sync/tasks', bearer());
  if (outcome.kind !== 'open') throw new Error('expected an open socket');
  const closed = once(outcome.socket, 'close');
  rawConnectionOf(outcome.socket).write(Buffer.from([0xff, 0xff, 0x00, 0x01, 0x02]));
  await closed;
  expect((await handshake('/sync/tasks', bearer())).kind).toBe('open');
});

test('when the bridge stops, every socket is told with 1001', async () => {
  const outcomes = await Promise.all([
    handshake('/sync/tasks', bearer()),
    handshake('/sync/workspace', bearer()),
  ]);
  const closes = outcomes.map((outcome) => {
    if (outcome.kind !== 'open') throw new Error('expected an open socket');
    return once(outcome.socket, 'close');
  });
  await bridge.stop();
  expect((await Promise.all(closes)).map(([code]) => code)).toEqual([1001, 1001]);
  bridge = await gateServer();
});
