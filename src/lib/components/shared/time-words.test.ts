import { describe, expect, test } from 'vitest';
import { absoluteTime, duration, relativeTime } from './time-words.ts';

const now = new Date(2026, 4, 14, 14, 32).getTime();
const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

describe('times', () => {
  test.each([
    [30_000, 'now'],
    [2 * minute, '2m'],
    [59 * minute, '59m'],
    [3 * hour, '3h'],
    [2 * day, 'Tue'],
    [12 * day, '2 May'],
    [200 * day, '26 Oct 2025'],
    [-minute, 'now'],
  ])('%d ms ago is “%s” in a list', (age, words) => {
    expect(relativeTime(now - age, now)).toBe(words);
  });

  test('detail shows the time, and the day when it was another', () => {
    expect(absoluteTime(now - hour, now)).toBe('13:32');
    expect(absoluteTime(now - day, now)).toBe('13 May, 14:32');
  });

  test.each([
    [12_300, '12 s'],
    [130_000, '2 m 10 s'],
    [hour + 5 * minute, '1 h 05 m'],
    [-5, '0 s'],
  ])('%d ms last “%s”', (ms, words) => {
    expect(duration(ms)).toBe(words);
  });
});
