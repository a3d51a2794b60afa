import { expect, test } from 'vitest';
import { ManualTime } from '../../../../tests/fixtures/manual-time.ts';
import { Announcer } from './announcer.svelte.ts';

function anAnnouncer() {
  const time = new ManualTime();
  const announcer = new Announcer({ now: 0, after: (ms, task) => time.after(ms, task) });
  return { time, announcer };
}

test('of polite sentences within two seconds the last is said, after them', () => {
  const { time, announcer } = anAnnouncer();
  announcer.polite('Turn 3 finished');
  announcer.polite('1 change waiting');
  announcer.polite('2 changes waiting');
  expect(announcer.politeText).toBe('Turn 3 finished');
  time.advance(2000);
  expect(announcer.politeText).toBe('2 changes waiting');
});

test('assertive sentences do not wait', () => {
  const { announcer } = anAnnouncer();
  announcer.assertive('A needs you');
  announcer.assertive('B needs you');
  expect(announcer.assertiveText).toBe('B needs you');
});

test('the same sentence twice changes the region twice', () => {
  const { announcer } = anAnnouncer();
  announcer.assertive('A needs you');
  const first = announcer.assertiveText;
  announcer.assertive('A needs you');
  expect(announcer.assertiveText).not.toBe(first);
  expect(announcer.assertiveText.trim()).toBe(first);
});
