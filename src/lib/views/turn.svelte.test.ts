import { limits } from '#lib/domain/limits.ts';
import type { AgentMode, RunState } from '#lib/domain/session.ts';
import { describe, expect, test } from 'vitest';
import { aConversation, turnId } from '../../../tests/fixtures/conversation.ts';

const running = (fields: Partial<Extract<RunState, { kind: 'running' }>> = {}): RunState => ({
  kind: 'running',
  turnId,
  turn: 4,
  since: 1000,
  progressAt: 1000,
  stopping: false,
  ...fields,
});
const ask: AgentMode = { id: 'ask', name: 'Ask first', description: null, asks: true };
const plan: AgentMode = { id: 'plan', name: 'Plan', description: null, asks: true };

describe('the turn', () => {
  test('[R9] silence is told from its limit on, not a moment before', () => {
    const { conversation, setState } = aConversation();
    setState('run', running());
    const at = (now: number) => conversation.turn.standing(now);
    expect(at(1000 + limits.noProgressMs - 1)).toMatchObject({ kind: 'running', quietMs: null });
    expect(at(1000 + limits.noProgressMs)).toMatchObject({ quietMs: limits.noProgressMs });
  });

  test('without a connection nothing runs: it is what was known, and of when', () => {
    const { conversation, setState, workspace, stateReplica } = aConversation();
    setState('run', running());
    workspace.connection.set({ kind: 'offline', since: 1 });
    stateReplica.exchange.set({ kind: 'held', asOf: 77 });
    expect(conversation.turn.standing(9000)).toMatchObject({ kind: 'was', asOf: 77 });
  });

  test('a clock behind the bridge’s shows no negative time', () => {
    const { conversation, setState } = aConversation();
    setState('run', running({ since: 9000, progressAt: 9000 }));
    expect(conversation.turn.standing(1000)).toMatchObject({ elapsedMs: 0, quietMs: null });
  });

  test('[R2] stop is one command for the present turn, however often it is pressed', async () => {
    const { conversation, setState, workspace } = aConversation();
    setState('run', running());
    await conversation.turn.stop('Stop turn 4');
    await conversation.turn.stop('Stop turn 4');
    expect(workspace.entries.read().map(({ command }) => command)).toMatchObject([
      { kind: 'turn.cancel', params: { turnId } },
    ]);
    expect(conversation.turn.stopAsked).toEqual({ undelivered: true });
    expect(conversation.turn.standing(1000)).toMatchObject({ stopping: true });
  });

  test('nothing is stopped when nothing runs', async () => {
    const { conversation, setState, workspace } = aConversation();
    setState('run', { kind: 'idle', since: 1 });
    await conversation.turn.stop('Stop');
    expect(workspace.entries.read()).toEqual([]);
  });

  test('[R6] a mode that was asked for is told apart from the one that holds', async () => {
    const { conversation, setState, workspace } = aConversation();
    setState('mode', { current: 'ask', available: [ask, plan] });
    await conversation.turn.setMode(plan, 'Mode: Plan');
    expect(conversation.turn.mode).toEqual(ask);
    expect(conversation.turn.askedMode).toEqual({ mode: plan, undelivered: true });
    workspace.entries.set(
      workspace.entries.read().map((entry) => ({ ...entry, state: 'settled' })),
    );
    expect(conversation.turn.askedMode).toBeNull();
  });
});
