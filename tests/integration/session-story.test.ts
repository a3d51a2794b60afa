import { mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { newSessionId, type SessionId } from '#lib/domain/ids.ts';
import type { PermissionRequest } from '#lib/domain/permission.ts';
import { acpStarter } from '../../server/bridge/agents/acp-starter.ts';
import { discoverAgents, playgroundAgentId } from '../../server/bridge/agents/discovery.ts';
import { chooseRepositories } from '../../server/bridge/projects/choose-repositories.ts';
import { createProjects } from '../../server/bridge/projects/projects.ts';
import { systemAmbient } from '../../server/ambient.ts';
import { openSqliteStorage } from '../../server/storage/sqlite-storage.ts';
import type { Storage } from '../../server/storage/contract.ts';
import { BridgeLife } from '../fixtures/bridge-life.ts';
import { realObserver, realRunner } from '../fixtures/git-repository.ts';
import { silentLog } from '../fixtures/silent-log.ts';

const { clock, random, scheduler } = systemAmbient;

interface World {
  readonly repository: string;
  storage: Storage;
  life: BridgeLife;
  restart(): Promise<void>;
}

/** SQLite, git, documents and the playground agent, all real; only sockets and HTTP are not in it. */
async function world(): Promise<World> {
  const data = await realpath(await mkdtemp(join(tmpdir(), 'rejoin-story-')));
  onTestFinished(() => rm(data, { recursive: true, force: true }));
  const observer = realObserver();
  const repositories = await chooseRepositories({
    observer,
    runner: realRunner(),
    named: [],
    currentDirectory: data,
    dataDirectory: data,
  });
  const repository = repositories[0]?.path ?? '';
  const open = (): Promise<Storage> =>
    openSqliteStorage({
      directory: join(data, 'bridge'),
      clock,
      random,
      scheduler,
      log: silentLog,
    });
  const begin = (storage: Storage): Promise<BridgeLife> =>
    BridgeLife.begin({
      storage,
      starter: acpStarter({ clock, random, scheduler, log: silentLog, clientVersion: '0' }),
      discover: (owners) =>
        discoverAgents({ environment: process.env, node: process.execPath, owners }),
      observer,
      projects: async (record) => {
        const projects = createProjects({ observer, storage, record, clock, scheduler });
        await projects.start(repositories);
        return projects;
      },
      clock,
      random,
      scheduler,
    });
  const storage = await open();
  const made: World = {
    repository,
    storage,
    life: await begin(storage),
    async restart() {
      await made.life.end();
      await made.storage.close();
      made.storage = await open();
      made.life = await begin(made.storage);
    },
  };
  onTestFinished(async () => {
    await made.life.end();
    await made.storage.close();
  });
  return made;
}

async function session({ life }: World): Promise<SessionId> {
  const sessionId = newSessionId(clock, random);
  const outcome = await life.send('session.create', {
    sessionId,
    agentId: playgroundAgentId,
    worktree: { kind: 'in_place' },
  });
  expect(outcome).toMatchObject({ state: 'done' });
  return sessionId;
}

/** Waits for what the bridge writes; each step of a real agent takes as long as it takes. */
const waitFor = <T>(read: () => Promise<T | null | undefined | false>): Promise<T> =>
  expect
    .poll(async () => (await read()) || null, { timeout: 15_000, interval: 20 })
    .not.toBeNull()
    .then(read)
    .then((value) => {
      if (value === null || value === undefined || value === false)
        throw new Error('what was there is gone again');
      return value;
    });

const openRequest = ({ life }: World, id: SessionId): Promise<PermissionRequest> =>
  waitFor(async () =>
    (await life.state(id)).permissions.read().find(({ outcome }) => outcome === null),
  );

const turnEnd = ({ life }: World, id: SessionId, number: number) =>
  waitFor(async () => {
    const end = (await life.items(id)).find(
      (item) => item.kind === 'turn_end' && item.number === number,
    );
    return end?.kind === 'turn_end' ? end : null;
  });

async function allow(there: World, id: SessionId): Promise<PermissionRequest> {
  const request = await openRequest(there, id);
  const once = request.options.find(({ kind }) => kind === 'allow_once');
  const outcome = await there.life.send(
    'permission.answer',
    { permissionId: request.id, hash: request.hash, optionId: once?.optionId ?? '' },
    id,
  );
  expect(outcome).toMatchObject({ state: 'done' });
  return request;
}

test('[SE70] the playground agent really edits after leave was given, and every document tells it', async () => {
  const there = await world();
  const id = await session(there);
  const promptId = await there.life.prompt(
    id,
    'create hello.md: # Hello then edit README.md: append "One more idea"',
  );
  const first = await allow(there, id);
  expect(first.subject.diffs).toMatchObject([{ path: 'hello.md', oldText: null }]);
  expect(first.subject.directory).toBe(there.repository);
  await allow(there, id);
  const end = await turnEnd(there, id, 1);
  expect(end).toMatchObject({ stopReason: 'end_turn', filesChanged: 2 });
  expect(await readFile(join(there.repository, 'hello.md'), 'utf8')).toContain('# Hello');

  const state = await there.life.state(id);
  expect(state.receipts.read().get(promptId)?.state).toBe('answered');
  expect(
    state
      .field('mode')
      .read()
      ?.available.find(({ id: mode }) => mode === state.field('mode').read()?.current)?.asks,
  ).toBe(true);
  await waitFor(async () =>
    (await there.life.state(id)).field('paths').read()?.includes('hello.md'),
  );
  const items = await there.life.items(id);
  expect(items[0]).toMatchObject({ kind: 'prompt', promptId });
  expect(items.filter(({ kind }) => kind === 'permission')).toHaveLength(2);
  expect(items.some((item) => item.kind === 'tool' && item.call.status === 'completed')).toBe(true);
  await waitFor(async () =>
    (await there.life.infos()).find((info) => info.id === id && info.run === 'idle'),
  );
});

test('[SE71] a turn stops at once, and the next prompt goes', async () => {
  const there = await world();
  const id = await session(there);
  await there.life.prompt(id, 'wait 60 s');
  const run = await waitFor(async () => {
    const now = (await there.life.state(id)).field('run').read();
    return now?.kind === 'running' ? now : null;
  });
  await there.life.prompt(id, 'say still here');
  await there.life.send('turn.cancel', { turnId: run.turnId }, id);
  expect(await turnEnd(there, id, 1)).toMatchObject({ stopReason: 'cancelled' });
  expect(await turnEnd(there, id, 2)).toMatchObject({ stopReason: 'end_turn' });
  expect(
    (await there.life.items(id)).some(
      (item) => item.kind === 'answer' && item.text.includes('still here'),
    ),
  ).toBe(true);
});

test('[SE72] after a restart the transcript is whole, the turn is interrupted and the session goes on', async () => {
  const there = await world();
  const id = await session(there);
  const promptId = await there.life.prompt(id, 'say working then wait 60 s');
  await waitFor(async () => (await there.life.state(id)).receipts.read().get(promptId));
  await there.restart();
  expect(await turnEnd(there, id, 1)).toMatchObject({ stopReason: 'interrupted' });
  const state = await there.life.state(id);
  expect(state.receipts.read().get(promptId)?.state).toBe('interrupted');
  expect(state.field('run').read()).toEqual({ kind: 'none' });
  await there.life.prompt(id, 'say back again');
  expect(await turnEnd(there, id, 2)).toMatchObject({ stopReason: 'end_turn', number: 2 });
  expect((await there.life.items(id)).filter(({ kind }) => kind === 'prompt')).toHaveLength(2);
});
