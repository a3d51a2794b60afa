import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { limits } from '#lib/domain/limits.ts';
import { ManualTime, seededRandom } from '../../tests/fixtures/manual-time.ts';
import { keptLog, silentLog } from '../../tests/fixtures/silent-log.ts';
import type { Storage } from './contract.ts';
import { openSqliteStorage } from './sqlite-storage.ts';

let home: string;
let seed = 0;
const opened: Storage[] = [];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'rejoin-sqlite-'));
});

afterEach(async () => {
  for (const storage of opened.splice(0)) await storage.close();
  rmSync(home, { recursive: true, force: true });
});

async function open(name = 'data', time = new ManualTime(), log = silentLog): Promise<Storage> {
  const storage = await openSqliteStorage({
    directory: join(home, name),
    clock: time,
    random: seededRandom((seed += 1)),
    log,
    scheduler: time,
  });
  opened.push(storage);
  return storage;
}

const at = (...path: string[]): string => join(home, ...path);

async function commitSome(storage: Storage, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1)
    await storage.commit([{ kind: 'time_mark', seq: storage.allocate(), at: n }]);
}

describe('the data directory', () => {
  test('[ST17] is closed to other users, with everything in it', async () => {
    const storage = await open();
    await commitSome(storage, 1);
    expect(statSync(at('data')).mode & 0o777).toBe(0o700);
    for (const file of ['rejoin.sqlite', 'rejoin.sqlite-wal', 'high-water-mark.json', 'lock.pid'])
      expect(statSync(at('data', file)).mode & 0o777, file).toBe(0o600);
  });

  test('[ST18] serves one process: the second is told which one has it', async () => {
    await open();
    await expect(open()).rejects.toMatchObject({
      failure: { code: 'unavailable', message: expect.stringContaining(String(process.pid)) },
    });
  });

  test('[ST18] is free again after the holder was killed, whatever it left behind', async () => {
    const holder = spawn(
      process.execPath,
      [join(import.meta.dirname, '../../tests/fixtures/storage-holder.ts'), at('data')],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    await once(holder.stdout, 'data');
    await expect(open()).rejects.toMatchObject({
      failure: { code: 'unavailable', message: expect.stringContaining(String(holder.pid)) },
    });
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    expect(existsSync(at('data', 'lock.pid'))).toBe(true);
    const storage = await open();
    expect(storage.life.kind).toBe('continued');
    expect((await storage.loadRoom('tasks')).updates).toEqual([Uint8Array.of(1, 2, 3)]);
  });

  test('[ST19] of a newer Rejoin is refused, and not a byte of its database is changed', async () => {
    await (await open()).close();
    const database = new DatabaseSync(at('data', 'rejoin.sqlite'));
    database.exec('PRAGMA user_version = 999');
    database.close();
    const before = readFileSync(at('data', 'rejoin.sqlite'));
    await expect(open()).rejects.toMatchObject({
      failure: { code: 'conflict', message: expect.stringContaining('newer Rejoin') },
    });
    expect(readFileSync(at('data', 'rejoin.sqlite')).equals(before)).toBe(true);
  });

  test('[ST19] with a file that is no database is refused, and the file is left', async () => {
    await (await open()).close();
    writeFileSync(
      at('data', 'rejoin.sqlite'),
      'not a database, but longer than the header of one '.repeat(20),
    );
    await expect(open()).rejects.toMatchObject({ failure: { code: 'internal' } });
    expect(readFileSync(at('data', 'rejoin.sqlite'), 'utf8')).toContain('not a database');
  });
});

describe('epochs', () => {
  test('[ST20] a database that is gone begins a new epoch, paused, above every number given out', async () => {
    const storage = await open();
    await commitSome(storage, 5);
    const reached = storage.allocate();
    await commitSome(storage, 1);
    await storage.close();
    rmSync(at('data', 'rejoin.sqlite'));
    const { log, said } = keptLog();
    const again = await open('data', new ManualTime(), log);
    expect(again.life).toMatchObject({ kind: 'restored', paused: true });
    expect(again.life.epoch).not.toBe(storage.life.epoch);
    expect(again.allocate()).toBeGreaterThan(reached);
    expect(said.join()).toContain('the database is gone');
  });

  test('[ST20] an older copy in its place begins a new epoch, paused', async () => {
    const storage = await open();
    await commitSome(storage, 3);
    await storage.close();
    cpSync(at('data', 'rejoin.sqlite'), at('backup.sqlite'));
    const later = await open();
    await commitSome(later, 1);
    const reached = later.position();
    await later.close();
    cpSync(at('backup.sqlite'), at('data', 'rejoin.sqlite'));
    const again = await open();
    expect(again.life).toMatchObject({ kind: 'restored', paused: true });
    expect(again.allocate()).toBeGreaterThan(reached);
    expect(again.position()).toBeLessThan(reached);
  });

  test.each([
    ['without its mark', () => rmSync(at('data', 'high-water-mark.json'))],
    [
      'with a mark that cannot be read',
      () => writeFileSync(at('data', 'high-water-mark.json'), '{'),
    ],
  ])('[ST20] a database %s is taken for a copy', async (_, change) => {
    const storage = await open();
    await commitSome(storage, 1);
    await storage.close();
    change();
    expect((await open()).life).toMatchObject({ kind: 'restored', paused: true });
  });

  test('[ST21] a paused epoch stays paused over restarts until a person releases it', async () => {
    const storage = await open();
    await commitSome(storage, 1);
    await storage.close();
    rmSync(at('data', 'rejoin.sqlite'));
    await (await open()).close();
    const paused = await open();
    expect(paused.life).toMatchObject({ kind: 'continued', paused: true });
    await paused.commit([{ kind: 'released' }]);
    expect(paused.life.paused).toBe(false);
    await paused.close();
    expect((await open()).life).toMatchObject({ kind: 'continued', paused: false });
  });

  test('[ST22] the mark is on disk after 64 commits, when commits pause, and at the end', async () => {
    const mark = (): { allocated: number } =>
      JSON.parse(readFileSync(at('data', 'high-water-mark.json'), 'utf8'));
    const time = new ManualTime();
    const storage = await open('data', time);
    await commitSome(storage, limits.markCommitsMax - 1);
    expect(mark().allocated).toBe(0);
    await commitSome(storage, 1);
    expect(mark().allocated).toBe(limits.markCommitsMax);
    await commitSome(storage, 2);
    expect(mark().allocated).toBe(limits.markCommitsMax);
    time.advance(limits.markIdleMs);
    expect(mark().allocated).toBe(limits.markCommitsMax + 2);
    await commitSome(storage, 1);
    await storage.close();
    expect(mark().allocated).toBe(limits.markCommitsMax + 3);
  });
});

describe('what does not fit', () => {
  test('[ST23] a row of another shape is reported and left, the others are given', async () => {
    const storage = await open();
    const person = (id: string) => ({ id, name: id, color: 1, joinedAt: 1 });
    await storage.close();
    const database = new DatabaseSync(at('data', 'rejoin.sqlite'));
    const put = database.prepare(`INSERT INTO records VALUES ('person', ?, ?)`);
    put.run('a', JSON.stringify(person('a')));
    put.run('b', JSON.stringify({ ...person('b'), color: 'blue' }));
    put.run('c', '{');
    database.close();
    const { log, said } = keptLog();
    const again = await open('data', new ManualTime(), log);
    expect((await again.people()).map(({ id }) => id)).toEqual(['a']);
    expect(said).toHaveLength(2);
    await again.close();
    const kept = new DatabaseSync(at('data', 'rejoin.sqlite'));
    expect(kept.prepare('SELECT count(*) AS n FROM records').get()).toEqual({ n: 3 });
    kept.close();
  });
});
