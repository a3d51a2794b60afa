import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { agentInfoSchema } from '#lib/domain/agent.ts';
import { agentIdSchema } from '#lib/domain/ids.ts';
import { AgentBench } from '../../../tests/fixtures/started-agent.ts';
import { agentEnvironment } from './agent-environment.ts';
import { discoverAgents, findProgram, type OwnersAgent } from './discovery.ts';
import { knownAgents } from './known-agents.ts';

async function directory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'rejoin-path-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** A program that leaves a trace when it is run. */
async function program(folder: string, name: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, `#!/bin/sh\ntouch ${join(folder, 'was-run')}\n`);
  await chmod(file, 0o755);
  return file;
}

const discover = (PATH: string, owners: readonly OwnersAgent[] = [], more = {}) =>
  discoverAgents({
    environment: { PATH, HOME: '/home/me', ...more },
    node: process.execPath,
    owners,
  });

test('[AG12] a known agent on PATH is found by its file, and is not run', async () => {
  const bin = await directory();
  const file = await program(bin, 'gemini');
  const agents = await discover(`/no/such/folder:${bin}`);
  const gemini = agents.find((agent) => agent.info.id === 'gemini');
  expect(gemini?.info).toMatchObject({ found: true, commandLine: 'gemini --acp', source: 'path' });
  expect(gemini?.launch).toMatchObject({ command: file, args: ['--acp'] });
  await expect(rm(join(bin, 'was-run'))).rejects.toThrow('ENOENT');
});

test('[AG12] a known agent that is not there is offered with how to get it', async () => {
  const agents = await discover(await directory());
  const missing = agents.filter((agent) => !agent.info.found);
  expect(missing.map((agent) => agent.info.id)).toEqual(knownAgents.map((agent) => agent.id));
  for (const agent of missing) expect(agent.info.install).toContain('npm install -g');
});

test('[AG12] what every device sees of an agent is well-formed and holds no value of a variable', async () => {
  const agents = await discover(await directory(), [], { GEMINI_API_KEY: 'sekrit' });
  for (const agent of agents) expect(agentInfoSchema.parse(agent.info)).toEqual(agent.info);
  expect(JSON.stringify(agents.map((agent) => agent.info))).not.toContain('sekrit');
});

test('[AG12] neither a relative entry of PATH, nor a directory, nor a file that is no program is taken', async () => {
  const bin = await directory();
  await mkdir(join(bin, 'gemini'));
  await writeFile(join(bin, 'qwen'), 'text', { mode: 0o644 });
  await symlink('/no/such/target', join(bin, 'kimi'));
  for (const name of ['gemini', 'qwen', 'kimi']) expect(await findProgram(name, bin)).toBeNull();
  const real = await program(bin, 'codex-acp');
  expect(await findProgram('codex-acp', `.::bin:${bin}`)).toBe(real);
  expect(await findProgram('codex-acp', '.::bin')).toBeNull();
  expect(await findProgram(real, '')).toBe(real);
  expect(await findProgram('./codex-acp', bin)).toBeNull();
});

test("[AG12] [R11] the owner's agent takes the place of the known one, with its arguments and values", async () => {
  const bin = await directory();
  const file = await program(bin, 'my-gemini');
  const id = agentIdSchema.parse('gemini');
  const command = {
    command: 'my-gemini',
    args: ['--acp', '--fast mode'],
    env: { GEMINI_MODEL: 'small' },
  };
  const agents = await discover(bin, [{ id, name: 'My Gemini', command }], { GEMINI_API_KEY: 'k' });
  const [mine, ...others] = agents.filter((agent) => agent.info.id === id);
  expect(others).toEqual([]);
  expect(mine?.info).toMatchObject({
    name: 'My Gemini',
    source: 'owner',
    found: true,
    commandLine: "my-gemini --acp '--fast mode'",
  });
  expect(mine?.info.envNames).toContain('GEMINI_MODEL');
  expect(mine?.launch.command).toBe(file);
  expect(mine?.launch.env).toMatchObject({ GEMINI_MODEL: 'small', GEMINI_API_KEY: 'k' });
});

test('[AG12] of the environment an agent gets what is on the list, what it reads, and what the owner gave', () => {
  const base = {
    PATH: '/bin',
    HOME: '/home/me',
    LC_ALL: 'C',
    XDG_CONFIG_HOME: '/x',
    TERM: 'xterm',
    SSH_AUTH_SOCK: '/s',
    AWS_SECRET_ACCESS_KEY: 's',
    NODE_OPTIONS: '--inspect',
    REJOIN_DATA: '/d',
    MY_KEY: 'k',
    UNSET: undefined,
  };
  const agent = {
    envNames: ['MY_KEY'],
    fixed: { NO_BROWSER: '1', MODE: 'a' },
    owner: { MODE: 'b' },
  };
  expect(agentEnvironment(base, agent)).toEqual({
    PATH: '/bin',
    HOME: '/home/me',
    LC_ALL: 'C',
    XDG_CONFIG_HOME: '/x',
    TERM: 'dumb',
    MY_KEY: 'k',
    NO_BROWSER: '1',
    MODE: 'b',
  });
});

test('[AG12] [PG3] the playground agent is always there, labelled, and starts as it is offered', async () => {
  const [playground] = await discover(process.env['PATH'] ?? '', [], { PLAYGROUND_PACE: '0' });
  expect(playground?.info).toMatchObject({
    id: 'playground',
    found: true,
    source: 'built-in',
    description: 'Playground agent — no model: follows plain instructions',
  });
  await using agents = new AgentBench();
  if (!playground) throw new Error('no playground agent');
  const { run, listener } = await agents.start(playground.launch);
  await run.prompt('help', []);
  expect(listener.answer).toContain('There is no model behind me');
});
