import { describe, expect, test } from 'vitest';
import { isSettled, mayBecome, operationStates } from './operation.ts';

describe('operation', () => {
  test('what is done, refused, cancelled or expired becomes nothing else', () => {
    for (const from of ['done', 'refused', 'cancelled', 'expired'] as const) {
      for (const to of operationStates) expect(mayBecome(from, to)).toBe(false);
    }
  });

  test('only a failure may be retried by hand, and an unknown effect is never run again', () => {
    expect(mayBecome('failed', 'waiting')).toBe(true);
    expect(mayBecome('unknown', 'waiting')).toBe(false);
    expect(mayBecome('unknown', 'running')).toBe(false);
  });

  test('a conflict goes on only through a decision', () => {
    expect(mayBecome('conflict', 'running')).toBe(false);
    expect(mayBecome('conflict', 'waiting')).toBe(true);
  });

  test('every state that is not settled has a way on', () => {
    for (const state of operationStates.filter((each) => !isSettled(each))) {
      expect(operationStates.some((to) => mayBecome(state, to))).toBe(true);
    }
  });
});
