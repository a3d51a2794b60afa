import { once } from 'node:events';
import { Socket } from 'node:net';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { RawData, WebSocket } from 'ws';
import * as Y from 'yjs';
import { limits } from '#lib/domain/limits.ts';
import { newSessionId } from '#lib/domain/ids.ts';
import {
  decodeRoomMessage,
  encodeRoomMessage,
  type RoomMessage,
} from '#lib/sync/wire/ack-frames.ts';
import { decodeMuxFrame, encodeMuxFrame, type MuxFrame } from '#lib/sync/wire/mux-frames.ts';
import {
  closeCodes,
  messageTypes,
  muxSubprotocol,
  protocolVersion,
} from '#lib/sync/wire/protocol.ts';
import { systemAmbient } from '../../server/ambient.ts';
import { updateFrames, stateVectorFrame } from '../../server/sync/room-frames.ts';
import { eventually } from '../fixtures/eventually.ts';
import { seededRandom } from '../fixtures/manual-time.ts';
import { PairedBridge, type JoinedRoom } from '../fixtures/paired-bridge.ts';

/** What no honest client sends, to a bridge process, beside a client that is honest. */

const unreadable = 1007;

let bridge: PairedBridge;
let honest: JoinedRoom;
let edits = 0;

beforeAll(async () => {
  bridge = await PairedBridge.start();
  honest = await bridge.owner.join({ kind: 'tasks' });
});
/** Nothing of what was sent is in the document, and the honest client is heard by another one as before. */
afterEach(async () => {
  edits += 1;
  honest.doc.getMap('honest').set('edit', edits);
  await using other = await bridge.owner.join({ kind: 'tasks' });
  await eventually(() => other.doc.getMap('honest').get('edit') === edits);
  expect(other.doc.getMap('honest').toJSON()).toEqual({ edit: edits });
  expect(honest.closes).toEqual([]);
});
afterAll(async () => {
  await honest[Symbol.asyncDispose]();
  await bridge[Symbol.asyncDispose]();
});

interface Close {
  readonly code: number;
  readonly reason: string;
}

async function open(room: string, protocols: readonly string[] = []): Promise<WebSocket> {
  const socket = bridge.owner.socket(room, protocols);
  // Told by its close, whatever it was.
  socket.on('error', () => undefined);
  await once(socket, 'open');
  return socket;
}

async function closeOf(socket: WebSocket): Promise<Close> {
  const [code, reason]: unknown[] = await once(socket, 'close');
  return { code: Number(code), reason: String(reason) };
}

/** How a room is closed to a client that sends these frames. */
async function afterSending(...frames: readonly (Uint8Array | string)[]): Promise<Close> {
  const socket = await open('/tasks');
  const closed = closeOf(socket);
  for (const frame of frames) socket.send(frame);
  return await closed;
}

/** An edit as a client would send it. */
function edit(): Uint8Array {
  const doc = new Y.Doc();
  doc.getMap('honest').set('forged', 'no');
  const frame = updateFrames(Y.encodeStateAsUpdate(doc))[0];
  if (frame === undefined) throw new Error('expected a frame');
  return frame;
}

const bytesOf = (data: RawData): Uint8Array => new Uint8Array(Buffer.from(data as Buffer));

describe('garbage', () => {
  test('frames of random bytes end their own socket at most', async () => {
    const random = seededRandom(11);
    for (let round = 0; round < 40; round += 1) {
      const frame = random.bytes(1 + Math.floor(random.next() * 40));
      // What happens to be a message nobody knows is left out; a mark behind it shows that the room is still read.
      const socket = await open('/tasks');
      const heard = once(socket, 'message');
      socket.send(frame);
      socket.send(encodeRoomMessage({ type: 'mark', n: 1 }));
      await Promise.race([heard, once(socket, 'close')]);
      socket.terminate();
    }
  });

  test('a frame that cannot be read is named in the close of its room', async () => {
    expect(await afterSending(Uint8Array.of(0, 9, 1, 0))).toEqual({
      code: unreadable,
      reason: 'expected a sync message of kind 0 to 2, got 9',
    });
  });

  test('an update that is none is refused', async () => {
    const bytes = updateFrames(Uint8Array.of(1, 2, 3, 4, 5, 6, 7))[0] ?? new Uint8Array();
    expect(await afterSending(bytes)).toEqual({
      code: closeCodes.notAllowed,
      reason: 'expected a Yjs v1 update, but it cannot be decoded',
    });
  });

  test('a state vector that is none closes its room', async () => {
    expect(await afterSending(stateVectorFrame(Uint8Array.of(200)))).toEqual({
      code: unreadable,
      reason: 'expected a state vector',
    });
  });

  test('text instead of bytes ends its socket', async () => {
    expect(await afterSending('hello')).toEqual({ code: 1003, reason: 'expected binary frames' });
  });

  test('a client that speaks our messages is told what was refused, and keeps its socket', async () => {
    const socket = await open('/tasks');
    const told: RoomMessage[] = [];
    socket.on('message', (data: RawData) => {
      const decoder = decoding.createDecoder(bytesOf(data));
      const message = decodeRoomMessage(decoding.readVarUint(decoder), decoder);
      if (message !== null) told.push(message);
    });
    socket.send(encodeRoomMessage({ type: 'mark', n: 1 }));
    await eventually(() => told.length === 1);
    socket.send(updateFrames(Uint8Array.of(1, 2, 3, 4, 5, 6, 7))[0] ?? new Uint8Array());
    socket.send(encodeRoomMessage({ type: 'mark', n: 2 }));
    await eventually(() => told.length === 2);
    expect(told).toMatchObject([
      { type: 'ack', n: 1 },
      { type: 'refusal', n: 2, reason: 'expected a Yjs v1 update, but it cannot be decoded' },
    ]);
    expect(socket.readyState).toBe(socket.OPEN);
    socket.terminate();
  });
});

describe('half frames', () => {
  test('a message cut anywhere is not taken, and its room says so', async () => {
    const whole = edit();
    for (let length = 1; length < whole.length; length += 1) {
      const socket = await open('/tasks');
      const closed = closeOf(socket);
      socket.send(whole.slice(0, length));
      expect((await closed).code).toBe(unreadable);
    }
  });

  test('a connection that is cut inside a frame takes nothing with it', async () => {
    const socket = await open('/tasks');
    const connection: unknown = Reflect.get(socket, '_socket');
    if (!(connection instanceof Socket)) throw new Error('expected ws to keep its connection');
    const closed = closeOf(socket);
    // Header of a masked binary frame of 100 bytes, with ten of them.
    connection.write(
      Buffer.concat([Buffer.from([0x82, 0x80 | 100, 1, 2, 3, 4]), Buffer.alloc(10)]),
    );
    connection.destroy();
    await closed;
  });
});

describe('[R9] oversize frames', () => {
  test('one byte above 4 MiB ends the socket with 1009', async () => {
    expect((await afterSending(new Uint8Array(limits.frameBytesMax + 1))).code).toBe(1009);
  });
});

describe('unknown rooms', () => {
  const session = newSessionId(systemAmbient.clock, systemAmbient.random);

  test.each([
    'nonsense',
    'tasks/1',
    'session/not-a-session',
    `session/${session}/1`,
    `transcript/${session}/01`,
    'merge/1',
    'x'.repeat(limits.roomNameCharsMax + 1),
  ])('%s is no document', async (room) => {
    const socket = await open(`/${encodeURIComponent(room)}`);
    expect(await closeOf(socket)).toEqual({
      code: closeCodes.deleted,
      reason: 'there is no document of this name',
    });
  });

  test('a session that the bridge does not know opens for an editor, who may have begun it offline, and for nobody else', async () => {
    await using own = await bridge.owner.join({ kind: 'session', sessionId: session });
    expect(own.closes).toEqual([]);
    const viewer = await bridge.pair('viewer');
    const unknown = newSessionId(systemAmbient.clock, systemAmbient.random);
    await using room = viewer.enter(`session/${unknown}`);
    await eventually(() => room.closes.length > 0);
    expect(room.closes[0]).toEqual({
      code: closeCodes.deleted,
      reason: 'the bridge knows no such document',
    });
  });
});

describe('unknown message types', () => {
  test('are left out, and the room goes on', async () => {
    const socket = await open('/tasks');
    for (const type of [2, 4, 7, 99, 103, 150, 100_000])
      socket.send(
        encoding.encode((encoder) => {
          encoding.writeVarUint(encoder, type);
          encoding.writeVarString(encoder, 'of a newer version');
        }),
      );
    const acknowledged = new Promise<RoomMessage | null>((resolve) => {
      socket.on('message', (data: RawData) => {
        const decoder = decoding.createDecoder(bytesOf(data));
        const type = decoding.readVarUint(decoder);
        if (type === messageTypes.ack) resolve(decodeRoomMessage(type, decoder));
      });
    });
    socket.send(encodeRoomMessage({ type: 'mark', n: 1 }));
    expect(await acknowledged).toMatchObject({ type: 'ack', n: 1 });
    socket.terminate();
  });
});

describe('the socket that carries all rooms of a tab', () => {
  async function greeted(): Promise<{ socket: WebSocket; heard: MuxFrame[] }> {
    const socket = await open('', [muxSubprotocol]);
    const heard: MuxFrame[] = [];
    socket.on('message', (data: RawData) => heard.push(decodeMuxFrame(bytesOf(data))));
    const nonce = systemAmbient.random.bytes(32);
    socket.send(encodeMuxFrame({ kind: 'hello', nonce, protocol: protocolVersion }));
    await eventually(() => heard.some(({ kind }) => kind === 'proof'));
    return { socket, heard };
  }

  test('an unknown room or garbage in one closes that channel alone', async () => {
    const { socket, heard } = await greeted();
    socket.send(encodeMuxFrame({ kind: 'open', channel: 1, room: 'tasks' }));
    socket.send(encodeMuxFrame({ kind: 'open', channel: 2, room: 'nonsense' }));
    socket.send(encodeMuxFrame({ kind: 'open', channel: 3, room: 'workspace' }));
    socket.send(encodeMuxFrame({ kind: 'data', channel: 3, payload: Uint8Array.of(0, 9, 1, 0) }));
    const closes = () => heard.filter((frame) => frame.kind === 'close');
    await eventually(() => closes().length === 2);
    expect(closes()).toMatchObject([
      { channel: 2, code: closeCodes.deleted, reason: 'there is no document of this name' },
      { channel: 3, code: unreadable },
    ]);
    const mark = encodeRoomMessage({ type: 'mark', n: 1 });
    const count = heard.length;
    socket.send(encodeMuxFrame({ kind: 'data', channel: 1, payload: mark }));
    await eventually(() =>
      heard.slice(count).some((frame) => frame.kind === 'data' && frame.channel === 1),
    );
    socket.terminate();
  });

  test('what is no frame ends the socket with its reason', async () => {
    const { socket } = await greeted();
    const closed = closeOf(socket);
    socket.send(Uint8Array.of(0, 77));
    expect(await closed).toEqual({
      code: unreadable,
      reason: 'expected a control frame of type 0 to 3, got 77',
    });
  });

  test('another version of the protocol is told so', async () => {
    const socket = await open('', [muxSubprotocol]);
    const closed = closeOf(socket);
    const nonce = systemAmbient.random.bytes(32);
    socket.send(encodeMuxFrame({ kind: 'hello', nonce, protocol: protocolVersion + 1 }));
    expect(await closed).toEqual({
      code: closeCodes.outdated,
      reason: `expected protocol ${String(protocolVersion)}, got ${String(protocolVersion + 1)}`,
    });
  });
});

describe('requests', () => {
  test('a command of an unknown kind, of a newer version or of no shape is answered in words, and nothing is done', async () => {
    const { owner } = bridge;
    const command = {
      v: 1,
      id: newSessionId(systemAmbient.clock, systemAmbient.random),
      kind: 'session.juggle',
      params: {},
      expects: [],
      seen: { epoch: owner.me.epoch, seq: 0 },
      createdAt: 0,
    };
    const unknown = await owner.ask('POST', '/api/commands', command);
    expect(unknown.status).toBe(400);
    expect(unknown.text).toContain(
      'of the kind \\"session.juggle\\", which this bridge does not know',
    );
    const newer = await owner.ask('POST', '/api/commands', { ...command, v: 2 });
    expect(newer.status).toBe(400);
    expect(newer.text).toContain('was written by a newer version (v 2); this bridge reads v 1.');
    const shapeless = await owner.ask('POST', '/api/commands', { hello: 'world' });
    expect(shapeless.status).toBe(400);
    const feed = await owner.ask('GET', '/api/operations');
    expect(feed.text).not.toContain(command.id);
  });
});
