import { limits } from '#lib/domain/limits.ts';
import { expect, test } from 'vitest';
import { ManualTime } from '../../../../tests/fixtures/manual-time.ts';
import { PressGuard } from './press-guard.ts';

test('[R9] a press counts 400 ms after it appeared, and not a moment before', () => {
  const time = new ManualTime();
  const guard = new PressGuard(() => time.now());
  time.advance(limits.pressGuardMs - 1);
  expect(guard.open).toBe(false);
  time.advance(1);
  expect(guard.open).toBe(true);
});

test('moving or being exchanged closes it again; staying in place does not', () => {
  const time = new ManualTime();
  const guard = new PressGuard(() => time.now());
  guard.placed({ top: 10, left: 0 });
  time.advance(1000);
  guard.placed({ top: 10.2, left: 0 });
  expect(guard.open).toBe(true);
  guard.placed({ top: 40, left: 0 });
  expect(guard.open).toBe(false);
  time.advance(1000);
  guard.changed();
  expect(guard.open).toBe(false);
});
