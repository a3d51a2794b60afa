import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { limits } from '#lib/domain/limits.ts';
import { GitReadError } from './git-observer.ts';
import { createProcessGitRunner } from './git-runner.ts';
import type { Repository } from './observe-profile.ts';
import {
  realObserver,
  realRunner,
  repositoryFixture,
  wallScheduler,
  type RepositoryFixture,
} from '../../../tests/fixtures/git-repository.ts';
import { changedSince, takeSnapshot, type TreeSnapshot } from './tree-snapshot.ts';

const observer = realObserver();

async function repositoryOf(fixture: RepositoryFixture): Promise<Repository> {
  const found = await observer.describe(fixture.path);
  if (found.kind !== 'repository') throw new Error(found.message);
  return found.repository;
}

async function committed(fixture: RepositoryFixture): Promise<Repository> {
  await fixture.write('a.txt', 'one\n');
  await fixture.write('b.txt', 'two\n');
  await fixture.git('add', '.');
  await fixture.git('commit', '--quiet', '-m', 'first');
  return repositoryOf(fixture);
}

async function snapshotOf(repository: Repository): Promise<TreeSnapshot> {
  const taken = await takeSnapshot(observer, repository);
  if (taken === null) throw new Error('expected a snapshot');
  return taken;
}

test('[SE40] a directory below the top is described by its repository', async () => {
  await using fixture = await repositoryFixture();
  await mkdir(join(fixture.path, 'deep'));
  const found = await observer.describe(join(fixture.path, 'deep'));
  expect(found).toEqual({
    kind: 'repository',
    repository: {
      top: fixture.path,
      gitDir: join(fixture.path, '.git'),
      commonDir: join(fixture.path, '.git'),
    },
  });
});

test('[SE40] what is no repository is said in words', async () => {
  await using fixture = await repositoryFixture();
  const outside = join(fixture.path, '..');
  expect(await observer.describe(outside)).toEqual({
    kind: 'none',
    message: `${outside} is not in a git repository.`,
  });
  expect((await observer.describe(join(fixture.path, 'nothing'))).kind).toBe('none');
  await fixture.write('file', '');
  expect(await observer.describe(join(fixture.path, 'file'))).toMatchObject({
    kind: 'none',
    message: expect.stringContaining('is a file') as string,
  });
});

test('[SE40] an unborn branch and a detached HEAD are told apart from a branch', async () => {
  await using fixture = await repositoryFixture();
  const repository = await repositoryOf(fixture);
  expect(await observer.head(repository)).toEqual({ branch: 'main', oid: null });
  expect(await observer.status(repository)).toMatchObject({ branch: 'main', head: null });
  await committed(fixture);
  const oid = (await fixture.git('rev-parse', 'HEAD')).trim();
  expect(await observer.head(repository)).toEqual({ branch: 'main', oid });
  await fixture.git('checkout', '--quiet', '--detach');
  expect(await observer.head(repository)).toEqual({ branch: null, oid });
  expect(await observer.status(repository)).toMatchObject({ branch: null, head: oid });
});

test('[SE40] worktrees are listed with their branches; those that vanished are not', async () => {
  await using fixture = await repositoryFixture();
  const repository = await committed(fixture);
  const linked = join(fixture.path, '..', 'linked here');
  await fixture.git('worktree', 'add', '--quiet', '-b', 'feature', linked);
  expect(await observer.worktrees(repository)).toEqual([
    { path: fixture.path, branch: 'main', main: true },
    { path: linked, branch: 'feature', main: false },
  ]);
  await rm(linked, { recursive: true });
  expect(await observer.worktrees(repository)).toHaveLength(1);
});

test('[SE40] names with spaces, newlines and bytes that are no UTF-8 are read as they are', async () => {
  await using fixture = await repositoryFixture();
  const repository = await committed(fixture);
  await fixture.write('a b\nc"d.txt', 'x');
  await writeFile(Buffer.concat([Buffer.from(`${fixture.path}/`), Buffer.from([0xff, 0x61])]), 'x');
  const { entries } = await observer.status(repository);
  expect(entries.map((entry) => entry.path.text)).toEqual(
    expect.arrayContaining(['a b\nc"d.txt', null]),
  );
  const paths = await observer.paths(repository, limits.mentionPathsBytesMax);
  expect(paths).toEqual(['a.txt', 'b.txt', 'a b\nc"d.txt']);
});

test('[SE40] paths stop at their bound, tracked ones first; ignored ones are never listed', async () => {
  await using fixture = await repositoryFixture();
  const repository = await committed(fixture);
  await fixture.write('.gitignore', 'ignored\n');
  await fixture.write('ignored', 'x');
  await fixture.write('0-new', 'x');
  expect(await observer.paths(repository, 1000)).toEqual(['a.txt', 'b.txt', '.gitignore', '0-new']);
  expect(await observer.paths(repository, 18)).toEqual(['a.txt', 'b.txt']);
  expect(await observer.paths(repository, 17)).toEqual(['a.txt']);
});

test('[SE41] a turn counts files whose bytes, kind or executable bit changed, and no others', async () => {
  await using fixture = await repositoryFixture();
  const repository = await committed(fixture);
  await fixture.write('dirty-before', 'same');
  await fixture.write('dirty-changed', 'then');
  const before = await snapshotOf(repository);
  expect(await changedSince(observer, repository, before, [])).toEqual([]);

  await fixture.write('dirty-changed', 'now');
  await fixture.write('new', 'n');
  await chmod(join(fixture.path, 'a.txt'), 0o755);
  await rm(join(fixture.path, 'b.txt'));
  await symlink('a.txt', join(fixture.path, 'link'));
  const changed = await changedSince(observer, repository, before, []);
  expect([...(changed ?? [])].sort()).toEqual(['a.txt', 'b.txt', 'dirty-changed', 'link', 'new']);
});

test('[SE41] a commit in the turn changes no bytes; what it brought and what came after count once', async () => {
  await using fixture = await repositoryFixture();
  const repository = await committed(fixture);
  await fixture.write('kept', 'as before the turn');
  const before = await snapshotOf(repository);
  await fixture.write('a.txt', 'edited\n');
  await fixture.git('add', '.');
  await fixture.git('commit', '--quiet', '-m', 'second');
  await fixture.write('b.txt', 'edited\n');
  const changed = await changedSince(observer, repository, before, []);
  expect([...(changed ?? [])].sort()).toEqual(['a.txt', 'b.txt']);
});

test('[SE41] a file changed and put back, and a change of the index alone, count nothing', async () => {
  await using fixture = await repositoryFixture();
  const repository = await committed(fixture);
  const before = await snapshotOf(repository);
  await fixture.write('a.txt', 'other\n');
  await fixture.git('add', 'a.txt');
  await fixture.write('a.txt', 'one\n');
  expect(await changedSince(observer, repository, before, [])).toEqual([]);
});

test('[SE41] the first commit of a repository changes no bytes', async () => {
  await using fixture = await repositoryFixture();
  await fixture.write('a.txt', 'one\n');
  const repository = await repositoryOf(fixture);
  const before = await snapshotOf(repository);
  await fixture.git('add', '.');
  await fixture.git('commit', '--quiet', '-m', 'first');
  expect(await changedSince(observer, repository, before, [])).toEqual([]);
  await fixture.write('b.txt', 'two\n');
  expect(await changedSince(observer, repository, before, [])).toEqual(['b.txt']);
});

test('[SE41] files that the agent reported count where git cannot see them: ignored or outside', async () => {
  await using fixture = await repositoryFixture();
  const repository = await committed(fixture);
  await fixture.write('.gitignore', 'out/\n');
  const before = await snapshotOf(repository);
  await fixture.write('out/build.js', 'x');
  const outside = join(fixture.path, '..', 'outside');
  await writeFile(outside, 'x');
  const reported = [
    join(fixture.path, 'out/build.js'),
    join(fixture.path, 'a.txt'),
    join(fixture.path, 'never-made'),
    outside,
  ];
  expect(await changedSince(observer, repository, before, reported)).toEqual([
    outside,
    join(fixture.path, 'out/build.js'),
  ]);
});

test('[SE40] a repository that vanished is an error with its place in it', async () => {
  await using fixture = await repositoryFixture();
  const repository = await committed(fixture);
  await rm(join(fixture.path, '.git'), { recursive: true });
  await expect(observer.status(repository)).rejects.toThrow(GitReadError);
  await rm(fixture.path, { recursive: true });
  await expect(observer.status(repository)).rejects.toThrow(fixture.path);
});

test('[SE40] an argument that is no object id never reaches git', async () => {
  await using fixture = await repositoryFixture();
  const repository = await committed(fixture);
  await expect(observer.differences(repository, '--output=/tmp/pwned', 'HEAD')).rejects.toThrow(
    TypeError,
  );
});

test('[R9] a call ends at its output bound, keeping what fits, and at its time limit with all it started', async () => {
  await using fixture = await repositoryFixture();
  const call = { directory: fixture.path, environment: {}, timeoutMs: 10_000 };
  const version = (await fixture.git('--version')).length;
  const atBound = await realRunner().run({ ...call, args: ['--version'], outputBytesMax: version });
  expect(atBound.kind).toBe('exited');
  const over = await realRunner().run({
    ...call,
    args: ['--version'],
    outputBytesMax: version - 1,
  });
  expect(over).toMatchObject({
    kind: 'too_much',
    stdout: expect.objectContaining({ length: version - 1 }) as Buffer,
  });
  const slow = createProcessGitRunner({
    gitPath: '/bin/sleep',
    scheduler: wallScheduler,
    environment: process.env,
  });
  expect(await slow.run({ ...call, args: ['60'], timeoutMs: 50, outputBytesMax: 10 })).toEqual({
    kind: 'timed_out',
  });
});

test('a git that cannot be started is said, not thrown', async () => {
  const none = createProcessGitRunner({
    gitPath: '/nowhere/git',
    scheduler: wallScheduler,
    environment: {},
  });
  const end = await none.run({
    args: ['status'],
    directory: '/',
    environment: {},
    timeoutMs: 1000,
    outputBytesMax: 10,
  });
  expect(end.kind).toBe('not_started');
});
