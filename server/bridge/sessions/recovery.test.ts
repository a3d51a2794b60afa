import { expect, test } from 'vitest';
import { sessionBench } from '../../../tests/fixtures/session-bench.ts';
import { until } from '../../../tests/fixtures/until.ts';

test('[SE63] after kill -9 in a turn the record is whole: text is cut, tools failed, the turn interrupted, requests gone', async () => {
  const bench = await sessionBench();
  const id = await bench.create();
  const queued = bench.prompt(id, 'Go');
  await bench.untilPrompted(1);
  const { listener } = bench.starter.last;
  listener.tool({ toolCallId: 't', title: 'Run', status: 'in_progress' });
  void listener.permission({
    tool: { toolCallId: 'p', title: 'Run', command: 'npm test' },
    options: [{ optionId: 'o', name: 'Yes', kind: 'allow_once' }],
    signal: new AbortController().signal,
  });
  listener.text({ role: 'answer', messageId: null, text: 'half an ans' });
  await bench.record.session(id).durable();

  await bench.crash();
  expect(bench.shown(id).live.size).toBe(0);
  expect(bench.items(id, 'answer')).toMatchObject([{ text: 'half an ans', cut: true }]);
  expect(bench.items(id, 'tool').map(({ call }) => call.status)).toEqual(['failed', 'failed']);
  expect(bench.items(id, 'permission')).toMatchObject([
    { outcome: { kind: 'gone', why: 'bridge_restarted' } },
  ]);
  expect([...bench.shown(id).permissions.values()][0]?.outcome).not.toBeNull();
  expect(bench.items(id, 'turn_end')).toMatchObject([
    { number: 1, stopReason: 'interrupted', turnId: bench.items(id, 'prompt')[0]?.turnId },
  ]);
  expect(bench.shown(id).receipts.get(queued.prompt.id)?.state).toBe('interrupted');
  expect(bench.run(id)).toBe('none');

  const again = bench.queued('Go');
  bench.prompts.set(id, [again]);
  await bench.untilPrompted(2);
  expect(bench.starter.last.options.resume).toBe('agent-session-1');
  expect(bench.items(id, 'prompt')[1]?.promptId).toBe(again.prompt.id);
  bench.starter.last.finish();
  await bench.untilTurns(id, 2);
  expect(bench.items(id, 'turn_end')[1]?.number).toBe(2);
});

test('[SE63] recovering twice adds nothing', async () => {
  const bench = await sessionBench();
  const id = await bench.create();
  bench.prompt(id, 'Go');
  await bench.untilPrompted(1);
  await bench.crash();
  const once = bench.shown(id).items.length;
  await bench.crash();
  expect(bench.shown(id).items).toHaveLength(once);
});

test('[SE64] a stop of the bridge interrupts the turn, ends the agent and writes it all', async () => {
  const bench = await sessionBench();
  const id = await bench.create();
  const queued = bench.prompt(id, 'Go');
  await bench.untilPrompted(1);
  const run = bench.starter.last;
  run.listener.text({ role: 'answer', messageId: null, text: 'half' });
  await bench.engine.stop();
  expect(run.busy).toBe(false);
  await bench.crash();
  expect(bench.items(id, 'turn_end')).toMatchObject([
    {
      stopReason: 'interrupted',
      message: 'The bridge was stopped in the middle of this turn.',
    },
  ]);
  expect(bench.items(id, 'answer')).toMatchObject([{ text: 'half', cut: true }]);
  expect(bench.shown(id).receipts.get(queued.prompt.id)?.state).toBe('interrupted');
  expect(bench.run(id)).toBe('none');
});

test('[SE65] queued prompts go on after a restart, those of an ended session wait for a person', async () => {
  const bench = await sessionBench();
  const going = await bench.create();
  const ended = await bench.create();
  await bench.send('session.start', {}, ended);
  await bench.untilRun(ended, 'idle');
  bench.starter.last.die(1, null);
  await bench.untilRun(ended, 'ended');
  await bench.record.durable();
  bench.prompts.queues.set(going, [bench.queued('goes')]);
  bench.prompts.queues.set(ended, [bench.queued('waits')]);
  await bench.crash();
  await bench.untilPrompted(1);
  expect(bench.starter.last.prompts[0]?.text).toBe('goes');
  expect(bench.run(ended)).toBe('ended');
  await bench.send('session.start', {}, ended);
  await until(() => bench.items(ended, 'prompt').length === 1, 'the prompt that waited');
});
