import { join } from 'node:path';
import { createHash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { errorResponseSchema } from '#lib/sync/wire/http.ts';
import { agentIdSchema } from '#lib/domain/ids.ts';
import { BridgeInProcess } from '../fixtures/bridge-in-process.ts';
import { eventually } from '../fixtures/eventually.ts';
import { PairedBridge, type WatchedSession } from '../fixtures/paired-bridge.ts';

/**
 * The disk of the bridge is full, and has room again: nothing is told or handed over that is not on it, what it did not take
 * stays where it was written and arrives by itself, and what can be read is read.
 */

const pagesMax = 1500;
const full = 'the disk of the data directory is full: nothing of this change was written';
const big = (letter: string): string => letter.repeat(60_000);

let bridge: PairedBridge;
let session: WatchedSession;

/** Takes all room that the database has left, as another program on the same disk would; gives it back when it is called. */
function fillDisk(): () => void {
  const database = new DatabaseSync(join(bridge.data, 'rejoin.sqlite'));
  database.exec(
    `PRAGMA max_page_count = ${String(pagesMax)}; CREATE TABLE IF NOT EXISTS filler (bytes BLOB)`,
  );
  const insert = database.prepare('INSERT INTO filler VALUES (zeroblob(?))');
  for (const size of [65_536, 3000, 500]) {
    try {
      for (;;) insert.run(size);
    } catch {
      // Full for this size.
    }
  }
  return () => {
    database.exec('DELETE FROM filler');
    database.close();
  };
}

beforeAll(async () => {
  bridge = await PairedBridge.start(1, (args) => new BridgeInProcess(args, pagesMax));
  session = await bridge.owner.session(
    await bridge.owner.addAgent('patient'),
    bridge.repositories[0]?.path ?? '',
  );
});
afterAll(async () => {
  await session[Symbol.asyncDispose]();
  await bridge[Symbol.asyncDispose]();
});

test('[R5] [R6] an edit that the disk does not take reaches nobody, is said in the close, and arrives by itself when there is room', async () => {
  await using writer = await bridge.owner.join({ kind: 'tasks' });
  await using reader = await bridge.owner.join({ kind: 'tasks' });
  writer.doc.getText('kept').insert(0, 'before');
  await eventually(() => reader.doc.getText('kept').toString() === 'before');
  const free = fillDisk();
  writer.doc.getText('big').insert(0, big('a'));
  await eventually(() =>
    writer.closes.some(({ code, reason }) => code === 1013 && reason === full),
  );
  await using fresh = await bridge.owner.join({ kind: 'tasks' });
  expect(fresh.doc.getText('kept').toString()).toBe('before');
  expect(reader.doc.getText('big').toString()).toBe('');
  expect(fresh.doc.getText('big').toString()).toBe('');
  free();
  await eventually(() => reader.doc.getText('big').toString() === big('a'));
});

test('a command and a blob are refused in words, and taken when they are sent again', async () => {
  const free = fillDisk();
  const agentId = agentIdSchema.parse('wordy');
  const launch = {
    command: 'wordy',
    args: Array.from({ length: 12 }, () => 'x'.repeat(4000)),
    env: {},
  };
  await expect(
    bridge.owner.command('agent.set', { agentId, name: 'Wordy', launch }),
  ).rejects.toThrow(full);
  const bytes = Buffer.from(big('b'));
  const path = `/api/blobs/${createHash('sha256').update(bytes).digest('hex')}`;
  const refused = await bridge.owner.ask('PUT', path, bytes);
  expect(refused.status).toBe(507);
  expect(errorResponseSchema.parse(JSON.parse(refused.text)).error).toEqual({
    code: 'disk_full',
    message: full,
  });
  free();
  expect(await bridge.owner.command('agent.set', { agentId, name: 'Wordy', launch })).toMatchObject(
    {
      state: 'done',
    },
  );
  expect((await bridge.owner.ask('PUT', path, bytes)).status).toBe(201);
});

test('[R5] a turn that cannot be recorded says so and hands over nothing more; when there is room a person lets the queue go on', async () => {
  session.prompt('now 10');
  await bridge.repositories[0]?.write('now', '');
  await session.untilTurns(1);

  session.prompt('later 200000');
  const behind = session.prompt(`now 20\n${big('c')}`);
  await session.untilRun('running');
  const free = fillDisk();
  await bridge.repositories[0]?.write('later', '');
  await eventually(() => session.run?.kind !== 'running', 20_000);
  free();
  const gap =
    'The bridge could not write all of what the agent did. What it changed in the directory is there; what is queued waits for a person.';
  await eventually(() => session.notices.includes(gap), 20_000);
  expect(session.items('turn_end').at(-1)).toMatchObject({
    number: 2,
    message: `The bridge could not write what the agent did: ${full}`,
  });
  expect(session.state.receipts.read().has(behind.id)).toBe(false);

  await session.command('session.start', {});
  await eventually(() => session.state.receipts.read().get(behind.id)?.state === 'answered');
  expect(session.items('answer').at(-1)?.text).toBe('x'.repeat(20));
});
