import { describe, expect, it } from 'vitest';
import {
  agentIdSchema,
  bridgeIdSchema,
  epochSchema,
  sessionIdSchema,
  type CommandId,
} from '#lib/domain/ids.ts';
import { limits } from '#lib/domain/limits.ts';
import { ManualTime, seededRandom } from '../../../tests/fixtures/manual-time.ts';
import { until } from '../../../tests/fixtures/until.ts';
import { BridgeHttp } from './bridge-http.ts';
import { MemoryDisk, MemoryTables } from './memory-tables.ts';
import { OutboxDelivery } from './outbox-delivery.ts';
import { DeviceOutbox } from './outbox.ts';
import { tabLife } from './tab-life.ts';

const bridgeId = bridgeIdSchema.parse('bridge-1');
const epoch = epochSchema.parse('e1');
const sessionId = sessionIdSchema.parse('00000000-0000-7000-8000-000000000001');
const stop = { params: {}, summary: 'Stop', sessionId };

/** A bridge that answers commands as told: a status with a code, or no answer at all. */
class ScriptedBridge {
  readonly posted: string[] = [];
  answer: (id: string) => Response | Promise<Response> = (id) =>
    Response.json({ id, state: 'done', seq: 1, message: null }, { status: 202 });

  readonly fetch = async (_path: string, init: RequestInit): Promise<Response> => {
    const { id } = JSON.parse(String(init.body)) as { id: string };
    this.posted.push(id);
    return await this.answer(id);
  };
}

const refusal = (status: number, code: string): Response =>
  Response.json({ error: { code, message: code } }, { status });

function device(options: { readonly disk?: MemoryDisk; readonly online?: boolean } = {}) {
  const time = new ManualTime();
  const random = { ...seededRandom(3), next: () => 0 };
  const bridge = new ScriptedBridge();
  const network = { online: options.online ?? true };
  const delivery: { current: OutboxDelivery | null } = { current: null };
  const outbox = new DeviceOutbox({
    tables: new MemoryTables(options.disk),
    bridgeId,
    clock: time,
    random,
    position: () => ({ epoch, seq: 7 }),
    announce: () => undefined,
    deliver: () => delivery.current?.deliver(),
  });
  delivery.current = new OutboxDelivery({
    outbox,
    http: new BridgeHttp(bridge.fetch),
    life: tabLife('tab-1', null),
    clock: time,
    random,
    scheduler: time,
    isOnline: () => network.online,
    uploadBlobs: () => Promise.resolve(),
    unauthorized: () => (network.online = false),
    delivered: () => undefined,
  });
  const states = (): readonly string[] => outbox.entries.read().map(({ state }) => state);
  return { time, bridge, network, outbox, delivery: delivery.current, states };
}

describe('the outbox', () => {
  it('[R2] is on disk before it is delivered, and in the next life', async () => {
    const disk = new MemoryDisk();
    const { outbox } = device({ disk, online: false });
    const id = await outbox.send('session.stop', stop);
    const next = device({ disk, online: false });
    await next.outbox.reload();
    expect(next.outbox.entries.read()).toMatchObject([
      { state: 'waiting', attempts: 0, command: { id, seen: { epoch: 'e1', seq: 7 } } },
    ]);
  });

  it('delivers in the order of writing', async () => {
    const { bridge, outbox, states } = device();
    const ids = await Promise.all([1, 2, 3].map(() => outbox.send('session.stop', stop)));
    await until(() => states().every((state) => state === 'settled'), 'all settled');
    expect(bridge.posted).toEqual(ids);
  });

  it('sends nothing to a bridge that did not prove itself', async () => {
    const { bridge, outbox } = device({ online: false });
    await outbox.send('session.stop', stop);
    await outbox.reload();
    expect(bridge.posted).toEqual([]);
  });

  it('tries the same command again after 1, 2, 5, 10 and 30 s, then waits for the next connection', async () => {
    const { bridge, delivery, outbox, states, time } = device();
    bridge.answer = () => Promise.reject(new Error('cut'));
    const id = await outbox.send('session.stop', stop);
    for (const [index, seconds] of [1, 2, 5, 10, 30].entries()) {
      await until(() => outbox.entries.read()[0]?.attempts === index + 1, 'a failed attempt');
      await until(() => time.pending > 0, 'a planned attempt');
      time.advance(seconds * 1000 - 1);
      expect(bridge.posted).toHaveLength(index + 1);
      time.advance(1);
    }
    await until(() => outbox.entries.read()[0]?.attempts === 6, 'the last attempt');
    time.advance(3_600_000);
    expect(bridge.posted).toHaveLength(6);
    expect(new Set(bridge.posted)).toEqual(new Set([id]));
    bridge.answer = () => Response.json({ id, state: 'done', seq: 2, message: null });
    await delivery.connected(false);
    await until(() => states()[0] === 'settled', 'delivered');
  });

  it('[R6] keeps what was refused, with the reason, and goes on with the next', async () => {
    const { bridge, outbox, states } = device();
    let first = true;
    bridge.answer = (id) => {
      if (!first) return Response.json({ id, state: 'waiting', seq: 1, message: null });
      first = false;
      return refusal(403, 'forbidden');
    };
    await outbox.send('session.stop', stop);
    await outbox.send('session.stop', stop);
    await until(() => states().join() === 'refused,accepted', 'both answered');
    expect(outbox.entries.read()[0]?.message).toBe('forbidden');
  });

  it('keeps waiting when the bridge does not know this device', async () => {
    const { bridge, network, outbox, states } = device();
    bridge.answer = () => refusal(401, 'unauthorized');
    await outbox.send('session.stop', stop);
    await until(() => !network.online, 'told');
    await until(() => states()[0] === 'waiting', 'waiting');
  });

  it('takes back only what the bridge cannot have', async () => {
    const { bridge, outbox, network } = device({ online: false });
    const kept = await outbox.send('session.stop', stop);
    expect(await outbox.cancel(kept)).toBe(true);
    expect(outbox.entries.read()).toEqual([]);
    bridge.answer = () => Promise.reject(new Error('cut'));
    network.online = true;
    const sent = await outbox.send('session.stop', stop);
    await until(() => outbox.entries.read()[0]?.attempts === 1, 'an attempt without an answer');
    expect(await outbox.cancel(sent)).toBe(false);
    expect(outbox.entries.read()).toHaveLength(1);
  });

  it('offers an expired command again as a new one', async () => {
    const { bridge, outbox, states } = device();
    bridge.answer = (id) => Response.json({ id, state: 'expired', seq: 1, message: 'too old' });
    const old = await outbox.send('session.stop', stop);
    await until(() => states()[0] === 'settled', 'expired');
    const again = await outbox.offerAgain(old);
    expect(again).not.toBe(old);
    expect(outbox.entries.read().map(({ command }) => command.id)).toEqual([again]);
  });

  it('[R9] takes 1,000 entries that wait and refuses one more with both numbers', async () => {
    const { outbox } = device({ online: false });
    await Promise.all(
      Array.from({ length: limits.outboxEntriesMax }, () => outbox.send('session.stop', stop)),
    );
    expect(outbox.entries.read()).toHaveLength(1000);
    await expect(outbox.send('session.stop', stop)).rejects.toThrow(/fewer than 1000.*got 1000/);
  }, 60_000);

  it('[R9] takes a command of 64 KiB and refuses a larger one with both numbers', async () => {
    const { outbox } = device({ online: false });
    const withVariables = (chars: number): Promise<CommandId> =>
      outbox.send('agent.set', {
        summary: 'Set',
        params: {
          agentId: agentIdSchema.parse('agent-1'),
          name: 'Agent',
          launch: {
            command: 'agent',
            args: [],
            env: { A: 'x'.repeat(32_768), B: 'x'.repeat(chars) },
          },
        },
      });
    await withVariables(32_000);
    await expect(withVariables(32_768)).rejects.toThrow(/at most 65536 bytes, got 6\d{4}/);
  });
});
