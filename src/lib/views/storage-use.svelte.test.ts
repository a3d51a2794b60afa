import { expect, test } from 'vitest';
import { sessionId } from '../../../tests/fixtures/conversation.ts';
import { aWorkspace } from '../../../tests/fixtures/workspace-pages.ts';
import { settable } from '../../../tests/fixtures/memory-workspace.ts';
import type { StorageUse, WaitingChange } from '#lib/sync/contract.ts';
import { StorageUseView } from './storage-use.svelte.ts';

const use = (blobBytes: number, persisted = false): StorageUse => ({
  documents: { count: 3 },
  outboxEntries: 0,
  blobBytes,
  segmentBytes: 0,
  estimate: null,
  persisted,
});

function someStorage(answers: { read: () => Promise<StorageUse>; ask?: () => Promise<boolean> }) {
  const { workspace } = aWorkspace();
  const waiting = settable<readonly WaitingChange[]>([]);
  const storage = new StorageUseView({
    ...workspace,
    waiting,
    storageUse: answers.read,
    askToPersist: answers.ask ?? (() => Promise.resolve(true)),
  });
  return { storage, waiting, workspace };
}

test('what is stored is read, and a reading that fails says why', async () => {
  let fails = true;
  const { storage } = someStorage({
    read: () => (fails ? Promise.reject(new Error('database is closed')) : Promise.resolve(use(5))),
  });
  expect(storage.reading).toEqual({ kind: 'reading' });
  await storage.refresh();
  expect(storage.reading).toEqual({ kind: 'failed', reason: 'database is closed' });
  fails = false;
  await storage.refresh();
  expect(storage.reading).toEqual({ kind: 'read', use: use(5) });
});

test('of two readings the one that was asked for last is shown, whichever comes first', async () => {
  const pending: ((value: StorageUse) => void)[] = [];
  const { storage } = someStorage({ read: () => new Promise((resolve) => pending.push(resolve)) });
  const readings = [storage.refresh(), storage.refresh()];
  pending[1]?.(use(2));
  pending[0]?.(use(1));
  await Promise.all(readings);
  expect(storage.reading).toEqual({ kind: 'read', use: use(2) });
});

test.each([
  [true, 'granted'],
  [false, 'declined'],
] as const)('asked to keep the data, the browser says %s: it is %s', async (answer, expected) => {
  const { storage } = someStorage({
    read: () => Promise.resolve(use(0, answer)),
    ask: () => Promise.resolve(answer),
  });
  expect(storage.answer).toBe('not_asked');
  await storage.askToPersist();
  expect(storage.answer).toBe(expected);
  expect(storage.reading).toMatchObject({ use: { persisted: answer } });
});

test('a browser that cannot be asked has declined', async () => {
  const { storage } = someStorage({
    read: () => Promise.resolve(use(0)),
    ask: () => Promise.reject(new TypeError('navigator.storage is undefined')),
  });
  await storage.askToPersist();
  expect(storage.answer).toBe('declined');
});

test('[R6] what is only here are edits and commands without an answer', async () => {
  const { storage, waiting, workspace } = someStorage({ read: () => Promise.resolve(use(0)) });
  expect(storage.onlyHere).toEqual({ changes: 0, commands: 0 });
  waiting.set([
    {
      room: 'tasks',
      label: { kind: 'task', entity: 't', text: 'Test it' },
      at: 1,
      onDevice: true,
    },
  ]);
  await workspace.outbox.send('session.stop', { params: {}, summary: 'Stop', sessionId });
  expect(storage.onlyHere).toEqual({ changes: 1, commands: 1 });
});
