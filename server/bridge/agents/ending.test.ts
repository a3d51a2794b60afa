import { expect, onTestFinished, test } from 'vitest';
import { limits } from '#lib/domain/limits.ts';
import { isAlive } from '../../../tests/fixtures/living-process.ts';
import { ManualTime } from '../../../tests/fixtures/manual-time.ts';
import { AgentBench, oddLaunch } from '../../../tests/fixtures/started-agent.ts';
import { until } from '../../../tests/fixtures/until.ts';

function bench(): AgentBench {
  const agents = new AgentBench();
  onTestFinished(() => agents[Symbol.asyncDispose]());
  return agents;
}

const line = limits.agentLineBytesMax;

test('[AG9] a crash in the middle of a turn fails the prompt with what the agent last wrote, then tells the end once', async () => {
  const { run, listener } = await bench().start(oddLaunch('crash'));
  const turn = run.prompt('', []).catch((thrown: unknown) => {
    listener.order.push('prompt failed');
    throw thrown;
  });
  await expect(turn).rejects.toMatchObject({
    kind: 'ended',
    message: 'Odd ended with code 3; it last wrote: panic: out of luck',
  });
  await until(() => listener.ends.length > 0, 'the end');
  expect(listener.order).toEqual([
    'tool t1: in_progress',
    'answer: I was just about to',
    'prompt failed',
    'ended',
  ]);
  expect(listener.ends).toEqual([{ code: 3, signal: null, stderrTail: 'panic: out of luck' }]);
});

test('[AG9] a crash without a word, and kill -9 between turns, are told by code and signal', async () => {
  const agents = bench();
  const quiet = await agents.start(oddLaunch('crash'));
  await expect(quiet.run.prompt('quietly', [])).rejects.toThrow(/^Odd ended with code 3$/);
  const killed = await agents.start(oddLaunch('circumstances'));
  await killed.run.prompt('', []);
  process.kill(JSON.parse(killed.listener.answer).leader, 'SIGKILL');
  await until(() => killed.listener.ends.length > 0, 'the end');
  expect(killed.listener.ends[0]).toMatchObject({ code: null, signal: 'SIGKILL' });
  await expect(killed.run.prompt('anybody?', [])).rejects.toMatchObject({ kind: 'ended' });
});

test('[AG9] [R9] a line of as many bytes as allowed is taken; one byte more ends the agent', async () => {
  const { run, listener } = await bench().start(oddLaunch('flood'));
  expect(await run.prompt(`line ${String(line)}`, [])).toBe('end_turn');
  expect(listener.answer.length).toBeGreaterThan(line - 500);
  await expect(run.prompt(`line ${String(line + 1)}`, [])).rejects.toMatchObject({
    kind: 'broken',
    message: `Odd was ended: expected lines of at most ${String(line)} bytes, got a longer one`,
  });
  await until(() => listener.ends.length > 0, 'the end');
});

test('[AG9] [R9] as many open requests as allowed are answered; an agent that asks on without listening is ended', async () => {
  const { run } = await bench().start(oddLaunch('flood'));
  expect(await run.prompt(`requests ${String(limits.agentOpenRequestsMax)}`, [])).toBe('end_turn');
  await expect(
    run.prompt(`deaf ${String(4 * limits.agentOpenRequestsMax)}`, []),
  ).rejects.toMatchObject({
    kind: 'broken',
    message: expect.stringContaining('requests without an answer'),
  });
});

test('[AG9] what is no JSON is told once, clean, and the rest goes on', async () => {
  const { run, listener } = await bench().start(oddLaunch('no-json'));
  expect(await run.prompt('', [])).toBe('end_turn');
  expect(listener.answer).toBe('still here');
  expect(listener.notices).toHaveLength(1);
  expect(listener.notices[0]).toMatchObject({
    level: 'warning',
    detail: 'Welcome to OddAgent 3000!',
  });
});

test('[AG9] a flood of lines outside the protocol is told once', async () => {
  const { run, listener } = await bench().start(oddLaunch('flood'));
  expect(await run.prompt('noise 5000', [])).toBe('end_turn');
  expect(listener.notices).toHaveLength(1);
});

test('[AG9] an agent that writes to its standard error without end is heard, and its last words are kept', async () => {
  const { run, listener } = await bench().start(oddLaunch('tail'));
  await run.prompt('', []);
  await run.stop();
  const tail = listener.ends[0]?.stderrTail ?? '';
  expect(tail.endsWith('last words')).toBe(true);
  expect(tail.length).toBeLessThanOrEqual(limits.agentStderrBytesKept);
  expect(tail.length).toBeGreaterThan(limits.agentStderrBytesKept / 2);
});

test('[AG3] an agent that ignores "cancel" talks on, and a stop of the run ends it', async () => {
  const time = new ManualTime();
  const { run, listener } = await bench().start(
    oddLaunch('ignore-cancel'),
    {},
    { scheduler: time },
  );
  const turn = run.prompt('', []);
  const failed = expect(turn).rejects.toMatchObject({ kind: 'ended' });
  await until(() => listener.texts.length > 0, 'its first words');
  run.cancel();
  const before = listener.texts.length;
  await until(() => listener.texts.length > before + 2, 'words after the cancel');
  const stopped = run.stop();
  time.advance(limits.agentStopGraceMs);
  await stopped;
  await failed;
  expect(listener.ends).toEqual([{ code: null, signal: 'SIGKILL', stderrTail: '' }]);
});

test('[AG10] [R9] an agent that ignores the end of its input and SIGTERM is killed when the grace is over, not before', async () => {
  const time = new ManualTime();
  const { run, listener } = await bench().start(
    oddLaunch('ignore-cancel'),
    {},
    { scheduler: time },
  );
  run.prompt('', []).catch(() => undefined);
  await until(() => listener.texts.length > 0, 'its first words');
  const stopped = run.stop();
  time.advance(limits.agentStdinGraceMs - 1);
  expect(time.pending).toBe(2);
  expect(listener.answer).not.toContain('SIGTERM');
  time.advance(1);
  await until(() => listener.answer.includes('SIGTERM? No.'), 'its answer to SIGTERM');
  time.advance(limits.agentStopGraceMs - limits.agentStdinGraceMs - 1);
  const before = listener.texts.length;
  await until(() => listener.texts.length > before + 2, 'words just before SIGKILL');
  time.advance(1);
  await stopped;
  expect(listener.ends[0]?.signal).toBe('SIGKILL');
});

test('[AG10] an agent that ends with its input is neither signalled nor waited for', async () => {
  const time = new ManualTime();
  const { run, listener } = await bench().start(
    oddLaunch('two-permissions'),
    {},
    { scheduler: time },
  );
  await run.stop();
  expect(listener.ends).toEqual([{ code: 0, signal: null, stderrTail: '' }]);
  expect(time.pending).toBe(0);
});

test.runIf(process.platform === 'linux')(
  '[AG10] no process is left after a stop: neither of its group nor one that left it',
  async () => {
    const { run, listener } = await bench().start(oddLaunch('daemon'));
    await run.prompt('', []);
    const pids = listener.answer.split(' ').map(Number);
    expect(pids.map(isAlive)).toEqual([true, true]);
    await run.stop();
    // They were killed; that the kernel has taken them away is seen a moment later on a busy machine.
    await until(() => !pids.some(isAlive), 'the end of both processes');
  },
);

test.runIf(process.platform === 'linux')(
  '[AG10] no process is left after a crash, and one that holds the output open does not hide it',
  async () => {
    const { run, listener } = await bench().start(oddLaunch('daemon'));
    await run.prompt('holds output', []);
    const pids = listener.answer.split(' ').map(Number);
    await expect(run.prompt('crash', [])).rejects.toMatchObject({ kind: 'ended' });
    expect(pids.map(isAlive)).toEqual([false, false]);
  },
);

test.runIf(process.platform === 'linux')(
  '[AG10] [R9] a stranger that holds the output open is waited for so long, not longer',
  async () => {
    const time = new ManualTime();
    const { run, listener } = await bench().start(oddLaunch('daemon'), {}, { scheduler: time });
    await run.prompt('stranger', []);
    const stranger = Number(listener.answer.split(' ')[2]);
    onTestFinished(() => {
      process.kill(stranger, 'SIGKILL');
    });
    let stopped = false;
    const stop = run.stop().then(() => {
      stopped = true;
    });
    await until(() => time.pending === 3, 'the wait for the output');
    time.advance(limits.agentOutputDrainMs - 1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(stopped).toBe(false);
    time.advance(1);
    await stop;
    expect(isAlive(stranger)).toBe(true);
  },
);

test('[AG10] stopping twice is stopping once', async () => {
  const { run, listener } = await bench().start(oddLaunch('two-permissions'));
  await Promise.all([run.stop(), run.stop()]);
  await run.stop();
  expect(listener.ends).toHaveLength(1);
});
