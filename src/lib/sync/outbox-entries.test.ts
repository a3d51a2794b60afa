import { describe, expect, it } from 'vitest';
import { failure } from '#lib/domain/failure.ts';
import { commandIdSchema, newCommandId } from '#lib/domain/ids.ts';
import type { OutboxEntry } from '#lib/domain/outbox.ts';
import { outboxEntrySchema } from '#lib/domain/outbox.ts';
import { ManualTime, seededRandom } from '../../../tests/fixtures/manual-time.ts';
import {
  afterAttempt,
  askedAgain,
  inNewEpoch,
  mayBeTakenBack,
  nextToDeliver,
  toMakeRoom,
} from './outbox-entries.ts';

const random = seededRandom(1);
const time = new ManualTime();

const entry = (patch: Partial<OutboxEntry> = {}): OutboxEntry =>
  outboxEntrySchema.parse({
    v: 1,
    order: 1,
    command: {
      v: 1,
      id: newCommandId(time, random),
      kind: 'session.stop',
      sessionId: '00000000-0000-7000-8000-000000000001',
      params: {},
      expects: [],
      seen: { epoch: 'e1', seq: 0 },
      createdAt: 0,
    },
    summary: 'Stop',
    state: 'sending',
    attempts: 0,
    lastError: null,
    nextAttemptAt: null,
    operationState: null,
    message: null,
    ...patch,
  });

const delays = [1000, 2000];
const retryIn = (attempts: number): number | null => delays[attempts - 1] ?? null;
const id = commandIdSchema.parse('00000000-0000-7000-8000-00000000000a');

describe('an attempt', () => {
  it.each([
    ['waiting', 'accepted'],
    ['running', 'accepted'],
    ['conflict', 'accepted'],
    ['done', 'settled'],
    ['refused', 'settled'],
    ['expired', 'settled'],
  ] as const)('answered with an operation that is %s leaves the entry %s', (state, expected) => {
    const answer = { kind: 'answer', value: { id, state, seq: 1, message: null } } as const;
    const attempted = afterAttempt(entry(), answer, 5, retryIn);
    expect(attempted.kind).toBe('delivered');
    expect(attempted.entry).toMatchObject({ state: expected, operationState: state });
  });

  it('[R2] without an answer leaves it sending, since the bridge may have it', () => {
    const attempted = afterAttempt(entry(), { kind: 'no_answer', why: 'cut' }, 5, retryIn);
    expect(attempted.kind).toBe('again');
    expect(attempted.entry).toMatchObject({
      state: 'sending',
      attempts: 1,
      lastError: 'cut',
      nextAttemptAt: 1005,
    });
    expect(mayBeTakenBack(attempted.entry)).toBe(false);
  });

  it('that was turned away for now leaves it waiting, so it may be taken back', () => {
    const refusal = {
      kind: 'refusal',
      failure: failure('disk_full', 'full'),
      statement: null,
    } as const;
    const attempted = afterAttempt(entry(), refusal, 5, retryIn);
    expect(attempted.entry).toMatchObject({ state: 'waiting', attempts: 1 });
    expect(mayBeTakenBack(attempted.entry)).toBe(true);
  });

  it.each(['bad_request', 'forbidden', 'conflict', 'too_large', 'not_found', 'gone'] as const)(
    '[R6] refused with %s is kept with the reason and not tried again',
    (code) => {
      const refusal = {
        kind: 'refusal',
        failure: failure(code, 'because'),
        statement: null,
      } as const;
      const attempted = afterAttempt(entry(), refusal, 5, retryIn);
      expect(attempted.kind).toBe('refused');
      expect(attempted.entry).toMatchObject({ state: 'refused', message: 'because' });
    },
  );

  it('with a credential that the bridge does not know decides nothing about the command', () => {
    const refusal = {
      kind: 'refusal',
      failure: failure('unauthorized', 'who?'),
      statement: null,
    } as const;
    const attempted = afterAttempt(entry(), refusal, 5, retryIn);
    expect(attempted).toMatchObject({ kind: 'held', entry: { state: 'waiting', attempts: 0 } });
  });

  it('after the last delay waits for a person or the next connection', () => {
    const used = entry({ attempts: 2 });
    const attempted = afterAttempt(used, { kind: 'no_answer', why: 'cut' }, 5, retryIn);
    expect(attempted.entry).toMatchObject({ attempts: 3, nextAttemptAt: null });
    expect(askedAgain(attempted.entry)).toMatchObject({ attempts: 0, nextAttemptAt: null });
  });
});

describe('the order', () => {
  it('is that of writing: nothing overtakes what is not delivered', () => {
    const entries = [
      entry({ order: 1, state: 'settled' }),
      entry({ order: 2, state: 'sending' }),
      entry({ order: 3, state: 'waiting' }),
    ];
    expect(nextToDeliver(entries)?.order).toBe(2);
  });
});

describe('a new epoch', () => {
  it('sends again what was accepted and not settled, and nothing else', () => {
    expect(inNewEpoch(entry({ state: 'accepted', attempts: 4 }))).toMatchObject({
      state: 'sending',
      attempts: 0,
    });
    const settled = entry({ state: 'settled' });
    expect(inNewEpoch(settled)).toBe(settled);
  });
});

describe('[R9] room for one more', () => {
  const full = [
    entry({ order: 1, state: 'waiting' }),
    entry({ order: 2, state: 'settled' }),
    entry({ order: 3, state: 'settled' }),
  ];

  it('is there below the bound', () => {
    expect(toMakeRoom(full, 4)).toEqual([]);
  });

  it('is made by the settled that came first', () => {
    expect(toMakeRoom(full, 3)).toEqual([full[1]?.command.id]);
  });

  it('is not made by what waits, is accepted or was refused', () => {
    const held = [
      entry({ state: 'waiting' }),
      entry({ state: 'accepted' }),
      entry({ state: 'refused' }),
    ];
    expect(toMakeRoom(held, 3)).toBeNull();
  });
});
