import { mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { agentIdSchema, newSessionId, projectIdSchema } from '#lib/domain/ids.ts';
import { limits } from '#lib/domain/limits.ts';
import { AgentError } from '../agents/contract.ts';
import {
  scriptedAgent,
  sessionBench,
  type SessionBench,
} from '../../../tests/fixtures/session-bench.ts';
import { until } from '../../../tests/fixtures/until.ts';

const agentId = scriptedAgent.info.id;
const inPlace = { kind: 'in_place' } as const;

const notices = (bench: SessionBench, id: Parameters<SessionBench['items']>[0]): string[] =>
  bench.items(id, 'notice').map(({ text }) => text);

test('[SE50] creating is idempotent by the session’s id; the same id for another place is refused', async () => {
  const bench = await sessionBench();
  const sessionId = newSessionId(bench.time, bench.random);
  const params = { sessionId, agentId, worktree: inPlace };
  expect(await bench.send('session.create', params)).toMatchObject({
    state: 'done',
    message: null,
  });
  expect(await bench.send('session.create', params)).toMatchObject({
    state: 'done',
    message: 'The session was there already.',
  });
  bench.agents.push({
    ...scriptedAgent,
    info: { ...scriptedAgent.info, id: agentIdSchema.parse('other') },
  });
  await bench.send('agent.set', {
    agentId: agentIdSchema.parse('mine'),
    name: 'Mine',
    launch: { command: 'mine', args: [], env: {} },
  });
  expect(
    await bench.send('session.create', { ...params, agentId: agentIdSchema.parse('mine') }),
  ).toMatchObject({ state: 'refused', message: expect.stringContaining('begun before') as string });
  expect(await bench.storage.sessions()).toHaveLength(1);
});

test('[SE50] an unknown project, agent or worktree is refused with what was expected', async () => {
  const bench = await sessionBench();
  const sessionId = newSessionId(bench.time, bench.random);
  const command = bench.command('session.create', { sessionId, agentId, worktree: inPlace });
  expect(
    (await bench.accept('session.create', { ...command, projectId: projectIdSchema.parse('x') }))
      .message,
  ).toBe('Expected one of the projects of this bridge (repository), got x. No session was made.');
  expect(
    (
      await bench.send('session.create', {
        sessionId,
        agentId: agentIdSchema.parse('x'),
        worktree: inPlace,
      })
    ).message,
  ).toBe('Expected one of the agents of this bridge (scripted), got “x”. No session was made.');
  expect(
    (
      await bench.send('session.create', {
        sessionId,
        agentId,
        worktree: { kind: 'existing', path: '/etc' },
      })
    ).message,
  ).toBe(
    `Expected a worktree of repository (${bench.repository.path}), got /etc. No session was made.`,
  );
  expect(await bench.storage.sessions()).toEqual([]);
});

test('[SE50] a session works in a worktree of the project that exists', async () => {
  const bench = await sessionBench();
  const path = join(bench.repository.path, '..', 'linked');
  await bench.repository.git('worktree', 'add', '--quiet', '-b', 'feature', path);
  const [project] = bench.projects.list();
  if (project === undefined) throw new Error('expected a project');
  await bench.projects.refresh(project.id);
  const sessionId = newSessionId(bench.time, bench.random);
  await bench.send('session.create', { sessionId, agentId, worktree: { kind: 'existing', path } });
  expect(bench.record.sessionInfos.get(sessionId)).toMatchObject({
    directory: path,
    branch: 'feature',
  });
  bench.prompt(sessionId, 'Go');
  await bench.untilPrompted(1);
  expect(bench.starter.last.options.directory).toBe(path);
});

test('[SE51] prompts written before the session was created wait for it', async () => {
  const bench = await sessionBench();
  const sessionId = newSessionId(bench.time, bench.random);
  bench.prompts.add(sessionId, bench.queued('begun offline'));
  await bench.send('session.create', { sessionId, agentId, worktree: inPlace });
  await bench.untilPrompted(1);
});

test('[SE52] start and stop; a stop holds what is queued until somebody sends or starts', async () => {
  const bench = await sessionBench();
  const id = await bench.create();
  await bench.send('session.start', {}, id);
  await bench.untilRun(id, 'idle');
  bench.prompts.set(id, [bench.queued('one'), bench.queued('two')]);
  await bench.untilPrompted(1);
  expect(await bench.send('session.stop', {}, id)).toMatchObject({ state: 'done' });
  await bench.untilRun(id, 'ended');
  expect(bench.items(id, 'turn_end')[0]).toMatchObject({ stopReason: 'cancelled' });
  expect(bench.shown(id).field('run')).toMatchObject({
    kind: 'ended',
    message: 'Stopped by Mara.',
  });
  expect(notices(bench, id)).toEqual(['Stopped by Mara.']);
  expect(await bench.send('session.stop', {}, id)).toMatchObject({
    message: 'No agent process was running.',
  });
  expect(bench.starter.runs).toHaveLength(1);
  await bench.send('session.start', {}, id);
  await bench.untilPrompted(2);
  expect(bench.starter.runs).toHaveLength(2);
  expect(bench.starter.last.prompts[0]?.text).toBe('two');
});

test('[SE53] an agent that is started again takes up its own history, in the mode that was chosen', async () => {
  const bench = await sessionBench();
  const id = await bench.create();
  await bench.send('session.start', {}, id);
  await bench.untilRun(id, 'idle');
  expect(bench.starter.last.options).toMatchObject({ resume: null, modeId: null });
  bench.starter.last.listener.modes('ask', [
    { id: 'ask', name: 'Ask', description: null, asks: true },
    { id: 'plan', name: 'Plan', description: null, asks: true },
  ]);
  expect(await bench.send('mode.set', { modeId: 'yolo' }, id)).toMatchObject({
    state: 'refused',
    message: 'Expected one of this agent’s modes (Ask, Plan), got “yolo”.',
  });
  await bench.send('mode.set', { modeId: 'plan' }, id);
  expect(bench.starter.last.modes).toEqual(['plan']);
  await bench.send('session.stop', {}, id);
  await bench.untilRun(id, 'ended');
  await bench.send('session.start', {}, id);
  await until(() => bench.starter.runs.length === 2, 'the second start');
  expect(bench.starter.last.options).toMatchObject({ resume: 'agent-session-1', modeId: 'plan' });
  await bench.untilRun(id, 'idle');
  await bench.crash();
  await bench.send('session.start', {}, id);
  await until(() => bench.starter.runs.length === 3, 'a start of the next life');
  expect(bench.starter.last.options).toMatchObject({ resume: 'agent-session-1', modeId: 'plan' });
});

test('[SE54] a crash ends the turn as failed, offers its prompt again and waits for a person', async () => {
  const bench = await sessionBench();
  const id = await bench.create();
  const first = bench.queued('one');
  bench.prompts.set(id, [first, bench.queued('two')]);
  await bench.untilPrompted(1);
  bench.starter.last.die(137, null, 'out of memory');
  await bench.untilRun(id, 'ended');
  expect(bench.shown(id).field('run')).toMatchObject({
    code: 137,
    message: 'Agent process ended (code 137).',
  });
  expect(bench.items(id, 'turn_end')[0]).toMatchObject({ stopReason: 'agent_failed' });
  expect(bench.shown(id).receipts.get(first.prompt.id)?.state).toBe('interrupted');
  expect(bench.items(id, 'notice')[0]).toMatchObject({ level: 'error', detail: 'out of memory' });
  expect(bench.record.sessionInfos.get(id)?.endedMessage).toBe('Agent process ended (code 137).');
  expect(bench.starter.runs).toHaveLength(1);
  bench.prompt(id, 'three');
  await bench.untilPrompted(2);
  expect(bench.starter.last.prompts[0]?.text).toBe('two');
});

test('[SE55] a start that fails says why, and can be tried again', async () => {
  const bench = await sessionBench();
  const id = await bench.create();
  bench.starter.beforeStart = () => Promise.reject(new AgentError('did_not_start', 'it is broken'));
  await bench.send('session.start', {}, id);
  await bench.untilRun(id, 'ended');
  expect(bench.items(id, 'notice')[0]).toMatchObject({ level: 'error', text: 'it is broken' });
  bench.starter.beforeStart = () => Promise.resolve();
  await bench.send('session.start', {}, id);
  await bench.untilRun(id, 'idle');
});

test('[SE55] an agent that needs a login says what to run; its prompts stay queued', async () => {
  const bench = await sessionBench();
  const id = await bench.create();
  bench.starter.beforeStart = () => Promise.reject(new AgentError('login', 'Run: agent login'));
  bench.prompt(id, 'Go');
  await bench.untilRun(id, 'login_needed');
  expect(bench.record.sessionInfos.get(id)).toMatchObject({
    run: 'login_needed',
    needs: 'Needs a login',
  });
  expect(bench.items(id, 'prompt')).toEqual([]);
  bench.starter.beforeStart = () => Promise.resolve();
  await bench.send('session.start', {}, id);
  await bench.untilPrompted(1);
  expect(bench.record.sessionInfos.get(id)?.needs).toBeNull();
});

test('[SE55] a directory that is gone, and an agent that is not installed, are said', async () => {
  const bench = await sessionBench();
  const id = await bench.create();
  await rename(bench.repository.path, `${bench.repository.path}-away`);
  await bench.send('session.start', {}, id);
  await bench.untilRun(id, 'ended');
  await rename(`${bench.repository.path}-away`, bench.repository.path);
  bench.agents = [
    { ...scriptedAgent, info: { ...scriptedAgent.info, found: false, install: 'npm i scripted' } },
  ];
  await bench.send('session.start', {}, id);
  await until(() => notices(bench, id).length === 2, 'the second failure');
  expect(notices(bench, id)).toEqual([
    `The directory ${bench.repository.path} is not there. The agent was not started.`,
    'Scripted agent was not found on the bridge’s PATH (scripted). To install it: npm i scripted',
  ]);
});

test('[SE56] a turn stops at any moment: in the turn, and while its receipt is written', async () => {
  const bench = await sessionBench();
  const id = await bench.create();
  bench.prompt(id, 'one');
  await bench.untilPrompted(1);
  const turnId = bench.items(id, 'prompt')[0]?.turnId ?? '';
  await bench.send('turn.cancel', { turnId }, id);
  await bench.untilTurns(id, 1);
  expect(bench.items(id, 'turn_end')[0]).toMatchObject({ stopReason: 'cancelled' });
  expect(await bench.send('turn.cancel', { turnId }, id)).toMatchObject({
    state: 'done',
    message: 'That turn was over already.',
  });
  await bench.untilRun(id, 'idle');

  const { promise: disk, resolve: letGo } = Promise.withResolvers<undefined>();
  bench.record.beforeDisk = () => disk;
  const second = bench.prompt(id, 'two');
  await until(() => bench.items(id, 'prompt').length === 2, 'the second prompt');
  await bench.send('turn.cancel', { turnId: bench.items(id, 'prompt')[1]?.turnId ?? '' }, id);
  letGo(undefined);
  await bench.untilTurns(id, 2);
  expect(bench.starter.last.prompts).toHaveLength(1);
  expect(bench.shown(id).receipts.get(second.prompt.id)?.state).toBe('interrupted');
});

test('[SE56] an agent that ignores a stop is ended after the grace time, and what is queued waits', async () => {
  const bench = await sessionBench();
  const id = await bench.create();
  bench.prompts.set(id, [bench.queued('one'), bench.queued('two')]);
  await bench.untilPrompted(1);
  bench.starter.last.onCancel = () => undefined;
  await bench.send('turn.cancel', { turnId: bench.items(id, 'prompt')[0]?.turnId ?? '' }, id);
  expect(bench.shown(id).field('run')).toMatchObject({ kind: 'running', stopping: true });
  bench.time.advance(limits.turnStopGraceMs - 1);
  expect(bench.starter.last.busy).toBe(true);
  bench.time.advance(1);
  await bench.untilRun(id, 'ended');
  expect(bench.items(id, 'turn_end')[0]).toMatchObject({ stopReason: 'cancelled' });
  expect(bench.starter.runs).toHaveLength(1);
});

test('[SE57] a stopped turn does not stop the queue: the next prompt goes', async () => {
  const bench = await sessionBench();
  const id = await bench.create();
  bench.prompts.set(id, [bench.queued('one'), bench.queued('two')]);
  await bench.untilPrompted(1);
  await bench.send('turn.cancel', { turnId: bench.items(id, 'prompt')[0]?.turnId ?? '' }, id);
  await bench.untilPrompted(2);
  expect(bench.starter.last.prompts[1]?.text).toBe('two');
});

test('[SE58] an error of the model ends the turn with its words; the agent lives and the next prompt goes', async () => {
  const bench = await sessionBench();
  const id = await bench.create();
  bench.prompts.set(id, [bench.queued('one'), bench.queued('two')]);
  await bench.untilPrompted(1);
  bench.starter.last.fail(new AgentError('refused', 'HTTP 400: no such model'));
  await bench.untilPrompted(2);
  expect(bench.items(id, 'turn_end')[0]).toMatchObject({
    stopReason: 'agent_failed',
    message: 'HTTP 400: no such model',
  });
  bench.starter.last.finish('a_reason_of_tomorrow');
  await bench.untilTurns(id, 2);
  expect(bench.items(id, 'turn_end')[1]).toMatchObject({
    stopReason: 'end_turn',
    message: 'The agent gave a reason that is not known here: “a_reason_of_tomorrow”.',
  });
});

test('[SE59] the trash stops the agent and keeps the queue; a prompt that arrives restores', async () => {
  const bench = await sessionBench();
  const id = await bench.create();
  bench.prompts.set(id, [bench.queued('one'), bench.queued('waits')]);
  await bench.untilPrompted(1);
  await bench.send('session.trash', {}, id);
  await bench.untilRun(id, 'ended');
  expect(bench.record.sessionInfos.get(id)?.trashedAt).not.toBeNull();
  expect((await bench.storage.sessions())[0]?.info.trashedAt).not.toBeNull();
  expect(await bench.send('session.start', {}, id)).toMatchObject({ state: 'refused' });
  expect(bench.starter.runs).toHaveLength(1);
  bench.prompt(id, 'back');
  await bench.untilPrompted(2);
  expect(bench.record.sessionInfos.get(id)?.trashedAt).toBeNull();
  expect(bench.starter.last.prompts[0]?.text).toBe('waits');
});

test('[SE59] restoring brings the session back without starting anything', async () => {
  const bench = await sessionBench();
  const id = await bench.create();
  await bench.send('session.trash', {}, id);
  await bench.send('session.restore', {}, id);
  expect(bench.record.sessionInfos.get(id)?.trashedAt).toBeNull();
  expect(await bench.send('session.restore', {}, id)).toMatchObject({
    message: 'The session was not in the trash.',
  });
  expect(bench.starter.runs).toHaveLength(0);
});

test('[R11][SE60] an owner’s agent shows names of variables only, and a change is announced where it runs', async () => {
  const bench = await sessionBench();
  const id = await bench.create();
  await bench.send('session.start', {}, id);
  await bench.untilRun(id, 'idle');
  const launch = { command: '/opt/agent', args: ['--acp'], env: { KEY: 'secret' } };
  await bench.send('agent.set', { agentId, name: 'Scripted agent', launch });
  expect(await bench.storage.agents()).toMatchObject([{ id: agentId, launch }]);
  expect(notices(bench, id)).toEqual([
    'Mara changed how Scripted agent is started. It takes effect at its next start.',
  ]);
  expect(JSON.stringify(bench.record.published)).not.toContain('secret');
});

test('[SE61] commands for a session that the bridge does not know are refused', async () => {
  const bench = await sessionBench();
  const sessionId = newSessionId(bench.time, bench.random);
  expect(await bench.send('session.start', {}, sessionId)).toMatchObject({
    state: 'refused',
    message: 'The bridge does not know this session. Nothing was done.',
  });
  expect(await bench.send('session.start', {})).toMatchObject({ state: 'refused' });
});

test('[SE62] a repository that vanishes in mid-session: the turn ends without figures, the rest goes on', async () => {
  const bench = await sessionBench();
  const id = await bench.create();
  bench.prompt(id, 'one');
  await bench.untilPrompted(1);
  await rename(join(bench.repository.path, '.git'), join(bench.repository.path, '..', 'git-away'));
  bench.starter.last.finish();
  await bench.untilTurns(id, 1);
  expect(bench.items(id, 'turn_end')[0]?.filesChanged).toBeNull();
  await mkdir(join(bench.repository.path, 'x'));
  bench.prompt(id, 'two');
  await bench.untilPrompted(2);
});

test('[SE66] a disk that is full in mid-turn stops the turn, says so when it can, and holds the queue', async () => {
  const bench = await sessionBench();
  const id = await bench.create();
  bench.prompts.set(id, [bench.queued('one'), bench.queued('two')]);
  await bench.untilPrompted(1);
  const { listener } = bench.starter.last;
  listener.text({ role: 'answer', messageId: null, text: 'a' });
  bench.storage.faults.full = true;
  listener.tool({ toolCallId: 't', title: 'Write', status: 'completed' });
  bench.time.advance(limits.progressEveryMs);
  listener.text({ role: 'answer', messageId: null, text: 'b' });
  await bench.untilTurns(id, 1);
  expect(bench.starter.last.cancels).toBe(1);
  expect(bench.items(id, 'turn_end')[0]).toMatchObject({
    stopReason: 'cancelled',
    message: expect.stringContaining('disk is full') as string,
  });
  await bench.untilRun(id, 'idle');
  expect(bench.starter.last.prompts).toHaveLength(1);
  bench.storage.faults.full = false;
  bench.time.advance(limits.progressEveryMs);
  expect(notices(bench, id)).toEqual([
    'The bridge could not write all of what the agent did. What it changed in the directory is there; what is queued waits for a person.',
  ]);
  await bench.send('session.start', {}, id);
  await bench.untilPrompted(2);
});

test('[SE66] a queue that cannot be read is looked at again by itself', async () => {
  const bench = await sessionBench();
  const id = await bench.create();
  await bench.untilRun(id, 'none');
  const { queued } = bench.prompts;
  let failures = 0;
  bench.prompts.queued = () => {
    failures += 1;
    return Promise.reject(new Error('the room is read anew'));
  };
  bench.prompt(id, 'one');
  await until(() => failures > 0, 'a look that fails');
  bench.prompts.queued = queued;
  await until(() => {
    bench.time.advance(limits.blobWaitMs);
    return bench.starter.runs.some((run) => run.prompts.length === 1);
  }, 'the prompt with the agent');
});
