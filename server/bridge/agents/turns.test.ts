import { expect, onTestFinished, test } from 'vitest';
import { sha256Schema } from '#lib/domain/ids.ts';
import { AgentBench, oddLaunch } from '../../../tests/fixtures/started-agent.ts';
import { until } from '../../../tests/fixtures/until.ts';

function bench(): AgentBench {
  const agents = new AgentBench();
  onTestFinished(() => agents[Symbol.asyncDispose]());
  return agents;
}

test('[AG2] 20,000 updates are told whole and in order before the turn ends', async () => {
  const { run, listener } = await bench().start(oddLaunch('flood'));
  expect(await run.prompt('20000', [])).toBe('end_turn');
  const numbers = Array.from({ length: 20_000 }, (_, index) => `${String(index)} `);
  expect(listener.answer).toBe(numbers.join(''));
});

test('[AG2] updates in one write with the result are all told, those before it before the turn ends', async () => {
  const { run, listener } = await bench().start(oddLaunch('late'));
  await run.prompt('', []).then(() => listener.order.push('turn ended'));
  await until(() => listener.answer.endsWith('late'), 'the late update');
  expect(listener.order.indexOf('turn ended')).toBeGreaterThan(
    listener.order.indexOf('answer: 49 '),
  );
  expect(listener.texts).toHaveLength(51);
});

test('[AG2] a permission asked after the end of the turn is put to people like any other', async () => {
  const { run, listener } = await bench().start(oddLaunch('late'));
  await run.prompt('ask', []);
  await until(() => listener.asks.length === 1, 'the late request');
  listener.asks[0]?.answer('yes');
  await until(() => listener.answer.endsWith('late answer: yes'), 'what it was answered');
});

test('[AG2] characters cut in two by the writes come whole', async () => {
  const { run, listener } = await bench().start(oddLaunch('big'));
  await run.prompt('split', []);
  expect(listener.answer).toBe('Grüße 👋🏽 aus Köln');
});

test('[AG2] a diff of 4.5 MB comes whole', async () => {
  const { run, listener } = await bench().start(oddLaunch('big'));
  await run.prompt('diff', []);
  expect(listener.tools[0]?.diffs?.[0]?.newText).toBe('line of text ü\n'.repeat(300_000));
});

test('[AG7] unknown updates are told raw, in their place, and the rest goes on', async () => {
  const { run, listener } = await bench().start(oddLaunch('kinds'));
  expect(await run.prompt('', [])).toBe('a_reason_of_tomorrow');
  expect(listener.unknowns).toEqual([
    { source: 'weather_update', raw: '{"sessionUpdate":"weather_update","sky":"grey"}' },
    {
      source: 'agent_message_chunk',
      raw: '{"sessionUpdate":"agent_message_chunk","content":{"type":"hologram","data":"…"}}',
    },
    { source: 'update without a kind', raw: '{"nothing":true}' },
  ]);
  expect(listener.order.slice(0, 4)).toEqual([
    'answer: before',
    'unknown weather_update',
    'unknown agent_message_chunk',
    'unknown update without a kind',
  ]);
});

test('[AG7] an update for another session is told raw, not as one of ours', async () => {
  const { run, listener } = await bench().start(oddLaunch('foreign'));
  await run.prompt('', []);
  expect(listener.unknowns[0]?.source).toBe('update for no session of ours');
  expect(listener.answer).toBe('ours');
});

test('[AG7] odd fields of a tool call hide neither its status nor its text', async () => {
  const { run, listener } = await bench().start(oddLaunch('kinds'));
  await run.prompt('', []);
  expect(listener.tools).toHaveLength(1);
  expect(listener.tools[0]).toMatchObject({ toolKind: 'juggle', status: 'failed', title: 'Odd' });
  expect(listener.tools[0]?.output).toContain('hologram');
  expect(listener.tools[0]?.output).toMatch(/text$/);
  expect(listener.tools[0]).not.toHaveProperty('locations');
});

test('[AG7] a request for a capability that was not offered is answered with "method not found"', async () => {
  const { run, listener } = await bench().start(oddLaunch('kinds'));
  await run.prompt('', []);
  expect(listener.answer).toContain('-32601');
});

test('[AG7] usage, title, notice and plan are told; an echo of the prompt is not', async () => {
  const { run, listener } = await bench().start(oddLaunch('kinds'));
  await run.prompt('', []);
  expect(listener.usages).toEqual([{ used: 10, size: 100 }]);
  expect(listener.titles).toEqual(['A title']);
  expect(listener.notices).toEqual([{ level: 'warning', text: 'Careful', detail: 'thin ice' }]);
  expect(listener.plans).toEqual([[{ content: 'Think', priority: 'high', status: 'completed' }]]);
  expect(listener.answer).not.toContain('echo');
});

test('[AG8] texts, titles and output hold no escape sequences or control characters', async () => {
  const { run, listener } = await bench().start(oddLaunch('hostile'));
  const turn = run.prompt('', []);
  await until(() => listener.asks.length === 1, 'the request');
  expect(listener.answer).toBe('red red title');
  expect(listener.tools[0]?.title).toBe('<img src=x onerror=alert(1)> second line');
  expect(listener.tools[0]?.output).toBe('a\nb\nc');
  expect(listener.asks[0]?.tool.title).toBe('hidden');
  listener.asks[0]?.answer('no');
  await turn;
});

test('[AG8] [R4] a command is shown exactly, with what cannot be seen written out', async () => {
  const { run, listener } = await bench().start(oddLaunch('hostile'));
  const turn = run.prompt('', []);
  await until(() => listener.asks.length === 1, 'the request');
  expect(listener.asks[0]?.tool.command).toBe(
    String.raw`echo safe\u{1b}[1K\u{d}rm -rf \u{202e}~\u{0}`,
  );
  expect(listener.asks[0]?.tool.directory).toBe(String.raw`/tmp/\u{200b}odd`);
  listener.asks[0]?.answer('no');
  await turn;
});

test('[AG1] an image goes to an agent that takes images', async () => {
  const { run, listener } = await bench().start(oddLaunch('circumstances'));
  const sha256 = sha256Schema.parse('0'.repeat(64));
  const bytes = new TextEncoder().encode('pixels');
  await run.prompt('look', [{ sha256, mimeType: 'image/png', bytes }]);
  expect(JSON.parse(listener.answer)).toEqual([
    { type: 'text', text: 'look' },
    { type: 'image', mimeType: 'image/png', data: Buffer.from('pixels').toString('base64') },
  ]);
});

test('[AG1] an image is not silently left out for an agent that takes none', async () => {
  const { run } = await bench().start(oddLaunch('flood'));
  const sha256 = sha256Schema.parse('0'.repeat(64));
  const image = { sha256, mimeType: 'image/png', bytes: new Uint8Array(1) };
  await expect(run.prompt('1', [image])).rejects.toMatchObject({ kind: 'refused' });
});

test('[AG9] an error in answer to a prompt is told with what the agent said, and the next prompt works', async () => {
  const { run, listener } = await bench().start(oddLaunch('circumstances'));
  await expect(run.prompt('fail', [])).rejects.toMatchObject({
    kind: 'refused',
    message: 'Odd answered with an error (-32603): Internal error: model said 400',
  });
  await expect(run.prompt('no reason', [])).rejects.toMatchObject({ kind: 'protocol' });
  expect(await run.prompt('again', [])).toBe('end_turn');
  expect(listener.answer).toContain('"cwd"');
});

test('[AG11] a login that is missing in the middle of a session is told as such', async () => {
  const { run } = await bench().start(oddLaunch('circumstances'));
  await expect(run.prompt('login', [])).rejects.toMatchObject({ kind: 'login' });
});
