import fc from 'fast-check';
import { expect, test } from 'vitest';
import { promptIdSchema, turnIdSchema } from '#lib/domain/ids.ts';
import {
  nextStep,
  type Phase,
  type Rest,
  type SessionAction,
  type SessionEvent,
  type Turn,
} from './session-machine.ts';

const rest: Rest = { kind: 'ended', why: 'died', code: 1, signal: null, message: 'gone', at: 0 };
const asked: Rest = { ...rest, why: 'asked', message: 'Stopped by Mara.' };
const turn: Turn = {
  turnId: turnIdSchema.parse('t'),
  number: 1,
  startedAt: 0,
  promptId: promptIdSchema.parse('p'),
};
const over = {
  type: 'turn_over',
  outcome: { stopReason: 'end_turn', message: null, prompt: 'answered' },
  rest: null,
} as const;

const events: readonly SessionEvent[] = [
  { type: 'start' },
  { type: 'prompt_ready', turn },
  { type: 'started' },
  { type: 'start_failed', rest },
  { type: 'handed' },
  { type: 'not_handed', message: 'disk full' },
  { type: 'withdrawn' },
  over,
  { ...over, rest: { kind: 'login_needed', message: 'log in', at: 0 } },
  { type: 'agent_ended', rest },
  { type: 'cancel' },
  { type: 'grace_over' },
  { type: 'stop', rest: asked },
  { type: 'stopped' },
  { type: 'turn_closed' },
];

const follow = (list: readonly SessionEvent[]): { phase: Phase; actions: SessionAction[] } => {
  let phase: Phase = { kind: 'none' };
  const actions: SessionAction[] = [];
  for (const event of list) {
    const next = nextStep(phase, event, 0);
    phase = next.phase;
    actions.push(...next.actions);
  }
  return { phase, actions };
};

test('[SE67] in whatever order things happen: a prompt is given only after its receipt, one turn at a time, each turn is closed once', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...events), { maxLength: 60 }), (list) => {
      let phase: Phase = { kind: 'none' };
      let signed = false;
      let open = false;
      for (const event of list) {
        const { phase: next, actions } = nextStep(phase, event, 0);
        for (const action of actions) {
          if (action.type === 'commit_receipt') {
            expect(open).toBe(false);
            open = true;
            signed = false;
          }
          if (action.type === 'give_prompt') {
            expect(open && signed).toBe(false);
            expect(event.type).toBe('handed');
            signed = true;
          }
          if (action.type === 'close_turn') {
            expect(open).toBe(true);
            open = false;
          }
        }
        if (phase.kind === 'handing' && event.type === 'withdrawn') open = false;
        phase = next;
      }
    }),
    { seed: 1, numRuns: 2000 },
  );
});

test('[SE67] a session that was asked to stop always comes to rest once what it began has ended', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...events), { maxLength: 40 }), (list) => {
      const { phase } = follow(list);
      // Whatever was under way reports its end, and nobody asks for anything new.
      const ends: SessionEvent[] = [
        { type: 'stop', rest: asked },
        { type: 'handed' },
        { type: 'agent_ended', rest },
        { type: 'turn_closed' },
        { type: 'stopped' },
        { type: 'turn_closed' },
        { type: 'stopped' },
      ];
      let last = phase;
      for (const event of ends) last = nextStep(last, event, 0).phase;
      expect(['none', 'ended', 'login_needed']).toContain(last.kind);
    }),
    { seed: 2, numRuns: 2000 },
  );
});

test('[SE67] a start that was called off too late is ended all the same', () => {
  const { phase, actions } = follow([
    { type: 'start' },
    { type: 'stop', rest: asked },
    { type: 'started' },
    { type: 'stopped' },
  ]);
  expect(phase).toEqual(asked);
  expect(actions.map(({ type }) => type)).toEqual([
    'start_agent',
    'abort_start',
    'stop_agent',
    'announce_end',
    'look_for_prompts',
  ]);
});

test('[SE67] a start asked for while the agent is being stopped follows the stop', () => {
  const { phase } = follow([
    { type: 'start' },
    { type: 'started' },
    { type: 'stop', rest: asked },
    { type: 'start' },
    { type: 'stopped' },
  ]);
  expect(phase.kind).toBe('starting');
});
