import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { limits } from '#lib/domain/limits.ts';
import type { Repository } from './observe-profile.ts';
import {
  realObserver,
  repositoryFixture,
  type RepositoryFixture,
} from '../../../tests/fixtures/git-repository.ts';
import { changedSince, takeSnapshot } from './tree-snapshot.ts';

/** A repository whose own configuration names a program wherever git would start one (security.md T23). */
async function hostile(fixture: RepositoryFixture): Promise<string> {
  const canary = await fixture.canary();
  await fixture.write('a.txt', 'one\n');
  await fixture.write('sub/b.txt', 'two\n');
  await fixture.write('.gitattributes', '*.txt filter=evil diff=evil merge=evil\n');
  await fixture.git('add', '.');
  await fixture.git('commit', '--quiet', '-m', 'first');
  const settings = [
    ['core.fsmonitor', canary],
    ['core.pager', canary],
    ['core.editor', canary],
    ['core.sshCommand', canary],
    ['core.askPass', canary],
    ['core.alternateRefsCommand', canary],
    ['credential.helper', `!${canary}`],
    ['diff.external', canary],
    ['diff.evil.textconv', canary],
    ['diff.evil.command', canary],
    ['merge.evil.driver', canary],
    ['filter.evil.clean', canary],
    ['filter.evil.smudge', canary],
    ['filter.evil.required', 'true'],
    ['gpg.program', canary],
    ['log.showSignature', 'true'],
    ['alias.status', `!${canary}`],
    ['alias.ls-files', `!${canary}`],
    ['uploadpack.packObjectsHook', canary],
    ['include.path', '../included.config'],
  ] as const;
  for (const [key, value] of settings) await fixture.git('config', key, value);
  await fixture.write(
    'included.config',
    `[filter "included"]\n\tprocess = ${canary}\n\trequired = true\n[core]\n\tfsmonitor = ${canary}\n`,
  );
  await fixture.write('c.inc', 'three\n');
  await writeFile(join(fixture.path, '.git/info/attributes'), '*.inc filter=included\n');
  for (const hook of [
    'post-index-change',
    'reference-transaction',
    'post-checkout',
    'pre-commit',
  ]) {
    const path = join(fixture.path, '.git/hooks', hook);
    await mkdir(join(fixture.path, '.git/hooks'), { recursive: true });
    await writeFile(path, `#!/bin/sh\nexec ${canary} ${hook}\n`);
    await chmod(path, 0o755);
  }
  await makeHostileSubmodule(fixture, canary);
  return canary;
}

/** Status asks a submodule in a process that forgets our settings, so its configuration must never be asked at all. */
async function makeHostileSubmodule(fixture: RepositoryFixture, canary: string): Promise<void> {
  const inside = join(fixture.path, 'module');
  const quiet = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null'];
  await mkdir(inside);
  await fixture.git('init', '--quiet', inside);
  await writeFile(join(inside, 'm.txt'), 'm\n');
  await fixture.git('-C', inside, 'add', 'm.txt');
  await fixture.git('-C', inside, 'commit', '--quiet', '-m', 'module');
  await fixture.git(...quiet, '-c', 'filter.evil.clean=cat', 'add', 'module');
  await fixture.git('-C', inside, 'config', 'core.fsmonitor', canary);
  await fixture.git('-C', inside, 'config', 'filter.evil.clean', canary);
  await writeFile(join(inside, '.gitattributes'), '* filter=evil\n');
  await writeFile(join(inside, 'm.txt'), 'n\n');
}

async function described(fixture: RepositoryFixture): Promise<Repository> {
  const found = await realObserver().describe(fixture.path);
  if (found.kind !== 'repository') throw new Error(found.message);
  return found.repository;
}

test('[R12] the fixture is dangerous: plain git runs what the repository names', async () => {
  await using fixture = await repositoryFixture();
  await hostile(fixture);
  await rm(join(fixture.path, '../fired'), { force: true });
  await fixture.write('a.txt', 'eno\n');
  await fixture.git('status');
  expect(await fixture.fired()).toBe(true);
});

test('[R12] no call of the observer runs anything that a hostile repository names', async () => {
  await using fixture = await repositoryFixture();
  await hostile(fixture);
  const linked = join(fixture.path, '..', 'linked');
  await fixture.git(
    '-c',
    'core.hooksPath=/dev/null',
    '-c',
    'filter.evil.smudge=cat',
    '-c',
    'core.fsmonitor=false',
    '-c',
    'filter.evil.clean=cat',
    'worktree',
    'add',
    '--quiet',
    linked,
  );
  await rm(join(fixture.path, '../fired'), { force: true });
  // Same size, other time: git must look at the bytes to know.
  await fixture.write('a.txt', 'eno\n');

  const observer = realObserver();
  const repository = await described(fixture);
  const before = await takeSnapshot(observer, repository);
  const head = await observer.head(repository);
  await observer.worktrees(repository);
  await observer.status(repository);
  await observer.paths(repository, limits.mentionPathsBytesMax);
  await observer.known(repository, ['a.txt', 'sub/b.txt']);
  if (before === null || head.oid === null) throw new Error('expected a snapshot and a commit');
  await observer.differences(repository, head.oid, head.oid);
  await fixture.write('sub/b.txt', 'owt\n');
  expect(await changedSince(observer, repository, before, ['ignored'])).toEqual(['sub/b.txt']);
  const inLinked = await observer.describe(linked);
  if (inLinked.kind !== 'repository') throw new Error(inLinked.message);
  await observer.status(inLinked.repository);

  expect(await fixture.fired()).toBe(false);
});

test('[R12] a .git file that was swapped for another repository is not followed', async () => {
  await using fixture = await repositoryFixture();
  await fixture.write('a.txt', 'one\n');
  await fixture.git('add', '.');
  await fixture.git('commit', '--quiet', '-m', 'first');
  const linked = join(fixture.path, '..', 'linked');
  await fixture.git('worktree', 'add', '--quiet', linked);
  const observer = realObserver();
  const found = await observer.describe(linked);
  if (found.kind !== 'repository') throw new Error(found.message);

  await using other = await repositoryFixture();
  await other.write('evil.txt', 'x\n');
  await writeFile(join(linked, '.git'), `gitdir: ${other.path}/.git\n`);
  const paths = await observer.paths(found.repository, limits.mentionPathsBytesMax);
  expect(paths).toEqual(['a.txt']);
});

test('[R12] a repository that names a working tree elsewhere is refused', async () => {
  await using fixture = await repositoryFixture();
  await fixture.git('config', 'core.worktree', '/');
  const found = await realObserver().describe(join(fixture.path, '.git'));
  expect(found.kind).toBe('none');
});
