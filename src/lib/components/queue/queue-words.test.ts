import { describe, expect, test } from 'vitest';
import { commandKinds } from '#lib/domain/command.ts';
import { operationStates } from '#lib/domain/operation.ts';
import type { Delivery } from '#lib/views/queue-line.ts';
import { deliveryWords, kindWords, stateSentence } from './queue-words.ts';

const delivery = (fields: Partial<Delivery> = {}): Delivery => ({
  attempts: 0,
  lastError: null,
  nextAttemptAt: null,
  mayHaveArrived: false,
  isBehind: false,
  ...fields,
});

describe('how far a command is on its way', () => {
  test.each([
    ['new, offline', delivery(), false, 'goes out with the next connection'],
    ['new, online', delivery(), true, 'being sent'],
    ['new, behind another', delivery({ isBehind: true }), true, 'goes after the one before it'],
    ['the first attempt under way', delivery({ mayHaveArrived: true }), true, 'being sent'],
    [
      'cut off in an attempt',
      delivery({ mayHaveArrived: true }),
      false,
      'sent, no answer yet, goes out with the next connection',
    ],
    [
      'between attempts',
      delivery({ attempts: 2, nextAttemptAt: 8000, lastError: 'disk full' }),
      true,
      '2 tries, again in 8 s; last answer: disk full',
    ],
    [
      'an attempt without an answer',
      delivery({ attempts: 1, nextAttemptAt: 1500, mayHaveArrived: true }),
      true,
      '1 try, sent, no answer yet, again in 2 s',
    ],
    [
      'after the last delay',
      delivery({ attempts: 6 }),
      true,
      '6 tries, waits for the next connection, or for you to press “Try now”',
    ],
  ])('%s', (_, state, online, words) => {
    expect(deliveryWords(state, 0, online)).toBe(words);
  });
});

test('[R6] no sentence about a command on this device says anything of the bridge', () => {
  expect(stateSentence({ kind: 'on_device' }, 'workstation')).toBe('Only this device has it.');
});

test('every state of an operation has a sentence', () => {
  for (const kind of operationStates)
    expect(
      stateSentence(kind === 'waiting' ? { kind: 'held', by: 3 } : { kind }, 'workstation'),
    ).toMatch(/\.$/u);
});

test('every kind has a name, and one of a newer bridge its own', () => {
  for (const kind of commandKinds) expect(kindWords(kind)).not.toBe(kind);
  expect(kindWords('git.push')).toBe('git.push');
  expect(kindWords('toString')).toBe('toString');
});
