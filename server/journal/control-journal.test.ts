import * as fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Command } from '#lib/domain/command.ts';
import {
  commandIdSchema,
  deviceIdSchema,
  epochSchema,
  newCommandId,
  personIdSchema,
  sessionIdSchema,
  type DeviceId,
} from '#lib/domain/ids.ts';
import { limits } from '#lib/domain/limits.ts';
import type { Operation } from '#lib/domain/operation.ts';
import type { Principal, Role } from '#lib/domain/role.ts';
import { ManualTime, seededRandom } from '../../tests/fixtures/manual-time.ts';
import { keptLog, silentLog } from '../../tests/fixtures/silent-log.ts';
import { MemoryStorage } from '../storage/memory-storage.ts';
import { bridgeReleaseHandler } from './bridge-release.ts';
import type { AllControlHandlers, ControlHandler, ControlOutcome } from './contract.ts';
import { ControlJournal, type JournalParts } from './control-journal.ts';
import { TimeMarks } from './time-marks.ts';

const sessionId = sessionIdSchema.parse('0198c0de-0000-7000-8000-000000000002');
const random = seededRandom(5);
const done = (): ControlOutcome => ({ state: 'done', message: null, writes: [] });

const principal = (id: string, role: Role = 'editor'): Principal => ({
  deviceId: deviceIdSchema.parse(id),
  personId: personIdSchema.parse('mara'),
  role,
  scope: { kind: 'workspace' },
});
const laptop = principal('laptop');

/** A journal whose handlers all say "done", but for those that a test gives. */
class Bench {
  readonly time = new ManualTime();
  readonly shown: Operation[] = [];
  readonly present = new Map<DeviceId, Principal>();
  storage = new MemoryStorage(seededRandom(1));
  log = silentLog;
  handlers: AllControlHandlers = {
    'session.create': done,
    'session.start': done,
    'session.stop': done,
    'session.trash': done,
    'session.restore': done,
    'turn.cancel': done,
    'mode.set': done,
    'permission.answer': done,
    'agent.set': done,
    'rule.revoke': done,
    'device.role': done,
    'bridge.release': (command, context) =>
      bridgeReleaseHandler(this.storage, () => undefined)(command, context),
  };

  async open(change: Partial<JournalParts> = {}): Promise<ControlJournal> {
    const { storage, time, log, handlers, shown, present } = this;
    await new TimeMarks({ storage, clock: time, scheduler: time, log }).begin();
    return await ControlJournal.open({
      storage,
      handlers,
      board: { show: (operation) => void shown.push(operation) },
      summarize: (command) => `does ${command.kind}`,
      principalOf: (id) => present.get(id) ?? laptop,
      clock: time,
      log,
      ...change,
    });
  }

  command(change: Partial<Command> = {}): Command {
    return {
      v: 1,
      id: newCommandId(this.time, random),
      kind: 'session.stop',
      sessionId,
      params: {},
      expects: [],
      seen: { epoch: this.storage.life.epoch, seq: this.storage.position() },
      createdAt: 123,
      ...change,
    } as Command;
  }
}

let bench: Bench;
beforeEach(() => {
  bench = new Bench();
});

const count = (calls: { count: number }): ControlHandler<'session.stop'> => {
  return () => ({ ...done(), effect: () => (calls.count += 1) });
};
const withStop = (stop: ControlHandler<'session.stop'>): AllControlHandlers => ({
  ...bench.handlers,
  'session.stop': stop,
});

describe('[R2] acceptance', () => {
  test('[C4] is recorded in one transaction with what the handler writes, then shown, then takes effect', async () => {
    const order: string[] = [];
    const journal = await bench.open({
      handlers: withStop(() => ({
        state: 'done',
        message: 'Stopped.',
        writes: [{ kind: 'time_mark', seq: 900, at: 77 }],
        effect: () => void order.push('effect'),
      })),
      board: { show: () => void order.push('shown') },
    });
    const command = bench.command({ after: [newCommandId(bench.time, random)] });
    const operation = await journal.accept(command, laptop);
    expect(operation).toMatchObject({
      id: command.id,
      number: 1,
      kind: 'session.stop',
      sessionId,
      summary: 'does session.stop',
      author: { deviceId: 'laptop', personId: 'mara', verified: true },
      writtenAt: 123,
      acceptedAt: bench.time.now(),
      state: 'done',
      message: 'Stopped.',
      after: command.after,
    });
    expect(order).toEqual(['shown', 'effect']);
    expect(await bench.storage.issuedAt(900)).toBe(77);
    expect(await journal.get(command.id)).toEqual(operation);
  });

  test('[C3] any number of deliveries, at once, later or after a restart, has one effect and one answer', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('now', 'later', 'restart'), { minLength: 1, maxLength: 8 }),
        async (deliveries) => {
          bench = new Bench();
          const calls = { count: 0 };
          const handlers = withStop(count(calls));
          let journal = await bench.open({ handlers });
          const command = bench.command();
          const answers: Promise<Operation>[] = [];
          for (const delivery of deliveries) {
            if (delivery === 'later') await Promise.allSettled(answers);
            if (delivery === 'restart') {
              await Promise.allSettled(answers);
              bench.storage = bench.storage.restart(seededRandom(2));
              journal = await bench.open({ handlers });
            }
            answers.push(journal.accept(command, laptop));
          }
          const operations = await Promise.all(answers);
          expect(new Set(operations.map((operation) => JSON.stringify(operation))).size).toBe(1);
          expect(calls.count).toBe(1);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('[C3] the same id with other contents is a conflict, at once and later', async () => {
    const journal = await bench.open();
    const command = bench.command();
    const first = journal.accept(command, laptop);
    const other = { ...command, createdAt: 124 };
    await expect(journal.accept(other, laptop)).rejects.toMatchObject({
      failure: { code: 'conflict' },
    });
    await first;
    await expect(journal.accept(other, laptop)).rejects.toMatchObject({
      failure: { code: 'conflict' },
    });
  });

  test('[C4] a batch that could not be written leaves nothing: no effect, no number, and the command can come again', async () => {
    const calls = { count: 0 };
    const journal = await bench.open({ handlers: withStop(count(calls)) });
    const command = bench.command();
    bench.storage.faults.full = true;
    await expect(journal.accept(command, laptop)).rejects.toMatchObject({
      failure: { code: 'disk_full' },
    });
    expect([calls.count, bench.shown.length, await journal.get(command.id)]).toEqual([0, 0, null]);
    bench.storage.faults.full = false;
    expect((await journal.accept(command, laptop)).number).toBe(1);
    expect(calls.count).toBe(1);
  });

  test('[C5] the first valid answer wins: the second is decided after the first took effect', async () => {
    let answeredBy: string | null = null;
    const journal = await bench.open({
      handlers: {
        ...bench.handlers,
        'session.stop': (_command, { author }) =>
          answeredBy === null
            ? { ...done(), effect: () => (answeredBy = author.deviceId) }
            : { state: 'refused', message: `answered by ${answeredBy}`, writes: [] },
      },
      principalOf: (id) => principal(id),
    });
    const answers = await Promise.all(
      ['phone', 'tablet', 'laptop'].map((id) => journal.accept(bench.command(), principal(id))),
    );
    expect(answers.map(({ state, message }) => [state, message])).toEqual([
      ['done', null],
      ['refused', 'answered by phone'],
      ['refused', 'answered by phone'],
    ]);
  });

  test('[C9] an effect that fails leaves the operation done, and the next command is not held up', async () => {
    const { log, said } = keptLog();
    const journal = await bench.open({
      log,
      handlers: withStop(() => ({
        ...done(),
        effect: () => {
          throw new Error('no such agent');
        },
      })),
    });
    expect((await journal.accept(bench.command(), laptop)).state).toBe('done');
    expect((await journal.accept(bench.command(), laptop)).number).toBe(2);
    expect(said.join()).toContain('no such agent');
  });

  test('a handler that fails accepts nothing', async () => {
    const journal = await bench.open({
      handlers: withStop(() => {
        throw new Error('a defect');
      }),
    });
    const command = bench.command();
    await expect(journal.accept(command, laptop)).rejects.toThrow('a defect');
    expect(await journal.get(command.id)).toBeNull();
  });
});

describe('[T08] roles', () => {
  test('[C6] are those of the moment of the decision, not of the request', async () => {
    const journal = await bench.open();
    const first = journal.accept(bench.command(), laptop);
    const waiting = journal.accept(bench.command(), laptop);
    bench.present.set(laptop.deviceId, principal('laptop', 'viewer'));
    await expect(Promise.all([first, waiting])).rejects.toMatchObject({
      failure: { code: 'forbidden' },
    });
    const gone = await bench.open({ principalOf: () => null });
    await expect(gone.accept(bench.command(), laptop)).rejects.toMatchObject({
      failure: { code: 'unauthorized' },
    });
  });

  test('who lost the role still learns what became of a command that was accepted', async () => {
    const journal = await bench.open();
    const command = bench.command();
    const operation = await journal.accept(command, laptop);
    bench.present.set(laptop.deviceId, principal('laptop', 'viewer'));
    expect(await journal.accept(command, principal('laptop', 'viewer'))).toEqual(operation);
  });
});

describe('[R7] [C7] age by the bridge’s own clock', () => {
  test('[R9] a command whose author saw a state of up to 7 days is decided, an older one expired', async () => {
    const journal = await bench.open();
    const fresh = bench.command();
    const old = bench.command();
    bench.time.advance(limits.commandAgeMsMax);
    expect((await journal.accept(fresh, laptop)).state).toBe('done');
    bench.time.advance(1);
    const expired = await journal.accept(old, laptop);
    expect(expired).toMatchObject({ state: 'expired', settledAt: bench.time.now() });
    expect(expired.message).toContain('7 days');
  });

  test('hourly marks keep a device that was connected lately from being judged by the last start', async () => {
    await bench.open();
    bench.time.advance(30 * 24 * 3_600_000);
    const journal = await bench.open();
    expect((await journal.accept(bench.command(), laptop)).state).toBe('done');
  });

  test('the device’s own clock counts for nothing', async () => {
    const journal = await bench.open();
    for (const createdAt of [0, bench.time.now() * 2]) {
      const command = bench.command({ createdAt });
      expect((await journal.accept(command, laptop)).state).toBe('done');
    }
  });

  test('what another epoch or a later position saw cannot be judged, and is not done', async () => {
    const journal = await bench.open();
    const { epoch } = bench.storage.life;
    for (const seen of [
      { epoch: epochSchema.parse('another'), seq: 1 },
      { epoch, seq: bench.storage.position() + 1000 },
    ])
      expect((await journal.accept(bench.command({ seen }), laptop)).state).toBe('expired');
  });
});

describe('after a restart', () => {
  test('[C10] numbers go on, and the last operations are shown again', async () => {
    const journal = await bench.open();
    const total = limits.operationsKeptInBridgeRoom + 5;
    for (let sent = 0; sent < total; sent += 1) await journal.accept(bench.command(), laptop);
    bench.storage = bench.storage.restart(seededRandom(2));
    bench.shown.length = 0;
    const later = await bench.open();
    expect(bench.shown.map(({ number }) => number)).toEqual(
      Array.from({ length: limits.operationsKeptInBridgeRoom }, (_, index) => index + 6),
    );
    expect((await later.accept(bench.command(), laptop)).number).toBe(total + 1);
  });

  test('[C10] the feed is complete from any cursor', async () => {
    const journal = await bench.open();
    const all: Operation[] = [];
    for (let sent = 0; sent < 7; sent += 1) all.push(await journal.accept(bench.command(), laptop));
    const got: Operation[] = [];
    let cursor = 0;
    for (;;) {
      const page = await journal.after(cursor, 3);
      if (page.operations.length === 0) break;
      got.push(...page.operations);
      cursor = page.next;
    }
    expect(got).toEqual(all);
  });
});

describe('[C8] a paused epoch', () => {
  const pausedStorage = (): JournalParts['storage'] => {
    const { storage } = bench;
    return {
      life: { ...storage.life, paused: true },
      position: () => storage.position(),
      allocate: () => storage.allocate(),
      commit: (batch) => storage.commit(batch),
      operation: (id) => storage.operation(id),
      operationsAfter: (seq, limit) => storage.operationsAfter(seq, limit),
      recentOperations: (limit) => storage.recentOperations(limit),
      issuedAt: (seq) => storage.issuedAt(seq),
    };
  };

  test('accepts nothing but its release, and says that trying again will help', async () => {
    const journal = await bench.open({ storage: pausedStorage() });
    await expect(journal.accept(bench.command(), laptop)).rejects.toMatchObject({
      failure: { code: 'unavailable', retryable: true },
    });
    const release = bench.command({
      kind: 'bridge.release',
      params: { epoch: bench.storage.life.epoch },
    });
    bench.present.set(laptop.deviceId, principal('laptop', 'owner'));
    expect((await journal.accept(release, laptop)).state).toBe('done');
  });

  test('a release names the epoch that its author saw', () => {
    const released: string[] = [];
    const handler = bridgeReleaseHandler(pausedStorage(), () => void released.push('released'));
    const context = {
      author: { personId: laptop.personId, deviceId: laptop.deviceId, verified: true },
      principal: laptop,
      at: 0,
    };
    const release = (epoch: string): ControlOutcome =>
      handler(
        {
          v: 1,
          id: commandIdSchema.parse('0198c0de-0000-7000-8000-000000000001'),
          kind: 'bridge.release',
          params: { epoch: epochSchema.parse(epoch) },
          expects: [],
          seen: { epoch: bench.storage.life.epoch, seq: 0 },
          createdAt: 0,
        },
        context,
      );
    expect(release('another').state).toBe('refused');
    const outcome = release(bench.storage.life.epoch);
    expect(outcome.writes).toEqual([{ kind: 'released' }]);
    outcome.effect?.();
    expect(released).toEqual(['released']);
  });
});
