import { expect, test } from 'vitest';
import type { NotAccepted } from '#lib/sync/contract.ts';
import { exportedCopy } from './not-accepted-copy.ts';

const copy: NotAccepted = {
  id: 'session/1:7',
  room: 'session/1',
  reason: 'larger than 256 kB',
  at: Date.UTC(2026, 4, 14, 12, 20),
  changes: [{ kind: 'prompt', entity: 'p1', text: 'Fix it\nand test it' }],
  update: 'AQID',
};

test('[R6] the file has everything that was refused, as text and as an update', () => {
  expect(JSON.parse(exportedCopy(copy).text)).toEqual({
    format: 'rejoin/not-accepted',
    v: 1,
    id: 'session/1:7',
    room: 'session/1',
    reason: 'larger than 256 kB',
    at: '2026-05-14T12:20:00.000Z',
    changes: [{ kind: 'prompt', entity: 'p1', text: 'Fix it\nand test it' }],
    update: 'AQID',
  });
});

test.each([
  ['session/1:7', 'not-accepted-session-1-7.json'],
  ['../../etc', 'not-accepted--etc.json'],
  ['x'.repeat(200), `not-accepted-${'x'.repeat(64)}.json`],
])('the name of the file of %j is one that every file system takes', (id, name) => {
  expect(exportedCopy({ ...copy, id }).name).toBe(name);
});
