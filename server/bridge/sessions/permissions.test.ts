import { expect, test } from 'vitest';
import { canonicalJson } from '#lib/domain/canonical.ts';
import type { SessionId } from '#lib/domain/ids.ts';
import { limits } from '#lib/domain/limits.ts';
import type { PermissionOption, PermissionRequest } from '#lib/domain/permission.ts';
import { AgentError, type PermissionAsk, type ToolChange } from '../agents/contract.ts';
import type { ScriptedRun } from '../../../tests/fixtures/scripted-agent.ts';
import {
  jo,
  mara,
  sessionBench,
  type SessionBench,
} from '../../../tests/fixtures/session-bench.ts';
import { until } from '../../../tests/fixtures/until.ts';
import { sha256Of } from './blob-desk.ts';

const once: PermissionOption = { optionId: 'o1', name: 'Yes', kind: 'allow_once' };
const always: PermissionOption = { optionId: 'o2', name: 'Yes, always', kind: 'allow_always' };
const reject: PermissionOption = { optionId: 'o3', name: 'No', kind: 'reject_once' };
const never: PermissionOption = { optionId: 'o4', name: 'Never', kind: 'reject_always' };
const allOptions = [once, always, reject, never];

interface Story {
  readonly bench: SessionBench;
  readonly id: SessionId;
  readonly run: ScriptedRun;
  ask(
    tool: Partial<ToolChange>,
    more?: Partial<PermissionAsk>,
  ): Promise<{ optionId: string } | null>;
  open(): PermissionRequest[];
  first(): PermissionRequest;
}

async function story(): Promise<Story> {
  const bench = await sessionBench();
  const id = await bench.create();
  bench.prompt(id, 'Go');
  await bench.untilPrompted(1);
  const run = bench.starter.last;
  const open = (): PermissionRequest[] =>
    [...bench.shown(id).permissions.values()].filter(({ outcome }) => outcome === null);
  return {
    bench,
    id,
    run,
    open,
    ask: (tool, more = {}) =>
      run.listener.permission({
        tool: { toolCallId: 't', toolKind: 'execute', title: 'Run a command', ...tool },
        options: allOptions,
        signal: new AbortController().signal,
        ...more,
      }),
    first() {
      const [request] = open();
      if (request === undefined) throw new Error('expected an open request');
      return request;
    },
  };
}

const answerTo = (
  request: PermissionRequest,
  option: PermissionOption,
): { permissionId: PermissionRequest['id']; hash: string; optionId: string } => ({
  permissionId: request.id,
  hash: request.hash,
  optionId: option.optionId,
});

test('[R4][SE25] a request is frozen, named by its hash, and shown in the session and the index', async () => {
  const { bench, id, ask, first } = await story();
  void ask({ command: 'npm test', rawInput: '{"command":"npm test"}' });
  const request = first();
  expect(request.subject).toEqual({
    toolCallId: 't',
    toolKind: 'execute',
    title: 'Run a command',
    command: 'npm test',
    directory: bench.repository.path,
    diffs: [],
    rawInput: null,
    agentWords: null,
  });
  expect(request.hash).toBe(
    sha256Of(canonicalJson({ subject: request.subject, options: request.options })),
  );
  expect(request.turnId).toBe(bench.items(id, 'prompt')[0]?.turnId);
  expect(bench.record.sessionInfos.get(id)).toMatchObject({
    openPermissions: 1,
    needs: 'Wants to run a command',
  });
});

test('[SE25] raw input stands in where neither a command nor a diff says what would happen', async () => {
  const { ask, first } = await story();
  void ask({ toolKind: 'other', rawInput: '{"url":"x"}', output: 'I would like to look it up' });
  expect(first().subject).toMatchObject({
    rawInput: '{"url":"x"}',
    agentWords: 'I would like to look it up',
  });
});

test('[SE26] the first valid answer wins, the agent is told it, and a later one hears who was first', async () => {
  const { bench, id, ask, first } = await story();
  const told = ask({ command: 'npm test' });
  const request = first();
  expect(await bench.send('permission.answer', answerTo(request, once), id, jo)).toMatchObject({
    state: 'done',
    message: 'The agent was told “Yes”.',
  });
  expect(await told).toEqual({ optionId: 'o1' });
  expect(await bench.send('permission.answer', answerTo(request, reject), id)).toMatchObject({
    state: 'refused',
    message: 'Answered before by Jo: “Yes”.',
  });
  expect(bench.shown(id).permissions.get(request.id)?.outcome).toMatchObject({
    kind: 'answered',
    option: once,
    by: jo,
  });
  expect(bench.items(id, 'permission')).toMatchObject([
    { permissionId: request.id, subject: request.subject, outcome: { kind: 'answered', by: jo } },
  ]);
  expect(bench.record.sessionInfos.get(id)).toMatchObject({ openPermissions: 0, needs: null });
});

test('[R4][SE27] an answer to other bytes than those asked about is refused', async () => {
  const { bench, id, ask, first, open } = await story();
  void ask({ command: 'npm test' });
  const outcome = await bench.send(
    'permission.answer',
    { ...answerTo(first(), once), hash: sha256Of('something else') },
    id,
  );
  expect(outcome.state).toBe('refused');
  expect(
    await bench.send('permission.answer', { ...answerTo(first(), once), optionId: 'x' }, id),
  ).toMatchObject({
    state: 'refused',
    message: 'Expected one of the options shown (Yes, Yes, always, No, Never), got “x”.',
  });
  expect(open()).toHaveLength(1);
});

test('[R4][SE28] a change of the tool call voids the request and asks anew under another hash', async () => {
  const { bench, id, run, ask, first, open } = await story();
  const told = ask({ command: 'npm test' });
  const before = first();
  run.listener.tool({ toolCallId: 't', status: 'in_progress', output: 'prints' });
  expect(first().id).toBe(before.id);
  run.listener.tool({ toolCallId: 't', command: 'rm -rf /' });
  expect(open()).toHaveLength(1);
  expect(first().hash).not.toBe(before.hash);
  expect(bench.shown(id).permissions.get(before.id)?.outcome).toMatchObject({
    kind: 'gone',
    why: 'replaced',
  });
  expect((await bench.send('permission.answer', answerTo(before, once), id)).message).toContain(
    'changed its request',
  );
  await bench.send('permission.answer', answerTo(first(), reject), id);
  expect(await told).toEqual({ optionId: 'o3' });
});

test('[SE29] an agent is only ever told "once": for "always" too, and never where it offers only a lasting leave', async () => {
  const { bench, id, ask, first } = await story();
  const told = ask({ toolKind: 'edit', diffs: [{ path: 'a', oldText: null, newText: 'x' }] });
  await bench.send('permission.answer', answerTo(first(), always), id);
  expect(await told).toEqual({ optionId: 'o1' });
  expect(bench.record.published.some(({ kind }) => kind === 'rule')).toBe(false);

  const second = ask({ toolCallId: 't2', command: 'x' }, { options: [always, never] });
  expect(await bench.send('permission.answer', answerTo(first(), always), id)).toMatchObject({
    state: 'refused',
    message: expect.stringContaining('only a lasting leave') as string,
  });
  await bench.send('permission.answer', answerTo(first(), never), id);
  expect(await second).toEqual({ optionId: 'o4' });
});

test('[SE30] "always" makes a rule of exactly this command, which then answers without a person', async () => {
  const { bench, id, ask, first, open } = await story();
  const told = ask({ command: 'npm test' });
  await bench.send('permission.answer', { ...answerTo(first(), once), always: true }, id);
  expect(await told).toEqual({ optionId: 'o1' });
  expect(await bench.storage.rules()).toMatchObject([
    { command: 'npm test', toolKind: 'execute', directory: bench.repository.path, by: mara },
  ]);
  expect(await ask({ toolCallId: 't2', command: 'npm test' })).toEqual({ optionId: 'o1' });
  expect(bench.items(id, 'permission')[1]?.outcome).toMatchObject({ kind: 'by_rule' });

  for (const other of [
    { command: 'npm test ' },
    { command: 'npm test', directory: '/elsewhere' },
    { command: 'npm test', toolKind: 'other' },
    { command: 'npm test', diffs: [{ path: 'a', oldText: null, newText: 'x' }] },
  ])
    void ask({ toolCallId: `t-${JSON.stringify(other)}`, ...other });
  expect(open()).toHaveLength(4);
});

test('[SE30] a rule holds after a restart and is gone when it is revoked', async () => {
  const { bench, id, ask, first } = await story();
  void ask({ command: 'npm test' });
  await bench.send('permission.answer', { ...answerTo(first(), once), always: true }, id);
  await bench.crash();
  const [rule] = await bench.storage.rules();
  if (rule === undefined) throw new Error('expected a rule');
  bench.prompt(id, 'Again');
  await bench.untilPrompted(2);
  const again = (): Promise<unknown> =>
    bench.starter.last.listener.permission({
      tool: { toolCallId: 'n', toolKind: 'execute', title: '', command: 'npm test' },
      options: allOptions,
      signal: new AbortController().signal,
    });
  expect(await again()).toEqual({ optionId: 'o1' });
  await bench.send('rule.revoke', { ruleId: rule.id });
  expect(await bench.storage.rules()).toEqual([]);
  void again();
  await until(() => bench.record.sessionInfos.get(id)?.openPermissions === 1, 'a new question');
});

test('[SE30] no rule is made of a rejection or of something that is no exact command', async () => {
  const { bench, id, ask, first, open } = await story();
  void ask({ command: 'npm test' });
  expect(
    await bench.send('permission.answer', { ...answerTo(first(), reject), always: true }, id),
  ).toMatchObject({ state: 'refused' });
  expect(open()).toHaveLength(1);
  await bench.send('permission.answer', answerTo(first(), reject), id);
  void ask({ toolCallId: 'e', diffs: [{ path: 'a', oldText: null, newText: 'x' }] });
  expect(
    await bench.send('permission.answer', { ...answerTo(first(), once), always: true }, id),
  ).toMatchObject({ state: 'refused' });
});

test('[SE31] a rejection’s reason reaches the agent with the next prompt, once', async () => {
  const { bench, id, run, ask, first } = await story();
  void ask({ command: 'rm x', title: 'Delete x' });
  await bench.send(
    'permission.answer',
    { ...answerTo(first(), reject), reason: 'x is still needed' },
    id,
  );
  run.finish();
  await bench.untilTurns(id, 1);
  bench.prompt(id, 'Go on');
  await bench.untilPrompted(2);
  expect(run.prompts[1]?.text).toBe('I rejected “Delete x” because: x is still needed\n\nGo on');
  expect(bench.items(id, 'prompt')[1]?.text).toBe('Go on');
  run.finish();
  await bench.untilTurns(id, 2);
  bench.prompt(id, 'And on');
  await bench.untilPrompted(3);
  expect(run.prompts[2]?.text).toBe('And on');
});

test('[SE32] requests are void when the turn ends, is cancelled, the agent withdraws or dies', async () => {
  const { bench, id, run, ask, first } = await story();
  const outcomes = (): unknown[] =>
    bench
      .items(id, 'permission')
      .map(({ outcome }) => (outcome.kind === 'gone' ? outcome.why : outcome.kind));

  const atEnd = ask({ toolCallId: '1', command: 'x' });
  run.finish();
  expect(await atEnd).toBeNull();
  await bench.untilTurns(id, 1);
  expect(outcomes()).toEqual(['turn_ended']);

  bench.prompt(id, 'Two');
  await bench.untilPrompted(2);
  const withdrawing = new AbortController();
  const withdrawn = ask({ toolCallId: '2', command: 'x' }, { signal: withdrawing.signal });
  withdrawing.abort();
  expect(await withdrawn).toBeNull();
  const cancelled = ask({ toolCallId: '3', command: 'x' });
  const turnId = bench.items(id, 'prompt')[1]?.turnId ?? '';
  const late = first();
  await bench.send('turn.cancel', { turnId }, id);
  expect(await cancelled).toBeNull();
  await bench.untilTurns(id, 2);
  expect(outcomes()).toEqual(['turn_ended', 'cancelled', 'cancelled']);
  expect(await bench.send('permission.answer', answerTo(late, once), id)).toMatchObject({
    state: 'refused',
    message: expect.stringContaining('withdrawn') as string,
  });

  bench.prompt(id, 'Three');
  await bench.untilPrompted(3);
  const dying = new AbortController();
  void ask({ toolCallId: '4', command: 'x' }, { signal: dying.signal });
  dying.abort(new AgentError('ended', 'gone'));
  run.die(1, null);
  await bench.untilTurns(id, 3);
  expect(outcomes()[3]).toBe('agent_ended');
});

test('[R9][SE33] too many open requests, and a command too long to be shown, get no leave and nobody is asked', async () => {
  const { bench, id, ask, open } = await story();
  const command = 'x'.repeat(limits.permissionCommandBytesMax);
  expect(await ask({ toolCallId: 'long', command: `${command}x` })).toBeNull();
  void ask({ toolCallId: 'bound', command });
  for (let count = 1; count < limits.openPermissionsMax; count += 1)
    void ask({ toolCallId: String(count), command: 'x' });
  expect(open()).toHaveLength(limits.openPermissionsMax);
  expect(await ask({ toolCallId: 'one more', command: 'x' })).toBeNull();
  expect(bench.items(id, 'notice')).toHaveLength(2);
});

test('[SE33] nobody online for hours: the turn goes on when somebody answers', async () => {
  const { bench, id, run, ask, first } = await story();
  const told = ask({ command: 'npm test' });
  bench.time.advance(5 * 60 * 60 * 1000);
  await bench.send('permission.answer', answerTo(first(), once), id);
  expect(await told).toEqual({ optionId: 'o1' });
  run.finish();
  await bench.untilTurns(id, 1);
});

test('[SE34] two options of one kind are told apart by their id; an id twice is one option', async () => {
  const { bench, id, ask, first } = await story();
  const more: PermissionOption = { optionId: 'o5', name: 'Yes, here', kind: 'allow_once' };
  const told = ask({ command: 'x' }, { options: [once, more, { ...reject, optionId: 'o1' }] });
  expect(first().options).toEqual([once, more]);
  await bench.send('permission.answer', answerTo(first(), more), id);
  expect(await told).toEqual({ optionId: 'o5' });
});

test('[SE68] an agent that asks twice for one call has two requests, each answered for itself', async () => {
  const { bench, id, ask, open } = await story();
  const one = ask({ command: 'npm test' });
  const two = ask({ command: 'npm test' });
  const [first, second] = open();
  if (first === undefined || second === undefined) throw new Error('expected two requests');
  await bench.send('permission.answer', answerTo(second, reject), id);
  expect(await two).toEqual({ optionId: 'o3' });
  expect(open().map((request) => request.id)).toEqual([first.id]);
  await bench.send('permission.answer', answerTo(first, once), id);
  expect(await one).toEqual({ optionId: 'o1' });
});
