import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { AgentId } from '#lib/domain/ids.ts';
import { limits } from '#lib/domain/limits.ts';
import { eventually } from '../fixtures/eventually.ts';
import { PairedBridge, playground, type WatchedSession } from '../fixtures/paired-bridge.ts';

/**
 * Odd agents beside one that is well, in a bridge process of its own: each says clearly what came, ends its own run at most,
 * and loses no prompt.
 */

let bridge: PairedBridge;
let calm: WatchedSession;
let calmTurns = 0;
const opened: WatchedSession[] = [];

beforeAll(async () => {
  bridge = await PairedBridge.start();
  calm = await bridge.owner.session(playground, here());
});
afterEach(async () => {
  calmTurns += 1;
  calm.prompt(`say turn ${String(calmTurns)}`);
  await calm.untilTurns(calmTurns);
  expect(calm.items('turn_end').at(-1)?.stopReason).toBe('end_turn');
  for (const session of opened.splice(0)) {
    await session.command('session.stop', {});
    await session[Symbol.asyncDispose]();
  }
});
afterAll(async () => {
  await calm[Symbol.asyncDispose]();
  await bridge[Symbol.asyncDispose]();
});

const here = (): string => bridge.repositories[0]?.path ?? '';

async function sessionWith(agent: AgentId): Promise<WatchedSession> {
  const session = await bridge.owner.session(agent, here());
  opened.push(session);
  return session;
}

describe('[AG9] an agent that', () => {
  test('crashes in a turn: the turn says so with the agent’s last words, its half sentence stays, the prompt is offered again', async () => {
    const session = await sessionWith(await bridge.owner.addAgent('crash'));
    const prompt = session.prompt('fix the tests');
    const behind = session.prompt('and then the docs');
    await session.untilTurns(1);
    await session.untilRun('ended');
    expect(session.items('turn_end')[0]).toMatchObject({
      stopReason: 'agent_failed',
      message: 'Agent process ended (code 3).',
    });
    expect(session.items('answer')).toMatchObject([{ text: 'I was just about to', cut: true }]);
    expect(session.items('tool').at(-1)?.call.status).toBe('failed');
    expect(await eventually(() => session.items('notice').at(-1))).toMatchObject({
      level: 'error',
      text: 'Agent process ended (code 3).',
      detail: 'panic: out of luck',
    });
    expect(session.state.receipts.read().get(prompt.id)?.state).toBe('interrupted');
    // What was behind it waits for a person rather than for the next crash.
    expect(session.state.receipts.read().has(behind.id)).toBe(false);
    expect(session.queue.prompts.read().map((queued) => queued.prompt.id)).toEqual([
      prompt.id,
      behind.id,
    ]);
  });

  test('is no program: the session says what was looked for, and the prompt waits', async () => {
    const agentId = await bridge.owner.addAgent('crash');
    await bridge.owner.command('agent.set', {
      agentId,
      name: 'Gone',
      launch: { command: '/nowhere/agent', args: [], env: {} },
    });
    const session = await sessionWith(agentId);
    const prompt = session.prompt('hello?');
    await session.untilRun('ended');
    expect(session.run).toMatchObject({
      message: 'Gone was not found on the bridge’s PATH (/nowhere/agent).',
    });
    expect(session.queue.prompts.read()[0]?.prompt.id).toBe(prompt.id);
    expect(session.state.receipts.read().has(prompt.id)).toBe(false);
  });

  test('hangs while it starts: it shows as starting, a stop ends it, and the prompt waits', async () => {
    const session = await sessionWith(await bridge.owner.addAgent('hang'));
    const prompt = session.prompt('hello?');
    await session.untilRun('starting');
    await session.command('session.stop', {});
    await session.untilRun('ended');
    expect(session.run).toMatchObject({ message: expect.stringMatching(/^Stopped by /) });
    expect(session.state.receipts.read().has(prompt.id)).toBe(false);
    expect(session.queue.prompts.read()[0]?.prompt.id).toBe(prompt.id);
  });

  test('hangs in a turn: a stop of its agent ends the turn, and the next prompt starts it anew', async () => {
    const session = await sessionWith(await bridge.owner.addAgent('silent'));
    session.prompt('hello?');
    await session.untilRun('running');
    await session.command('session.stop', {});
    await session.untilTurns(1);
    await session.untilRun('ended');
    expect(session.items('turn_end')[0]).toMatchObject({
      stopReason: 'cancelled',
      message: expect.stringMatching(/^Stopped by /),
    });
    session.prompt('hello again');
    await session.untilRun('running');
  });

  test('floods its output: 20,000 pieces come whole and in order', async () => {
    const session = await sessionWith(await bridge.owner.addAgent('flood'));
    session.prompt('20000');
    await session.untilTurns(1);
    const whole = Array.from({ length: 20_000 }, (_, number) => `${String(number)} `).join('');
    expect(
      session
        .items('answer')
        .map(({ text }) => text)
        .join(''),
    ).toBe(whole);
    expect(session.items('turn_end')[0]?.stopReason).toBe('end_turn');
  });

  test('[R9] prints one line over the limit: it is ended with both numbers, and the prompt is offered again', async () => {
    const session = await sessionWith(await bridge.owner.addAgent('flood'));
    const prompt = session.prompt(`line ${String(limits.agentLineBytesMax + 1)}`);
    await session.untilTurns(1);
    await session.untilRun('ended');
    expect(session.items('turn_end')[0]).toMatchObject({
      stopReason: 'agent_failed',
      message: expect.stringContaining('expected lines of at most 8388608 bytes, got a longer one'),
    });
    expect(session.state.receipts.read().get(prompt.id)?.state).toBe('interrupted');
  });

  test('asks without end and reads no answer: it is ended, with what was too much', async () => {
    const session = await sessionWith(await bridge.owner.addAgent('flood'));
    session.prompt('deaf 400');
    await session.untilTurns(1);
    await session.untilRun('ended');
    expect(session.items('turn_end')[0]?.message).toContain('requests without an answer, got more');
  });

  test('prints no JSON: the first line is shown once, clean, and the rest goes on', async () => {
    const session = await sessionWith(await bridge.owner.addAgent('no-json'));
    session.prompt('hello?');
    await session.untilTurns(1);
    expect(session.answer).toBe('still here');
    expect(session.items('notice')).toMatchObject([
      {
        level: 'warning',
        text: 'Odd no-json printed something that is not part of the protocol. It was left out, and so is what follows of the kind.',
        detail: 'Welcome to OddAgent 3000!',
      },
    ]);
    expect(session.items('turn_end')[0]?.stopReason).toBe('end_turn');
  });

  test('sends what nobody knows: it is shown raw in its place', async () => {
    const session = await sessionWith(await bridge.owner.addAgent('kinds'));
    session.prompt('go');
    await session.untilTurns(1);
    const unknown = session.items('unknown').map(({ raw }) => raw);
    expect(unknown.join('\n')).toContain('weather_update');
    expect(unknown.join('\n')).toContain('hologram');
    expect(session.answer).toContain('before');
  });

  test('[AG4] asks twice at once: both requests are open, each is answered by its own option', async () => {
    const session = await sessionWith(await bridge.owner.addAgent('two-permissions'));
    session.prompt('2');
    await eventually(() => session.state.permissions.read().length === 2);
    const [first, second] = session.state.permissions.read();
    if (first === undefined || second === undefined) throw new Error('expected two requests');
    expect([first.outcome, second.outcome]).toEqual([null, null]);
    await session.command('permission.answer', {
      permissionId: second.id,
      hash: second.hash,
      optionId: 'no',
    });
    const again = await session.command('permission.answer', {
      permissionId: second.id,
      hash: second.hash,
      optionId: 'yes',
    });
    expect(again.state).toBe('refused');
    await session.command('permission.answer', {
      permissionId: first.id,
      hash: first.hash,
      optionId: 'yes',
    });
    await session.untilTurns(1);
    expect(session.answer).toBe('yes,no');
  });

  test('asks after the end of its turn: the question is put to people, and its answer arrives', async () => {
    const session = await sessionWith(await bridge.owner.addAgent('afterthought'));
    session.prompt('go');
    await session.untilTurns(1);
    await bridge.repositories[0]?.write('ask-now', '');
    const asked = await eventually(() => session.state.permissions.read()[0]);
    expect(asked).toMatchObject({ outcome: null, subject: { title: 'An afterthought' } });
    await session.command('permission.answer', {
      permissionId: asked.id,
      hash: asked.hash,
      optionId: 'yes',
    });
    await eventually(() => session.answer.includes('late answer: yes'));
  });
});
