import { expect, test } from 'vitest';
import { askingMode, judged } from './mode-judgement.ts';

const mode = (id: string) => ({ id, name: id, description: null });

test.each(['default', 'ask', 'manual', 'read-only', 'readOnly', 'plan', 'Always ask'])(
  '[AG5] "%s" asks before it changes anything',
  (id) => {
    expect(judged(mode(id), 'agent').asks).toBe(true);
  },
);

test.each([
  'auto',
  'acceptEdits',
  'bypassPermissions',
  'yolo',
  'autoEdit',
  'act',
  'build',
  'agent',
  'full-access',
  'default-yolo',
  'ask-nothing',
])('[AG5] "%s" is not trusted to ask', (id) => {
  expect(judged(mode(id), 'agent').asks).toBe(false);
});

test('[AG5] a program that edits unasked in every mode is believed only when it plans', () => {
  expect(judged(mode('default'), 'kimi').asks).toBe(false);
  expect(judged(mode('plan'), 'kimi').asks).toBe(true);
});

test.each([
  [['auto', 'default', 'plan'], 'default'],
  [['plan', 'auto', 'read-only'], 'read-only'],
  [['yolo', 'manual'], 'manual'],
  [
    ['https://x.org/modes#plan', 'https://x.org/modes#agent', 'https://x.org/modes#autopilot'],
    'https://x.org/modes#agent',
  ],
])('[AG5] of %j the one that asks is chosen', (ids, chosen) => {
  expect(askingMode(ids.map(mode))?.id).toBe(chosen);
});

test('[AG5] planning alone, or nothing known, is chosen by nobody but a person', () => {
  expect(askingMode([mode('build'), mode('plan')])).toBeNull();
  expect(askingMode([])).toBeNull();
});
