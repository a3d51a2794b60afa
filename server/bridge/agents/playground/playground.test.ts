import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { isAlive } from '../../../../tests/fixtures/living-process.ts';
import {
  AgentBench,
  playgroundLaunch,
  type StartedAgent,
} from '../../../../tests/fixtures/started-agent.ts';
import { until } from '../../../../tests/fixtures/until.ts';

async function playground(modeId: string | null = null, pace = '0'): Promise<StartedAgent> {
  const agents = new AgentBench();
  onTestFinished(() => agents[Symbol.asyncDispose]());
  return agents.start(playgroundLaunch(pace), { modeId });
}

/** Sends a prompt and gives the same answer to all that it asks. */
async function prompt(agent: StartedAgent, words: string, optionId = 'allow'): Promise<string> {
  const asked = agent.listener.asks.length;
  let open = asked;
  let ended = false;
  const turn = agent.run.prompt(words, []).finally(() => {
    ended = true;
  });
  while (!ended) {
    await until(() => ended || agent.listener.asks.length > open, 'a request or the end');
    if (agent.listener.asks.length > open) agent.listener.asks[open++]?.answer(optionId);
  }
  return turn;
}

const fileText = ({ directory }: StartedAgent, path: string): Promise<string> =>
  readFile(join(directory, path), 'utf8');

const write = ({ directory }: StartedAgent, path: string, content: string): Promise<void> =>
  writeFile(join(directory, path), content);

test('[PG1] [PG2] a file is created after a yes, and shown as a diff before it', async () => {
  const agent = await playground();
  const turn = agent.run.prompt('create notes/hello.md: # Hello', []);
  await until(() => agent.listener.asks.length === 1, 'the request');
  expect(agent.listener.asks[0]?.tool).toMatchObject({
    title: 'Create notes/hello.md',
    toolKind: 'edit',
    diffs: [{ path: 'notes/hello.md', oldText: null, newText: '# Hello\n' }],
  });
  await expect(fileText(agent, 'notes/hello.md')).rejects.toThrow('ENOENT');
  agent.listener.asks[0]?.answer('allow');
  expect(await turn).toBe('end_turn');
  expect(await fileText(agent, 'notes/hello.md')).toBe('# Hello\n');
  const statuses = agent.listener.tools.flatMap((change) => change.status ?? []);
  expect(statuses).toEqual(['pending', 'in_progress', 'completed']);
});

test('[PG2] a no leaves everything as it was, and the steps behind it undone', async () => {
  const agent = await playground();
  await prompt(agent, 'create a.txt: a then create b.txt: b', 'reject');
  expect(agent.listener.asks).toHaveLength(1);
  await expect(fileText(agent, 'a.txt')).rejects.toThrow('ENOENT');
  expect(agent.listener.answer).toContain(
    'You did not allow it. I left the rest undone: Create b.txt.',
  );
  expect(agent.listener.tools.at(-1)?.status).toBe('failed');
});

test('[PG2] "always" allows what is of that kind from then on, and nothing else', async () => {
  const agent = await playground();
  await prompt(agent, 'create a.txt: a', 'allow-always');
  await prompt(agent, 'create b.txt: b', 'reject');
  expect(await fileText(agent, 'b.txt')).toBe('b\n');
  await prompt(agent, 'delete b.txt', 'reject');
  expect(await fileText(agent, 'b.txt')).toBe('b\n');
});

test('[PG2] it acts unasked in the mode "auto" and changes nothing in "read-only"', async () => {
  const agent = await playground('auto');
  await prompt(agent, 'create a.txt: a then run echo more >> a.txt');
  expect(agent.listener.asks).toHaveLength(0);
  expect(await fileText(agent, 'a.txt')).toBe('a\nmore\n');
  await agent.run.setMode('read-only');
  await prompt(agent, 'delete a.txt');
  expect(agent.listener.asks).toHaveLength(0);
  expect(await fileText(agent, 'a.txt')).toBe('a\nmore\n');
  expect(agent.listener.answer).toContain('Read only');
});

test('[PG2] a file that somebody changed while the question was open is left as it is', async () => {
  const agent = await playground();
  await write(agent, 'a.txt', 'one\n');
  const turn = agent.run.prompt('edit a.txt: replace "one" with "two"', []);
  await until(() => agent.listener.asks.length === 1, 'the request');
  await write(agent, 'a.txt', 'one and more\n');
  agent.listener.asks[0]?.answer('allow');
  await turn;
  expect(await fileText(agent, 'a.txt')).toBe('one and more\n');
  expect(agent.listener.answer).toContain('changed by somebody else');
});

test('[PG2] a file that somebody created while the question was open is left as it is', async () => {
  const agent = await playground();
  const turn = agent.run.prompt('create a.txt: mine', []);
  await until(() => agent.listener.asks.length === 1, 'the request');
  await write(agent, 'a.txt', 'theirs\n');
  agent.listener.asks[0]?.answer('allow');
  await turn;
  expect(await fileText(agent, 'a.txt')).toBe('theirs\n');
});

test('[PG1] files are edited, overwritten and deleted as said', async () => {
  const agent = await playground();
  await write(agent, 'a.txt', 'one\ntwo\ntwo');
  await prompt(agent, 'edit a.txt: replace "two" with "$& 2"');
  expect(await fileText(agent, 'a.txt')).toBe('one\n$& 2\n$& 2');
  await prompt(agent, 'edit a.txt: append "three"');
  expect(await fileText(agent, 'a.txt')).toBe('one\n$& 2\n$& 2\nthree\n');
  await prompt(agent, 'edit a.txt: insert "zero" before line 1');
  await prompt(agent, 'edit a.txt: insert "four" after line 5');
  expect(await fileText(agent, 'a.txt')).toBe('zero\none\n$& 2\n$& 2\nthree\nfour\n');
  await prompt(agent, 'edit a.txt: insert "x" after line 7');
  expect(agent.listener.answer).toContain('no line 7');
  await prompt(agent, 'edit a.txt: replace "nowhere" with "x"');
  expect(agent.listener.answer).toContain('does not contain "nowhere"');
  await prompt(agent, 'create a.txt: again');
  expect(agent.listener.answer).toContain('a.txt is there already');
  await prompt(agent, 'overwrite a.txt: new');
  expect(await fileText(agent, 'a.txt')).toBe('new\n');
  await prompt(agent, 'delete a.txt');
  await expect(fileText(agent, 'a.txt')).rejects.toThrow('ENOENT');
});

test('[PG1] a command runs as it was written; its output, code and directory are told', async () => {
  const agent = await playground();
  const turn = agent.run.prompt('run echo "a  b"; echo oops >&2; exit 3', []);
  await until(() => agent.listener.asks.length === 1, 'the request');
  expect(agent.listener.asks[0]?.tool).toMatchObject({
    toolKind: 'execute',
    command: 'echo "a  b"; echo oops >&2; exit 3',
    directory: agent.directory,
  });
  agent.listener.asks[0]?.answer('allow');
  await turn;
  expect(agent.listener.tools.at(-1)).toMatchObject({ status: 'failed', exitCode: 3 });
  expect(agent.listener.tools.at(-1)?.output?.split('\n').toSorted()).toEqual(['', 'a  b', 'oops']);
  expect(agent.listener.answer).toContain('ended with code 3');
});

test('[PG1] it reads, lists and searches without asking', async () => {
  const agent = await playground();
  await mkdir(join(agent.directory, 'src'));
  await write(agent, 'src/a.ts', 'const needle = 1;\n');
  await prompt(agent, 'list\nread src/a.ts\nsearch needle\nsearch haystack in src');
  expect(agent.listener.asks).toHaveLength(0);
  expect(agent.listener.answer).toContain('- `src/`');
  expect(agent.listener.answer).toContain('```ts\nconst needle = 1;\n```');
  expect(agent.listener.answer).toContain('- `src/a.ts:1: const needle = 1;`');
  expect(agent.listener.answer).toContain('"haystack" nowhere in 1 file.');
});

test('[PG1] what leads out of the working directory or into .git is refused, asked or not', async () => {
  const agent = await playground('auto');
  await symlink('/etc', join(agent.directory, 'link'));
  await prompt(agent, 'read link/hostname');
  await prompt(agent, 'create .git/hooks/pre-commit: x');
  expect(agent.listener.answer).toContain('link/hostname is outside the working directory');
  expect(agent.listener.answer).toContain('pre-commit belongs to git itself');
});

test('[PG1] several steps are a plan that follows them', async () => {
  const agent = await playground();
  await prompt(agent, 'say one then say two');
  const states = agent.listener.plans.map((plan) => plan.map((entry) => entry.status));
  expect(states).toEqual([
    ['in_progress', 'pending'],
    ['completed', 'in_progress'],
    ['completed', 'completed'],
  ]);
  await prompt(agent, 'plan say three; dance');
  expect(agent.listener.plans.at(-1)?.map((entry) => entry.content)).toEqual([
    'say three',
    'dance',
  ]);
  expect(agent.listener.answer).toContain('"dance" is no instruction');
});

test('[PG3] it says what it reads, and that it has no model', async () => {
  const agent = await playground();
  await write(agent, 'README.md', '# Odd project\n\nIt does odd things.\n');
  await write(
    agent,
    'package.json',
    '{"name":"odd","scripts":{"test":"odd-test"},"dependencies":{"even":"1"}}',
  );
  await write(agent, 'a.test.ts', 'x');
  await prompt(agent, 'Explain how this repository is built');
  expect(agent.listener.answer).toContain('I have no model');
  expect(agent.listener.answer).toContain('> It does odd things.');
  expect(agent.listener.answer).toContain('- `npm run test`: `odd-test`');
  await prompt(agent, 'Find a failing test and fix it');
  expect(agent.listener.answer).toContain('I found 1 test file:\n\n- `a.test.ts`');
  await prompt(agent, 'Write a test for the newest file');
  expect(agent.listener.answer).toMatch(/The newest file is `(?:package\.json|README\.md)`/);
  await prompt(agent, 'Make me a sandwich');
  expect(agent.listener.answer).toContain('I cannot understand "Make me a sandwich"');
  expect(agent.listener.asks).toHaveLength(0);
});

test('[PG3] a slash menu and three modes are offered, of which the one that asks is set', async () => {
  const agent = await playground();
  await until(() => agent.listener.commandsTold.length > 0, 'the commands');
  expect(agent.listener.commandsTold[0]?.map((command) => command.name)).toContain('explain');
  expect(agent.listener.modesTold.at(-1)).toMatchObject({
    current: 'ask',
    available: [
      { id: 'ask', asks: true },
      { id: 'auto', asks: false },
      { id: 'read-only', asks: true },
    ],
  });
});

test('[AG3] a stop in the middle of text ends the turn as cancelled', async () => {
  const agent = await playground(null, '1');
  const turn = agent.run.prompt(`say ${'word '.repeat(2000)}`, []);
  await until(() => agent.listener.answer.split(' ').length > 3, 'some words');
  agent.run.cancel();
  expect(await turn).toBe('cancelled');
  expect(agent.listener.answer.split(' ').length).toBeLessThan(1000);
  expect(await prompt(agent, 'say again')).toBe('end_turn');
});

test('[AG3] a stop with an open permission ends the turn as cancelled, its tool failed, nothing done', async () => {
  const agent = await playground();
  const turn = agent.run.prompt('create a.txt: a', []);
  await until(() => agent.listener.asks.length === 1, 'the request');
  agent.run.cancel();
  expect(await turn).toBe('cancelled');
  expect(agent.listener.tools.at(-1)).toMatchObject({ status: 'failed' });
  await expect(fileText(agent, 'a.txt')).rejects.toThrow('ENOENT');
});

test('[AG3] a stop while it waits ends the turn as cancelled', async () => {
  const agent = await playground();
  const turn = agent.run.prompt('wait 500 s', []);
  await until(() => agent.listener.tools.some((tool) => tool.output === '500 s left'), 'the wait');
  agent.run.cancel();
  expect(await turn).toBe('cancelled');
});

test.runIf(process.platform === 'linux')(
  '[AG3] [AG10] a stop while a command runs ends the command and all it started',
  async () => {
    const agent = await playground('auto');
    const turn = agent.run.prompt('run sleep 300 & echo $! $$; wait', []);
    const output = (): string => agent.listener.tools.at(-1)?.output ?? '';
    await until(() => /^\d+ \d+\n$/.test(output()), 'its output while it runs');
    const pids = output().trim().split(' ').map(Number);
    expect(pids.map(isAlive)).toEqual([true, true]);
    agent.run.cancel();
    expect(await turn).toBe('cancelled');
    await until(() => !pids.some(isAlive), 'the end of both');
  },
);

test.runIf(process.platform === 'linux')(
  '[AG10] a stop of the agent ends the command it runs',
  async () => {
    const agent = await playground('auto');
    agent.run.prompt('run trap "" TERM; echo $$; sleep 300', []).catch(() => undefined);
    const output = (): string => agent.listener.tools.at(-1)?.output ?? '';
    await until(() => /^\d+\n$/.test(output()), 'its output while it runs');
    const pid = Number(output());
    await agent.run.stop();
    expect(isAlive(pid)).toBe(false);
  },
);
