import { expect, onTestFinished, test } from 'vitest';
import { limits } from '#lib/domain/limits.ts';
import { ManualTime } from '../../../tests/fixtures/manual-time.ts';
import { AgentBench, oddLaunch } from '../../../tests/fixtures/started-agent.ts';
import { ToldListener } from '../../../tests/fixtures/told-listener.ts';
import { until } from '../../../tests/fixtures/until.ts';

function bench(): AgentBench {
  const agents = new AgentBench();
  onTestFinished(() => agents[Symbol.asyncDispose]());
  return agents;
}

test('[AG1] an agent runs in its directory with exactly its environment, its marker and its arguments', async () => {
  const launch = oddLaunch('circumstances', ['one two', '$HOME']);
  const { run, listener, directory } = await bench().start({ ...launch, env: { ONLY: 'this' } });
  await run.prompt('', []);
  const { cwd, env, args } = JSON.parse(listener.answer);
  expect(cwd).toBe(directory);
  expect(args).toEqual(['one two', '$HOME']);
  expect(env).toEqual({ ONLY: 'this', REJOIN_RUN: expect.stringMatching(/^[\w-]{22}$/) });
});

test('[AG9] a program that does not exist is told by its name', async () => {
  const start = bench().start({ ...oddLaunch('hang'), command: 'no-such-agent' });
  await expect(start).rejects.toMatchObject({
    kind: 'not_found',
    message: expect.stringContaining('no-such-agent'),
  });
});

test('[AG9] a directory that vanished is told as such, not as a missing program', async () => {
  const start = bench().start(oddLaunch('hang'), { directory: '/no/such/repository' });
  await expect(start).rejects.toMatchObject({
    kind: 'did_not_start',
    message: expect.stringContaining('/no/such/repository'),
  });
});

test('[AG9] a program that ends at once is told with what it wrote', async () => {
  const launch = {
    ...oddLaunch('hang'),
    args: ['-e', 'console.error("unknown option --acp"); process.exit(2)'],
  };
  await expect(bench().start(launch)).rejects.toMatchObject({
    kind: 'did_not_start',
    message: 'Odd ended with code 2; it last wrote: unknown option --acp',
  });
});

test('[AG9] [R9] an agent that hangs is ended when its time to start is over, not before', async () => {
  const time = new ManualTime();
  let failed = false;
  const start = bench().start(oddLaunch('hang'), {}, { scheduler: time });
  const outcome = start.catch((thrown: unknown) => {
    failed = true;
    throw thrown;
  });
  outcome.catch(() => undefined);
  await until(() => time.pending === 1, 'the start');
  time.advance(limits.agentStartMsMax - 1);
  await new Promise((resolve) => setImmediate(resolve));
  expect(failed).toBe(false);
  time.advance(1);
  await expect(outcome).rejects.toMatchObject({
    kind: 'did_not_start',
    message: expect.stringContaining('not ready after 60 s'),
  });
});

test('[AG9] a start that is not wanted any more ends the process and tells the listener nothing', async () => {
  const stop = new AbortController();
  const listener = new ToldListener();
  const start = bench().start(oddLaunch('hang'), { signal: stop.signal, listener });
  stop.abort();
  await expect(start).rejects.toMatchObject({ kind: 'did_not_start' });
  expect(listener.order).toEqual([]);
});

test('[AG11] a missing login is told with every way to log in, ready to be typed', async () => {
  await expect(bench().start(oddLaunch('auth'))).rejects.toMatchObject({
    kind: 'login',
    message: expect.stringMatching(
      /^Odd needs a login\. On the bridge's machine: Use your Odd account; or run `.*auth\.ts login --now` in a terminal \(Odd login\); or run `odd auth 'it'\\''s'` in a terminal \(Older\)\. Then start it again\.$/,
    ),
  });
});

test('[AG5] an agent that would act unasked is put into the mode that asks', async () => {
  const { run, listener } = await bench().start(oddLaunch('modes'));
  await run.prompt('', []);
  expect(listener.answer).toBe('mode default');
  expect(listener.modesTold.at(-1)?.current).toBe('default');
});

test('[AG5] modes are told with whether they ask, and names are clean', async () => {
  const { listener } = await bench().start(oddLaunch('modes'));
  expect(listener.modesTold.at(-1)?.available).toEqual([
    { id: 'auto', name: 'Auto', description: null, asks: false },
    { id: 'plan', name: 'Plan', description: 'Only plans', asks: true },
    { id: 'default', name: 'Ask always', description: null, asks: true },
    { id: 'yolo', name: 'YOLO', description: null, asks: false },
  ]);
});

test('[AG5] a mode offered as an option is set as an option', async () => {
  const { run, listener } = await bench().start(oddLaunch('modes', ['options']));
  await run.prompt('', []);
  expect(listener.answer).toBe('option mode default');
  expect(listener.modesTold.at(-1)?.current).toBe('default');
  expect(listener.modesTold.at(-1)?.available).toHaveLength(4);
});

test('[AG5] the mode wished for is set at the start, and again after a resumption', async () => {
  const agents = bench();
  const fresh = await agents.start(oddLaunch('modes'), { modeId: 'plan' });
  await fresh.run.prompt('', []);
  expect(fresh.listener.answer).toBe('mode plan');
  const again = await agents.start(oddLaunch('modes'), { modeId: 'plan', resume: 'odd-1' });
  await again.run.prompt('', []);
  expect(again.listener.answer).toBe('mode plan');
});

test('[AG5] a mode that is not offered any more is told, and the one that asks is taken', async () => {
  const { listener } = await bench().start(oddLaunch('modes'), { modeId: 'turbo' });
  expect(listener.modesTold.at(-1)?.current).toBe('default');
  expect(listener.notices).toEqual([
    { level: 'warning', text: 'Odd has no mode "turbo" any more.', detail: null },
  ]);
});

test('[AG5] an agent that cannot be put into the mode is not left running in another one', async () => {
  const start = bench().start(oddLaunch('modes'), { modeId: 'yolo' });
  await expect(start).rejects.toMatchObject({
    kind: 'refused',
    message: expect.stringContaining('could not be put into its mode "yolo"'),
  });
});

test('[AG5] a mode is changed on request; a refusal and an unknown one are told and change nothing', async () => {
  const { run, listener } = await bench().start(oddLaunch('modes'));
  await run.setMode('auto');
  expect(listener.modesTold.at(-1)?.current).toBe('auto');
  await expect(run.setMode('yolo')).rejects.toMatchObject({
    kind: 'refused',
    message: expect.stringContaining('not here'),
  });
  await expect(run.setMode('turbo')).rejects.toMatchObject({
    message: 'Odd has no mode "turbo"; it offers auto, plan, default, yolo',
  });
  expect(listener.modesTold.at(-1)?.current).toBe('auto');
});

test('[AG6] a history that is taken up is not repeated, but what holds now is told', async () => {
  const { run, listener } = await bench().start(oddLaunch('modes'), { resume: 'odd-7' });
  expect(run.agentSessionId).toBe('odd-7');
  expect(listener.order).toEqual(['commands', 'mode default']);
  expect(listener.commandsTold[0]).toEqual([{ name: 'go', description: 'Go', hint: 'where' }]);
});

test('[AG6] an agent that can resume without a replay is asked to', async () => {
  const { run, listener } = await bench().start(oddLaunch('circumstances'), { resume: 'odd-7' });
  expect(listener.titles).toEqual(['resumed odd-7']);
  expect(run.agentSessionId).toBe('odd-7');
});

test('[AG6] a history that is lost, or cannot be taken up at all, is told, and the session starts anew', async () => {
  const agents = bench();
  const lost = await agents.start(oddLaunch('modes'), { resume: 'lost' });
  expect(lost.run.agentSessionId).toBe('odd-1');
  expect(lost.listener.notices[0]?.text).toContain('could not take up');
  expect(lost.listener.notices[0]?.detail).toContain('no such session');
  const unable = await agents.start(oddLaunch('flood'), { resume: 'odd-7' });
  expect(unable.run.agentSessionId).toBe('odd-1');
  expect(unable.listener.notices[0]?.text).toContain('cannot take up');
});
