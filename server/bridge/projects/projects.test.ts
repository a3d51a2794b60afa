import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, realpath, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { limits } from '#lib/domain/limits.ts';
import type { ProjectInfo } from '#lib/domain/project.ts';
import {
  realObserver,
  realRunner,
  repositoryFixture,
  type RepositoryFixture,
} from '../../../tests/fixtures/git-repository.ts';
import { ManualTime } from '../../../tests/fixtures/manual-time.ts';
import { until } from '../../../tests/fixtures/until.ts';
import { StartFailure } from '../../start-failure.ts';
import type { ProjectRow, Write } from '../../storage/contract.ts';
import { chooseRepositories } from './choose-repositories.ts';
import { projectNameFor } from './project-names.ts';
import { createProjects, type Projects } from './projects.ts';

interface Served {
  readonly projects: Projects;
  readonly published: ProjectInfo[];
  readonly time: ManualTime;
}

async function serve(rows: ProjectRow[], ...paths: string[]): Promise<Served> {
  const published: ProjectInfo[] = [];
  const time = new ManualTime();
  const projects = createProjects({
    observer: realObserver(),
    storage: {
      projects: () => Promise.resolve([...rows]),
      commit(batch: readonly Write[]) {
        for (const write of batch) if (write.kind === 'project') rows.push(write.row);
        return Promise.resolve();
      },
    },
    record: {
      putProject(info) {
        published.push(info);
      },
    },
    clock: time,
    scheduler: time,
  });
  onTestFinished(() => projects.stop());
  await projects.start(paths.map((path) => ({ path, playground: false })));
  return { projects, published, time };
}

async function committed(fixture: RepositoryFixture): Promise<void> {
  await fixture.write('a.txt', 'one\n');
  await fixture.git('add', '.');
  await fixture.git('commit', '--quiet', '-m', 'first');
}

async function temporary(): Promise<string> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'rejoin-projects-')));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

test('[SE42] a repository is published once with its branch, changed files and worktrees', async () => {
  await using fixture = await repositoryFixture();
  await committed(fixture);
  await fixture.write('new.txt', 'x');
  const { published } = await serve([], join(fixture.path, '.'));
  expect(published).toHaveLength(1);
  expect(published[0]).toMatchObject({
    name: 'repository',
    path: fixture.path,
    playground: false,
    status: {
      kind: 'read',
      branch: 'main',
      changedFiles: 1,
      worktrees: [{ path: fixture.path, branch: 'main', main: true }],
    },
  });
});

test('[SE42] the same repository by another name is the same project, also after a restart', async () => {
  await using fixture = await repositoryFixture();
  await committed(fixture);
  await mkdir(join(fixture.path, 'deep'));
  const rows: ProjectRow[] = [];
  const first = await serve(rows, fixture.path, join(fixture.path, 'deep'));
  expect(first.projects.list()).toHaveLength(1);
  const second = await serve(rows);
  expect(second.projects.list().map((info) => info.id)).toEqual(
    first.projects.list().map((info) => info.id),
  );
});

test('[SE42] what is no repository stops the start with the reason', async () => {
  const directory = await temporary();
  await expect(serve([], directory)).rejects.toThrow(StartFailure);
  await expect(serve([], directory)).rejects.toThrow('is not in a git repository');
});

test('[SE42] a name that is taken gets its parent’s, then a number', () => {
  expect(projectNameFor('/work/api', new Set())).toBe('api');
  expect(projectNameFor('/home/api', new Set(['api']))).toBe('api (home)');
  expect(projectNameFor('/x/home/api', new Set(['api', 'api (home)']))).toBe('api (home) 2');
});

test('[SE43] a reading that says the same is not published again', async () => {
  await using fixture = await repositoryFixture();
  await committed(fixture);
  const { projects, published, time } = await serve([], fixture.path);
  const id = projects.list()[0]?.id;
  if (id === undefined) throw new Error('expected a project');
  time.advance(1);
  await projects.refresh(id);
  expect(published).toHaveLength(1);
  await fixture.write('new.txt', 'x');
  await projects.refresh(id);
  expect(published).toHaveLength(2);
});

test('[SE43] a change made outside is found by the timer', async () => {
  await using fixture = await repositoryFixture();
  await committed(fixture);
  const { published, time } = await serve([], fixture.path);
  await fixture.git('switch', '--quiet', '-c', 'feature');
  time.advance(limits.projectRefreshMs - 1);
  expect(published).toHaveLength(1);
  time.advance(1);
  await until(() => published.length === 2, 'the new branch');
  expect(published[1]?.status).toMatchObject({ branch: 'feature' });
});

test('[SE43] a repository that vanishes is missing, and comes back as the same project', async () => {
  await using fixture = await repositoryFixture();
  await committed(fixture);
  const { projects, published, time } = await serve([], fixture.path);
  const id = projects.list()[0]?.id;
  if (id === undefined) throw new Error('expected a project');
  await rename(fixture.path, `${fixture.path}-away`);
  await projects.refresh(id);
  time.advance(1);
  await projects.refresh(id);
  expect(published.slice(1).map((info) => info.status)).toEqual([
    {
      kind: 'missing',
      message: `There is no readable repository at ${fixture.path} any more. Sessions and what was said in them stay.`,
      since: time.now() - 1,
    },
  ]);
  expect(projects.repositoryOf(id)).toBeNull();
  await rename(`${fixture.path}-away`, fixture.path);
  await projects.refresh(id);
  expect(published.at(-1)?.status.kind).toBe('read');
});

test('[SE44] named repositories come first, then the current one, then a playground', async () => {
  await using fixture = await repositoryFixture();
  const directory = await temporary();
  const choose = (
    named: string[],
    currentDirectory: string,
  ): ReturnType<typeof chooseRepositories> =>
    chooseRepositories({
      observer: realObserver(),
      runner: realRunner(),
      named,
      currentDirectory,
      dataDirectory: directory,
    });
  expect(await choose(['/somewhere'], fixture.path)).toEqual([
    { path: '/somewhere', playground: false },
  ]);
  expect(await choose([], fixture.path)).toEqual([{ path: fixture.path, playground: false }]);
  expect(await choose([], directory)).toEqual([
    { path: join(directory, 'playground'), playground: true },
  ]);
});

test('[SE44] the playground is a committed repository whose own test passes, and is made once', async () => {
  const directory = await temporary();
  const make = (): ReturnType<typeof chooseRepositories> =>
    chooseRepositories({
      observer: realObserver(),
      runner: realRunner(),
      named: [],
      currentDirectory: directory,
      dataDirectory: directory,
    });
  const [made] = await make();
  if (made === undefined) throw new Error('expected a playground');
  const { published } = await serve([], made.path);
  expect(published[0]?.status).toMatchObject({ branch: 'main', changedFiles: 0 });
  await promisify(execFile)(process.execPath, ['--test'], { cwd: made.path });
  await writeFile(join(made.path, 'README.md'), 'mine');
  await make();
  expect(await readFile(join(made.path, 'README.md'), 'utf8')).toBe('mine');
});
