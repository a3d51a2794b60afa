import { expect, test } from 'vitest';
import { canonicalJson } from '#lib/domain/canonical.ts';
import type { SessionId } from '#lib/domain/ids.ts';
import { limits } from '#lib/domain/limits.ts';
import type { AgentListener } from '../agents/contract.ts';
import { sessionBench, type SessionBench } from '../../../tests/fixtures/session-bench.ts';
import { until } from '../../../tests/fixtures/until.ts';

async function inTurn(
  prepare?: (bench: SessionBench) => void,
): Promise<{ bench: SessionBench; id: SessionId; agent: AgentListener }> {
  const bench = await sessionBench(prepare);
  const id = await bench.create();
  bench.prompt(id, 'Go');
  await bench.untilPrompted(1);
  return { bench, id, agent: bench.starter.last.listener };
}

async function endTurn(bench: SessionBench, id: SessionId, reason = 'end_turn'): Promise<void> {
  const turns = bench.items(id, 'turn_end').length;
  bench.starter.last.finish(reason);
  await bench.untilTurns(id, turns + 1);
}

const answer = (
  text: string,
  messageId: string | null = null,
): Parameters<AgentListener['text']>[0] => ({
  role: 'answer',
  messageId,
  text,
});

test('[SE11] chunks of one role and message are one item; another role, message or tool begins a new one', async () => {
  const { bench, id, agent } = await inTurn();
  agent.text({ role: 'thought', messageId: null, text: 'Hm' });
  agent.text({ role: 'thought', messageId: null, text: 'm.' });
  agent.text(answer('One ', 'm1'));
  agent.text(answer('message.', 'm1'));
  agent.text(answer('Another.', 'm2'));
  agent.tool({ toolCallId: 't', title: 'Read a.txt', toolKind: 'read', status: 'completed' });
  agent.text(answer('After.', 'm2'));
  await endTurn(bench, id);
  const said = bench
    .shown(id)
    .ordered()
    .flatMap((item) =>
      item.kind === 'answer' || item.kind === 'thought'
        ? [`${item.kind}: ${item.text}`]
        : item.kind === 'tool'
          ? ['tool']
          : [],
    );
  expect(said).toEqual([
    'thought: Hmm.',
    'answer: One message.',
    'answer: Another.',
    'tool',
    'answer: After.',
  ]);
  expect(bench.shown(id).live.size).toBe(0);
});

test('[SE12] text over the bound of a growing item goes on in a new one, no character is split or lost', async () => {
  const { bench, id, agent } = await inTurn();
  const text = `${'ä'.repeat(limits.liveTextBytesMax / 2)}é${'x'.repeat(10)}`;
  agent.text(answer('ä'.repeat(limits.liveTextBytesMax / 2)));
  expect(bench.items(id, 'answer')).toHaveLength(0);
  agent.text(answer(`é${'x'.repeat(10)}`));
  await endTurn(bench, id);
  const parts = bench.items(id, 'answer').map((item) => item.text);
  expect(parts).toHaveLength(2);
  expect(parts.join('')).toBe(text);
  for (const part of parts)
    expect(Buffer.byteLength(part)).toBeLessThanOrEqual(limits.liveTextBytesMax);
});

test('[SE13] a tool call is upserted by id whichever comes first, and is an item once it is finished', async () => {
  const { bench, id, agent } = await inTurn();
  agent.tool({ toolCallId: 't', status: 'in_progress', output: 'so far' });
  agent.tool({ toolCallId: 't', title: 'Run the tests', toolKind: 'execute', command: 'npm test' });
  expect(bench.items(id, 'tool')).toHaveLength(0);
  expect([...bench.shown(id).live.values()][0]?.item).toMatchObject({
    call: {
      title: 'Run the tests',
      status: 'in_progress',
      command: 'npm test',
      output: { kind: 'inline', text: 'so far' },
    },
  });
  agent.tool({ toolCallId: 't', status: 'failed', exitCode: 1, output: 'so far and done' });
  expect(bench.items(id, 'tool')).toMatchObject([
    {
      call: {
        title: 'Run the tests',
        status: 'failed',
        exitCode: 1,
        output: { kind: 'inline', text: 'so far and done' },
      },
    },
  ]);
  await endTurn(bench, id);
});

test('[SE14] a later change of a finished call is a new item of the same call; the same again is none', async () => {
  const { bench, id, agent } = await inTurn();
  agent.tool({ toolCallId: 't', title: 'Write', status: 'completed' });
  agent.tool({ toolCallId: 't', status: 'completed' });
  expect(bench.items(id, 'tool')).toHaveLength(1);
  agent.tool({ toolCallId: 't', diffs: [{ path: 'a.txt', oldText: 'one', newText: 'two' }] });
  const [first, second] = bench.items(id, 'tool');
  expect(second?.id).not.toBe(first?.id);
  expect(second?.call).toMatchObject({ toolCallId: 't', title: 'Write', status: 'completed' });
  expect(second?.call.diffs).toHaveLength(1);
  await endTurn(bench, id);
});

test('[SE15] long output is a blob with its head and tail; at the bound it is inline', async () => {
  const { bench, id, agent } = await inTurn();
  const atBound = 'x'.repeat(limits.toolOutputInlineBytesMax);
  agent.tool({ toolCallId: 'short', status: 'completed', output: atBound });
  const lines = Array.from({ length: 5000 }, (_, index) => `line ${String(index)}`).join('\n');
  agent.tool({ toolCallId: 'long', status: 'in_progress', output: lines });
  const growing = [...bench.shown(id).live.values()][0]?.item;
  expect(JSON.stringify(growing).length).toBeLessThan(limits.toolOutputInlineBytesMax);
  expect(JSON.stringify(growing)).toContain('more bytes are not shown here');
  agent.tool({ toolCallId: 'long', status: 'completed' });
  const [short, long] = bench.items(id, 'tool');
  expect(short?.call.output).toEqual({ kind: 'inline', text: atBound });
  const output = long?.call.output;
  if (output?.kind !== 'blob') throw new Error('expected a blob');
  expect(output).toMatchObject({ bytes: lines.length, lines: 5000 });
  expect(lines.startsWith(output.head)).toBe(true);
  expect(output.head.endsWith('\n')).toBe(true);
  expect(lines.endsWith(output.tail)).toBe(true);
  expect(output.tail.startsWith('line ')).toBe(true);
  const kept = await bench.storage.blob(output.sha256);
  expect(new TextDecoder().decode(kept ?? new Uint8Array())).toBe(lines);
  await endTurn(bench, id);
});

test('[SE15] a diff of megabytes is cut with a line that says so, and its blob holds it whole', async () => {
  const { bench, id, agent } = await inTurn();
  const newText = 'a line of text\n'.repeat(300_000);
  agent.tool({
    toolCallId: 't',
    status: 'completed',
    diffs: [
      { path: 'small', oldText: null, newText: 'x' },
      { path: 'big', oldText: 'old', newText },
    ],
  });
  const [small, big] = bench.items(id, 'tool')[0]?.call.diffs ?? [];
  expect(small).toEqual({ path: 'small', oldText: null, newText: 'x' });
  expect(big?.newText).toMatch(/… [\d,]+ more bytes are not shown here$/);
  expect(big?.newText.length).toBeLessThan(limits.diffPreviewBytesMax);
  if (big?.whole === undefined) throw new Error('expected the name of the whole');
  const kept = await bench.storage.blob(big.whole.sha256);
  expect(new TextDecoder().decode(kept ?? new Uint8Array())).toBe(
    canonicalJson({ path: 'big', oldText: 'old', newText }),
  );
  await endTurn(bench, id);
});

test('[SE16] output of a running tool is written at most every half second, what counts at once', async () => {
  const { bench, id, agent } = await inTurn();
  agent.tool({ toolCallId: 't', title: 'Run', status: 'in_progress' });
  const outputNow = (): unknown => {
    const item = [...bench.shown(id).live.values()][0]?.item;
    return item?.kind === 'tool' ? item.call.output : null;
  };
  for (let count = 1; count <= 1000; count += 1)
    agent.tool({ toolCallId: 't', output: String(count) });
  expect(outputNow()).toBeNull();
  bench.time.advance(limits.toolLiveUpdateMs);
  expect(outputNow()).toEqual({ kind: 'inline', text: '1000' });
  await endTurn(bench, id);
});

test('[SE17] tools that a turn leaves unfinished are cancelled with it, or failed with the agent', async () => {
  const { bench, id, agent } = await inTurn();
  agent.tool({ toolCallId: 'refused', title: 'Edit', status: 'pending' });
  await endTurn(bench, id);
  expect(bench.items(id, 'tool')[0]?.call.status).toBe('cancelled');
  bench.prompt(id, 'Again');
  await bench.untilPrompted(2);
  agent.tool({ toolCallId: 'cut', title: 'Run', status: 'in_progress' });
  agent.text(answer('half an ans'));
  bench.starter.last.die(null, 'SIGKILL');
  await bench.untilTurns(id, 2);
  expect(bench.items(id, 'tool')[1]?.call.status).toBe('failed');
  expect(bench.items(id, 'answer')[0]).toMatchObject({ text: 'half an ans', cut: true });
});

test('[SE18] what comes after the turn belongs to none and is ended by itself', async () => {
  const { bench, id, agent } = await inTurn();
  await endTurn(bench, id);
  await bench.untilRun(id, 'idle');
  agent.text(answer('late'));
  expect(bench.shown(id).live.size).toBe(1);
  bench.time.advance(limits.lateTextCloseMs);
  expect(bench.items(id, 'answer')).toMatchObject([{ text: 'late', turnId: null, cut: false }]);
});

test('[SE19] plan, modes, commands, usage and title are kept in the state; a mode that does not ask is said', async () => {
  const { bench, id, agent } = await inTurn();
  agent.plan([{ content: 'Look', priority: 'high', status: 'in_progress' }]);
  const ask = { id: 'ask', name: 'Ask', description: null, asks: true };
  const auto = { id: 'auto', name: 'Auto', description: null, asks: false };
  agent.modes('ask', [ask, auto]);
  agent.modes('auto', [ask, auto]);
  agent.commands([{ name: 'clear', description: 'Clear', hint: null }]);
  agent.usage({ used: 1, size: 10 });
  agent.usage({ used: 2, size: 10 });
  agent.title('Shopping list fixes');
  bench.time.advance(limits.sessionInfoEveryMs);
  expect(bench.shown(id).field('plan')).toHaveLength(1);
  expect(bench.shown(id).field('mode')).toEqual({ current: 'auto', available: [ask, auto] });
  expect(bench.shown(id).field('commands')).toHaveLength(1);
  expect(bench.shown(id).field('usage')).toEqual({ used: 2, size: 10 });
  expect(bench.record.sessionInfos.get(id)?.title).toBe('Shopping list fixes');
  expect(bench.items(id, 'notice').map(({ level, text }) => [level, text])).toEqual([
    ['warning', 'Mode “Auto”: the agent may change things without asking.'],
  ]);
  await endTurn(bench, id);
});

test('[SE20] updates of unknown kinds are kept raw', async () => {
  const { bench, id, agent } = await inTurn();
  agent.unknown('subagent_update', '{"x":1}');
  expect(bench.items(id, 'unknown')).toMatchObject([{ source: 'subagent_update', raw: '{"x":1}' }]);
  await endTurn(bench, id);
});

test('[SE21] a turn tells how many files it changed, with what the agent reported where git cannot see', async () => {
  const { bench, id, agent } = await inTurn();
  await bench.repository.write('a.txt', 'two\n');
  await bench.repository.write('new.txt', 'x\n');
  agent.tool({
    toolCallId: 't',
    status: 'completed',
    diffs: [{ path: 'a.txt', oldText: 'one\n', newText: 'two\n' }],
  });
  await endTurn(bench, id);
  expect(bench.items(id, 'turn_end')[0]?.filesChanged).toBe(2);
  await until(
    () => bench.shown(id).field('paths')?.includes('new.txt') === true,
    'the new path for mentions',
  );
  await until(() => {
    const [project] = bench.projects.list();
    return project?.status.kind === 'read' && project.status.changedFiles === 2;
  }, 'the project read again');
});

test('[SE22] progress is told at most every five seconds', async () => {
  const { bench, id, agent } = await inTurn();
  const progressAt = (): number => {
    const run = bench.shown(id).field('run');
    return run?.kind === 'running' ? run.progressAt : 0;
  };
  const start = progressAt();
  bench.time.advance(limits.progressEveryMs - 1);
  agent.text(answer('a'));
  expect(progressAt()).toBe(start);
  bench.time.advance(1);
  agent.text(answer('b'));
  expect(progressAt()).toBe(start + limits.progressEveryMs);
  await endTurn(bench, id);
});

test('[SE23] a session is titled by the first words of its first prompt', async () => {
  const bench = await sessionBench();
  const id = await bench.create();
  expect(bench.engine.sessionTitle(id)).toBe('New session');
  bench.prompt(id, '\n# Make the   total exact\nand more');
  await bench.untilPrompted(1);
  expect(bench.record.sessionInfos.get(id)?.title).toBe('Make the total exact');
});

test('[SE24] the index says what the agent is at, what is newest and when, without a write for each word', async () => {
  const { bench, id, agent } = await inTurn();
  agent.tool({ toolCallId: 't', title: 'Runs npm test', status: 'in_progress' });
  bench.time.advance(limits.sessionInfoEveryMs);
  const published = bench.record.published.length;
  expect(bench.record.sessionInfos.get(id)).toMatchObject({
    run: 'running',
    doing: 'Runs npm test',
  });
  for (let count = 0; count < 1000; count += 1) agent.text(answer('word '));
  expect(bench.record.published.length).toBe(published);
  bench.time.advance(limits.sessionInfoEveryMs);
  expect(bench.record.published.length).toBe(published + 1);
  await endTurn(bench, id);
  await bench.untilRun(id, 'idle');
  expect(bench.record.sessionInfos.get(id)).toMatchObject({
    doing: null,
    lastSeq: bench.items(id, 'turn_end')[0]?.seq,
  });
});
