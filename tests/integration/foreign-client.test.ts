import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { tasksDocument } from '#lib/crdt/tasks-document.ts';
import { memoryStorage, type MemoryStorage } from '../../server/storage/memory-storage.ts';
import { seededRandom } from '../fixtures/manual-time.ts';
import { startSyncBridge, type SyncBridge } from '../fixtures/sync-bridge.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

let storage: MemoryStorage;
let bridge: SyncBridge;
let folder: string;

beforeEach(async () => {
  storage = memoryStorage(seededRandom(1));
  bridge = await startSyncBridge(storage);
  // Inside the project, so that the client finds its packages as a reader's would.
  folder = mkdtempSync(join(root, 'node_modules', '.foreign-client-'));
  writeFileSync(join(folder, 'client.mjs'), clientOfTheDocument());
});

afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await bridge.stop();
});

function clientOfTheDocument(): string {
  const text = readFileSync(join(root, 'docs/protocol.md'), 'utf8');
  const code =
    /<!-- foreign-client:begin -->\s*```js\n([\s\S]*?)```\s*<!-- foreign-client:end -->/.exec(text);
  if (code?.[1] === undefined) throw new Error('expected the client between its markers');
  return code[1];
}

const client = (device: string, title: string) =>
  run(process.execPath, [join(folder, 'client.mjs'), bridge.origin, device, title], {
    timeout: 15_000,
  });

test('[SY1] the client of docs/protocol.md reads, writes and knows what is on disk', async () => {
  bridge.pair('program', 'editor');
  await client('program', 'Water the plants');
  // It ended by the acknowledgement, so a bridge that is lost now has the task.
  await bridge.stop();
  bridge = await startSyncBridge(storage.restart(seededRandom(2)));
  bridge.pair('program', 'editor');
  const { stdout } = await client('program', 'Feed the cat');
  expect(stdout).toBe('open: Water the plants\n');
  const { doc } = await bridge.documents.open({ kind: 'tasks' });
  const titles = tasksDocument(doc)
    .tasks.read()
    .map(({ title }) => title);
  expect(titles.toSorted()).toEqual(['Feed the cat', 'Water the plants']);
});

test('[SY3] the client of docs/protocol.md is told when it may not write', async () => {
  bridge.pair('program', 'viewer');
  await expect(client('program', 'Not allowed')).rejects.toMatchObject({
    stderr: expect.stringContaining('not allowed: 4403'),
  });
});

test('the client of docs/protocol.md is about thirty lines', () => {
  const lines = clientOfTheDocument()
    .split('\n')
    .filter((line) => line.trim() !== '');
  expect(lines.length).toBeLessThanOrEqual(32);
});
