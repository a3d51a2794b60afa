import { describe, expect, test } from 'vitest';
import { sessionId } from '../../../tests/fixtures/conversation.ts';
import { anOperation, commandId } from '../../../tests/fixtures/workspace-pages.ts';
import { sessionIdSchema } from '#lib/domain/ids.ts';
import type { Operation } from '#lib/domain/operation.ts';
import { dayOf, filteredHistory, historyChoices, wholeHistory } from './queue-history.ts';
import type { QueueLine } from './queue-line.ts';

const other = sessionIdSchema.parse('01890000-0000-7000-8000-0000000000ff');

function aLine(number: number, fields: Partial<Operation> = {}): QueueLine {
  const operation = anOperation(number, { state: 'done', settledAt: number, ...fields });
  const { after: _after, author: _author, ...rest } = operation;
  return {
    ...rest,
    state: { kind: 'done' },
    author: { person: 'Mara Lindqvist', device: 'Pixel 9', color: 2, me: false, verified: true },
    arrivedAt: operation.acceptedAt,
    delivery: null,
    own: null,
  };
}
const lines = [
  aLine(3, { summary: 'Allow “npm test” once', kind: 'permission.answer' }),
  aLine(2, { summary: 'Stop the agent', sessionId: other, message: 'Mara was faster' }),
  aLine(1, { summary: 'Release the bridge', kind: 'bridge.release', sessionId: null }),
];
const titleOf = (id: string): string => (id === other ? 'Upgrade to Vite 8' : 'Retry-After');
const found = (filter: Partial<typeof wholeHistory>): readonly string[] =>
  filteredHistory(lines, { ...wholeHistory, ...filter }, titleOf).map(({ id }) => id);

describe('the history is filtered', () => {
  test('not at all: all, in their order', () => {
    expect(found({})).toEqual([commandId(3), commandId(2), commandId(1)]);
    expect(found({ words: '  ' })).toHaveLength(3);
  });

  test.each([
    ['words of the summary, in any order and case', 'ONCE npm', [3]],
    ['a number', '#2', [2]],
    ['the author and the device', 'lindqvist pixel', [3, 2, 1]],
    ['the message', 'faster', [2]],
    ['the title of the session', 'vite', [2]],
    ['words that occur apart only', 'npm vite', []],
  ])('by %s', (_, words, expected) => {
    expect(found({ words })).toEqual(expected.map(commandId));
  });

  test('by session and by kind, together with words', () => {
    expect(found({ sessionId })).toEqual([commandId(3)]);
    expect(found({ kind: 'bridge.release' })).toEqual([commandId(1)]);
    expect(found({ sessionId, words: 'bridge' })).toEqual([]);
  });
});

test('sessions and kinds that occur can be chosen, each once', () => {
  const choices = historyChoices([...lines, aLine(4, { kind: 'bridge.release', sessionId: null })]);
  expect(choices).toEqual({
    sessions: [sessionId, other],
    kinds: ['permission.answer', 'session.stop', 'bridge.release'],
  });
});

test('moments of one day, by this device’s calendar, have one name', () => {
  const midnight = new Date(2026, 4, 14).getTime();
  expect(dayOf(midnight)).toBe(dayOf(midnight + 86_399_999));
  expect(dayOf(midnight - 1)).not.toBe(dayOf(midnight));
});
