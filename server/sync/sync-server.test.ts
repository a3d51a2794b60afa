import * as encoding from 'lib0/encoding';
import { beforeEach, describe, expect, test } from 'vitest';
import { bridgeIdSchema, deviceIdSchema, personIdSchema } from '#lib/domain/ids.ts';
import { limits } from '#lib/domain/limits.ts';
import { ManualTime, seededRandom } from '../../tests/fixtures/manual-time.ts';
import { keptLog } from '../../tests/fixtures/silent-log.ts';
import type { Principal } from '#lib/domain/role.ts';
import { memoryStorage, type MemoryStorage } from '../storage/memory-storage.ts';
import { openDocuments } from './documents.ts';
import { emptyAwarenessFrame, stateVectorFrame } from './room-frames.ts';
import { createSyncServer, type SyncServer } from './sync-server.ts';
import type { SyncWire } from './sync-socket.ts';

const laptop = deviceIdSchema.parse('laptop');
const owner: Principal = {
  deviceId: laptop,
  personId: personIdSchema.parse('mara'),
  role: 'owner',
  scope: { kind: 'workspace' },
};

let time: ManualTime;
let storage: MemoryStorage;
let server: SyncServer;
let said: string[];
let principalOf: () => Principal | null;

beforeEach(async () => {
  time = new ManualTime();
  storage = memoryStorage(seededRandom(1));
  const kept = keptLog();
  said = kept.said;
  principalOf = () => owner;
  const parts = { clock: time, scheduler: time, log: kept.log };
  const documents = await openDocuments({ storage, random: seededRandom(2), ...parts });
  server = createSyncServer({
    documents,
    principalOf: () => principalOf(),
    bridge: { id: bridgeIdSchema.parse('bridge'), prove: () => Uint8Array.of(1) },
    epoch: () => storage.life.epoch,
    position: () => storage.position(),
    ...parts,
  });
  return () => {
    server.close();
    documents.close();
  };
});

/** A wire whose other end is the test. */
function wire() {
  const sent: Uint8Array[] = [];
  const events: string[] = [];
  const state = { buffered: 0 };
  const made: SyncWire = {
    get bufferedBytes() {
      return state.buffered;
    },
    send(frame, flushed) {
      sent.push(frame);
      flushed();
    },
    close: (code) => events.push(`close ${String(code)}`),
    terminate: () => events.push('terminate'),
    ping: () => events.push('ping'),
  };
  return { wire: made, sent, events, state };
}

const room = (name: string) =>
  ({ kind: 'room', deviceId: laptop, origin: 'http://localhost', room: name }) as const;

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

describe('stock sockets', () => {
  test('[SY23] a stock client gets a frame of no entries and a ping every 10 s, and is cut off after 30 s of silence', async () => {
    const { wire: end, sent, events } = wire();
    const attached = server.connect(end, room('tasks'));
    await settled();
    const opening = sent.length;
    time.advance(limits.stockHeartbeatMs - 1);
    expect(sent).toHaveLength(opening);
    time.advance(1);
    expect(sent.slice(opening)).toEqual([emptyAwarenessFrame]);
    expect(events).toEqual(['ping']);
    attached.heard();
    time.advance(limits.stockSilenceMsMax);
    expect(events).not.toContain('terminate');
    time.advance(limits.stockHeartbeatMs);
    expect(events.at(-1)).toBe('terminate');
  });

  test('[SY3] nothing of ours is sent to a client that did not speak it first', async () => {
    const { wire: end, sent } = wire();
    const attached = server.connect(end, room('tasks'));
    await settled();
    attached.receive(stateVectorFrame(Uint8Array.of(0)));
    await settled();
    time.advance(60_000);
    expect(new Set(sent.map((frame) => frame[0]))).toEqual(new Set([0, 1]));
  });

  test('[R9] what is sent before the room is read waits, up to 8 MiB', async () => {
    const patient = wire();
    const early = server.connect(patient.wire, room('tasks'));
    const part = new Uint8Array(limits.openingBacklogBytesMax / 2).fill(120);
    early.receive(part);
    early.receive(part);
    await settled();
    expect(patient.events).toEqual([]);
    const greedy = wire();
    const late = server.connect(greedy.wire, room('workspace'));
    late.receive(part);
    late.receive(part);
    late.receive(Uint8Array.of(120));
    expect(greedy.events).toEqual(['close 1013']);
  });

  test('[SY22] an error of the bridge itself closes that socket and is said, the others go on', async () => {
    const one = wire();
    const other = wire();
    const bad = server.connect(one.wire, room('tasks'));
    server.connect(other.wire, room('tasks'));
    await settled();
    principalOf = () => {
      throw new Error('the directory is gone');
    };
    bad.receive(stateVectorFrame(Uint8Array.of(0)));
    principalOf = () => owner;
    expect(one.events).toEqual(['close 1011']);
    expect(other.events).toEqual([]);
    expect(said.join()).toContain('the directory is gone');
  });

  test('[SY26] a reader that lags by more than 4 MiB is closed, one at the bound is not', async () => {
    const { wire: end, events, state } = wire();
    const attached = server.connect(end, room('tasks'));
    await settled();
    const ask = encoding.encode((encoder) => {
      encoding.writeVarUint(encoder, 100);
      encoding.writeVarUint(encoder, 1);
    });
    state.buffered = limits.socketBufferedBytesMax;
    attached.receive(ask);
    await settled();
    expect(events).toEqual([]);
    state.buffered += 1;
    attached.receive(ask);
    await settled();
    expect(events).toEqual(['close 1013']);
  });

  test('[SY24] a device that knows a later position than the database has is said: it may have been rolled back', async () => {
    const { wire: end } = wire();
    const attached = server.connect(end, room('tasks'));
    await settled();
    attached.receive(
      encoding.encode((encoder) => {
        encoding.writeVarUint(encoder, 101);
        encoding.writeVarString(encoder, storage.life.epoch);
        encoding.writeVarUint(encoder, 99);
        encoding.writeVarUint(encoder, 0);
      }),
    );
    expect(said.join()).toContain('may have been rolled back');
  });
});

test('nothing ticks when nobody is connected', async () => {
  const { wire: end } = wire();
  const attached = server.connect(end, room('tasks'));
  await settled();
  attached.ended();
  time.advance(limits.roomIdleMsMax * 2);
  expect(time.pending).toBe(0);
});
