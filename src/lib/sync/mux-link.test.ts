import { describe, expect, it } from 'vitest';
import { limits } from '#lib/domain/limits.ts';
import { BridgeSigner } from '../../../tests/fixtures/bridge-signer.ts';
import { ManualTime, seededRandom } from '../../../tests/fixtures/manual-time.ts';
import { MemoryDialer, type MemoryWire } from '../../../tests/fixtures/memory-wire.ts';
import { until } from '../../../tests/fixtures/until.ts';
import { MuxLink, type LinkEvent } from './mux-link.ts';
import type { ChannelHandlers } from './mux-channels.ts';

const origin = 'http://localhost:4747';

function startLink(admit: () => Promise<boolean> = () => Promise.resolve(true)) {
  const time = new ManualTime();
  const dialer = new MemoryDialer();
  const signer = new BridgeSigner();
  const events: LinkEvent[] = [];
  const link = new MuxLink({
    url: 'ws://localhost:4747/sync',
    origin,
    pin: signer.pin,
    dial: dialer.dial,
    subtle: crypto.subtle,
    clock: time,
    random: { ...seededRandom(1), next: () => 0 },
    scheduler: time,
    admit,
    listener: (event) => events.push(event),
  });
  link.start();
  const prove = (by = signer, wire = dialer.last): void => {
    const nonce = wire.sentOf('hello')[0]?.nonce ?? new Uint8Array();
    wire.give(by.proof(nonce, origin));
  };
  const live = async (): Promise<MemoryWire> => {
    dialer.last.open();
    prove();
    const before = events.filter(({ type }) => type === 'live').length;
    await until(() => events.filter(({ type }) => type === 'live').length > before, 'live');
    return dialer.last;
  };
  return { time, dialer, signer, events, link, live, prove };
}

interface Told {
  opened: number;
  readonly messages: Uint8Array[];
  readonly closed: number[];
}

function recorder(): { readonly told: Told; readonly handlers: ChannelHandlers } {
  const told: Told = { opened: 0, messages: [], closed: [] };
  return {
    told,
    handlers: {
      opened: () => (told.opened += 1),
      message: (payload) => told.messages.push(payload),
      closed: (code) => told.closed.push(code),
    },
  };
}

describe('the link before the proof', () => {
  it('[R10] sends a random nonce and nothing else before the bridge proved its key', async () => {
    const { dialer, link, live } = startLink();
    link.openChannel('tasks', recorder().handlers);
    dialer.last.open();
    expect(dialer.last.sent.map(({ kind }) => kind)).toEqual(['hello']);
    expect(dialer.last.sentOf('hello')[0]?.nonce).toHaveLength(32);
    await live();
    expect(dialer.last.sentOf('open').map(({ room }) => room)).toEqual(['tasks']);
  });

  it('opens no room for another key, says so, and does not dial again', async () => {
    const { dialer, events, link, prove, time } = startLink();
    link.openChannel('tasks', recorder().handlers);
    dialer.last.open();
    prove(new BridgeSigner());
    await until(() => events.length > 0, 'an event');
    expect(events).toEqual([{ type: 'wrong_bridge' }]);
    expect(dialer.last.sentOf('open')).toEqual([]);
    expect(dialer.last.isClosed).toBe(true);
    time.advance(10 * 60_000);
    expect(dialer.wires).toHaveLength(1);
  });

  it('does not take a proof for another nonce', async () => {
    const { dialer, events, signer } = startLink();
    dialer.last.open();
    dialer.last.give(signer.proof(new Uint8Array(32), origin));
    await until(() => events.length > 0, 'an event');
    expect(events).toEqual([{ type: 'wrong_bridge' }]);
  });

  it('opens no room before this device was admitted', async () => {
    const admission = Promise.withResolvers<boolean>();
    const { dialer, events, link, prove } = startLink(() => admission.promise);
    link.openChannel('tasks', recorder().handlers);
    dialer.last.open();
    prove();
    await new Promise((resolve) => setImmediate(resolve));
    expect(dialer.last.sentOf('open')).toEqual([]);
    admission.resolve(true);
    await until(() => events.length > 0, 'an event');
    expect(dialer.last.sentOf('open')).toHaveLength(1);
  });
});

describe('the link and a lost socket', () => {
  it('dials again after 1, 2, 5, 10, 30 and 30 s', () => {
    const { dialer, time } = startLink();
    const delays: number[] = [];
    for (let attempt = 0; attempt < 6; attempt += 1) {
      dialer.last.closeFromBridge(1006);
      const before = { at: time.now(), dials: dialer.wires.length };
      while (dialer.wires.length === before.dials) time.advance(500);
      delays.push(time.now() - before.at);
    }
    expect(delays).toEqual([1000, 2000, 5000, 10_000, 30_000, 30_000]);
  });

  it('dials at once when something says that the bridge may be there', () => {
    const { dialer, link, time } = startLink();
    dialer.last.closeFromBridge(1006);
    time.advance(500);
    link.wake();
    expect(dialer.wires).toHaveLength(2);
  });

  it('[4.3] finds a socket that went silent within 15 s', async () => {
    const { events, live, time } = startLink();
    const wire = await live();
    time.advance(limits.silenceMsMax - 1);
    expect(wire.isClosed).toBe(false);
    time.advance(1);
    expect(wire.isClosed).toBe(true);
    expect(events.at(-1)?.type).toBe('lost');
  });

  it('keeps a socket that beats', async () => {
    const { live, time } = startLink();
    const wire = await live();
    for (let beat = 0; beat < 20; beat += 1) {
      time.advance(limits.heartbeatMs);
      wire.give({ kind: 'beat' });
    }
    expect(wire.isClosed).toBe(false);
    expect(wire.sentOf('beat').length).toBeGreaterThanOrEqual(19);
  });

  it('drops the socket when the network goes, and then tries slowly', async () => {
    const { dialer, link, live, time } = startLink();
    const { told, handlers } = recorder();
    link.openChannel('tasks', handlers);
    const wire = await live();
    link.drop();
    expect(wire.isClosed).toBe(true);
    expect(told.closed).toEqual([1006]);
    time.advance(29_000);
    expect(dialer.wires).toHaveLength(1);
    time.advance(1000);
    expect(dialer.wires).toHaveLength(2);
  });

  it.each([
    [4401, 'refused'],
    [4409, 'outdated'],
  ] as const)('%i ends it as %s until it is started again', async (code, type) => {
    const { dialer, events, link, live, time } = startLink();
    const wire = await live();
    wire.closeFromBridge(code);
    expect(events.at(-1)).toEqual({ type });
    time.advance(10 * 60_000);
    expect(dialer.wires).toHaveLength(1);
    link.start();
    expect(dialer.wires).toHaveLength(2);
  });
});

describe('rooms on the link', () => {
  it('[R8] wait while there is no link, and all open on one socket', async () => {
    const { dialer, link, live } = startLink();
    const rooms = Array.from({ length: 50 }, (_, index) => `transcript/x/${String(index)}`);
    const tellers = rooms.map((room) => {
      const { told, handlers } = recorder();
      link.openChannel(room, handlers);
      return told;
    });
    expect(tellers.every(({ opened }) => opened === 0)).toBe(true);
    await live();
    expect(dialer.wires).toHaveLength(1);
    expect(tellers.every(({ opened }) => opened === 1)).toBe(true);
  });

  it('never use a channel number twice, and drop what comes for a closed one', async () => {
    const { link, live } = startLink();
    const wire = await live();
    const first = recorder();
    const channel = link.openChannel('tasks', first.handlers);
    await until(() => first.told.opened === 1, 'the first opening');
    channel.close();
    const second = recorder();
    link.openChannel('tasks', second.handlers);
    await until(() => second.told.opened === 1, 'the second opening');
    const numbers = wire.sentOf('open').map((open) => open.channel);
    expect(new Set(numbers).size).toBe(2);
    expect(wire.sentOf('close').map((close) => close.channel)).toEqual([numbers[0]]);
    wire.give({ kind: 'data', channel: numbers[0] ?? 0, payload: Uint8Array.of(1) });
    expect(first.told.messages).toEqual([]);
    expect(second.told.messages).toEqual([]);
  });

  it('get their own close code, and the others stay open', async () => {
    const { link, live } = startLink();
    const wire = await live();
    const one = recorder();
    const other = recorder();
    link.openChannel('tasks', one.handlers);
    link.openChannel('workspace', other.handlers);
    await until(() => other.told.opened === 1, 'both open');
    const number = wire.sentOf('open')[0]?.channel ?? 0;
    wire.give({ kind: 'close', channel: number, code: 4403, reason: 'not yours' });
    expect(one.told.closed).toEqual([4403]);
    expect(other.told.closed).toEqual([]);
  });

  it('are closed alone by a frame that they cannot read', async () => {
    const { link, live } = startLink();
    const wire = await live();
    const one = recorder();
    link.openChannel('tasks', {
      ...one.handlers,
      message: () => {
        throw new Error('garbage');
      },
    });
    await until(() => one.told.opened === 1, 'open');
    wire.give({
      kind: 'data',
      channel: wire.sentOf('open')[0]?.channel ?? 0,
      payload: Uint8Array.of(9),
    });
    expect(one.told.closed).toEqual([1007]);
    expect(wire.isClosed).toBe(false);
  });

  it('wait before a room is opened again that the bridge closed for now', async () => {
    const { link, live, time } = startLink();
    const wire = await live();
    const first = recorder();
    link.openChannel('tasks', first.handlers);
    await until(() => first.told.opened === 1, 'open');
    wire.give({
      kind: 'close',
      channel: wire.sentOf('open')[0]?.channel ?? 0,
      code: 1013,
      reason: '',
    });
    const again = recorder();
    link.openChannel('tasks', again.handlers);
    time.advance(999);
    expect(again.told.opened).toBe(0);
    time.advance(1);
    expect(again.told.opened).toBe(1);
  });

  it('are told of a beat, so that no provider takes a quiet room for a dead one', async () => {
    const { link, live } = startLink();
    const wire = await live();
    const { told, handlers } = recorder();
    link.openChannel('tasks', handlers);
    await until(() => told.opened === 1, 'open');
    wire.give({ kind: 'beat' });
    expect(told.messages).toEqual([Uint8Array.of(1, 1, 0)]);
  });

  it('survive garbage on the socket: it is dialed anew', async () => {
    const { dialer, link, live, time } = startLink();
    const { told, handlers } = recorder();
    link.openChannel('tasks', handlers);
    const wire = await live();
    wire.giveBytes(Uint8Array.of(0, 99));
    expect(wire.isClosed).toBe(true);
    expect(told.closed).toEqual([1006]);
    time.advance(1000);
    expect(dialer.wires).toHaveLength(2);
  });
});
