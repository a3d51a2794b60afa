import { expect, onTestFinished, test } from 'vitest';
import { limits } from '#lib/domain/limits.ts';
import { AgentBench, oddLaunch } from '../../../tests/fixtures/started-agent.ts';
import { until } from '../../../tests/fixtures/until.ts';

function bench(): AgentBench {
  const agents = new AgentBench();
  onTestFinished(() => agents[Symbol.asyncDispose]());
  return agents;
}

test('[AG4] a request that names only its tool call shows the diff that came before it', async () => {
  const { run, listener } = await bench().start(oddLaunch('diff-by-id'));
  const turn = run.prompt('', []);
  await until(() => listener.asks.length === 1, 'the request');
  expect(listener.asks[0]?.tool).toMatchObject({
    toolCallId: 't1',
    title: 'Edit config.ts',
    toolKind: 'edit',
    diffs: [{ path: 'config.ts', oldText: 'a = 1\n', newText: 'a = 2\n' }],
    locations: [{ path: 'config.ts', line: 1 }],
  });
  listener.asks[0]?.answer('yes');
  expect(await turn).toBe('end_turn');
  expect(listener.answer).toBe('yes');
});

test('[AG4] [R4] what changes behind the request changes nothing of what was asked, and is told as a change', async () => {
  const { run, listener } = await bench().start(oddLaunch('diff-by-id'));
  const turn = run.prompt('', []);
  await until(() => listener.tools.length === 2, 'the change behind the request');
  expect(listener.asks[0]?.tool.diffs?.[0]?.newText).toBe('a = 2\n');
  expect(listener.tools[1]?.diffs?.[0]?.newText).toBe('a = 3\n');
  expect(listener.order).toEqual(['tool t1: pending', 'asks t1', 'tool t1: ']);
  listener.asks[0]?.answer('no');
  await turn;
});

test('[AG4] a request before any tool call is shown whole, and its call is told first', async () => {
  const { run, listener } = await bench().start(oddLaunch('permission-first'));
  const turn = run.prompt('', []);
  await until(() => listener.asks.length === 1, 'the request');
  expect(listener.asks[0]?.tool).toMatchObject({
    title: 'Write notes.md',
    diffs: [{ path: 'notes.md', oldText: null, newText: 'hi\n' }],
  });
  listener.asks[0]?.answer('yes');
  await turn;
  expect(listener.order).toEqual(['tool t1: ', 'asks t1', 'tool t1: completed']);
});

test('[AG4] requests that come at once are answered each by its own option', async () => {
  const { run, listener } = await bench().start(oddLaunch('two-permissions'));
  const turn = run.prompt('', []);
  await until(() => listener.asks.length === 2, 'both requests');
  expect(listener.asks.map((ask) => ask.tool.command)).toEqual(['echo 1', 'echo 2']);
  expect(listener.asks[0]?.options.map((option) => option.name)).toEqual(['Yes', 'No']);
  listener.asks[1]?.answer('no');
  listener.asks[0]?.answer('yes');
  await turn;
  expect(listener.answer).toBe('yes,no');
});

test('[AG4] an answer of nobody is "cancelled"', async () => {
  const { run, listener } = await bench().start(oddLaunch('two-permissions'));
  const turn = run.prompt('1', []);
  await until(() => listener.asks.length === 1, 'the request');
  listener.asks[0]?.answer(null);
  expect(await turn).toBe('cancelled');
});

test('[R9] [AG9] as many requests as may be open are put to people; one more is cancelled, with a word', async () => {
  const { run, listener } = await bench().start(oddLaunch('two-permissions'));
  const max = limits.openPermissionsMax;
  const turn = run.prompt(String(max + 1), []);
  await until(() => listener.notices.length === 1, 'the notice');
  expect(listener.asks).toHaveLength(max);
  for (const ask of listener.asks) ask.answer('yes');
  expect(await turn).toBe('cancelled');
  expect(listener.answer).toBe(
    [...Array.from({ length: max }, () => 'yes'), 'cancelled'].join(','),
  );
});

test('[AG3] a stop with open requests cancels them, tells the listener, and ends the turn', async () => {
  const { run, listener } = await bench().start(oddLaunch('two-permissions'));
  const turn = run.prompt('', []);
  await until(() => listener.asks.length === 2, 'both requests');
  run.cancel();
  expect(await turn).toBe('cancelled');
  expect(listener.asks.map((ask) => ask.signal.aborted)).toEqual([true, true]);
  expect(listener.answer).toBe('cancelled,cancelled');
});

test('[AG3] an agent that asks on after a stop is cancelled without troubling anybody', async () => {
  const { run, listener } = await bench().start(oddLaunch('insistent'));
  const turn = run.prompt('', []);
  await until(() => listener.asks.length === 1, 'the request');
  run.cancel();
  await turn;
  expect(listener.answer).toBe('cancelled,cancelled,cancelled');
  expect(listener.asks).toHaveLength(1);
});

test('[AG3] after a stop the next turn asks again', async () => {
  const { run, listener } = await bench().start(oddLaunch('two-permissions'));
  const stopped = run.prompt('', []);
  await until(() => listener.asks.length === 2, 'both requests');
  run.cancel();
  await stopped;
  const turn = run.prompt('1', []);
  await until(() => listener.asks.length === 3, 'the next request');
  listener.asks[2]?.answer('yes');
  expect(await turn).toBe('end_turn');
});

test('[AG4] a request that the agent withdraws is void', async () => {
  const { run, listener } = await bench().start(oddLaunch('withdrawn'));
  await run.prompt('', []);
  expect(listener.asks.map((ask) => ask.signal.aborted)).toEqual([true]);
  expect(listener.answer).toBe('cancelled');
});

test('[AG9] a request is void when the agent ends', async () => {
  const { run, listener } = await bench().start(oddLaunch('two-permissions'));
  const turn = run.prompt('1', []);
  await until(() => listener.asks.length === 1, 'the request');
  const failed = expect(turn).rejects.toMatchObject({ kind: 'ended' });
  await run.stop();
  await failed;
  expect(listener.asks[0]?.signal.aborted).toBe(true);
});
