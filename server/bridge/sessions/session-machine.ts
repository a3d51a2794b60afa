import { assertNever } from '#lib/domain/failure.ts';
import type { PromptId, TurnId } from '#lib/domain/ids.ts';
import type { StopReason } from '#lib/domain/transcript.ts';

/** One prompt until the agent stops. */
export interface Turn {
  readonly turnId: TurnId;
  /** Counts 1, 2, 3… in the session. */
  readonly number: number;
  readonly startedAt: number;
  readonly promptId: PromptId;
}

/** Where a session rests when no agent process runs and a person has to act. */
export type Rest =
  | {
      readonly kind: 'ended';
      readonly why: 'asked' | 'died' | 'not_started';
      readonly code: number | null;
      readonly signal: string | null;
      readonly message: string;
      readonly at: number;
    }
  | { readonly kind: 'login_needed'; readonly message: string; readonly at: number };

/** How a turn ended; `interrupted` prompts are offered again. */
export interface TurnOutcome {
  readonly stopReason: StopReason;
  readonly message: string | null;
  readonly prompt: 'answered' | 'interrupted';
}

/** Why a turn is being cut short. */
export type Cut = { readonly kind: 'cancel' } | { readonly kind: 'stop'; readonly rest: Rest };

/** What follows when a turn is recorded. */
export type Then =
  | { readonly kind: 'idle' }
  | { readonly kind: 'stop'; readonly rest: Rest }
  | { readonly kind: 'rest'; readonly rest: Rest };

/** The state of one session. `handing`: the receipt is on its way to the disk, the agent has nothing yet. */
export type Phase =
  | { readonly kind: 'none' }
  | { readonly kind: 'starting'; readonly since: number }
  | { readonly kind: 'idle'; readonly since: number }
  | {
      readonly kind: 'handing';
      readonly turn: Turn;
      readonly cut: Cut | null;
      readonly ended: Rest | null;
    }
  | { readonly kind: 'running'; readonly turn: Turn; readonly cut: Cut | null }
  | { readonly kind: 'closing'; readonly turn: Turn; readonly then: Then }
  | { readonly kind: 'stopping'; readonly rest: Rest; readonly startAgain: boolean }
  | Rest;

export type SessionEvent =
  | { readonly type: 'start' }
  /** A prompt may be handed over; `turn` is the one it would begin. */
  | { readonly type: 'prompt_ready'; readonly turn: Turn }
  | { readonly type: 'started' }
  | { readonly type: 'start_failed'; readonly rest: Rest }
  | { readonly type: 'handed' }
  /** The receipt may or may not be on disk; the agent has nothing. */
  | { readonly type: 'not_handed'; readonly message: string }
  /** The prompt was withdrawn, moved or opened in an editor at the last moment; nothing was written. */
  | { readonly type: 'withdrawn' }
  | { readonly type: 'turn_over'; readonly outcome: TurnOutcome; readonly rest: Rest | null }
  | { readonly type: 'agent_ended'; readonly rest: Rest }
  | { readonly type: 'cancel' }
  | { readonly type: 'grace_over' }
  | { readonly type: 'stop'; readonly rest: Rest }
  | { readonly type: 'stopped' }
  | { readonly type: 'turn_closed' };

export type SessionAction =
  | { readonly type: 'start_agent' }
  | { readonly type: 'abort_start' }
  | { readonly type: 'stop_agent' }
  | { readonly type: 'look_for_prompts' }
  | { readonly type: 'commit_receipt'; readonly turn: Turn }
  | { readonly type: 'give_prompt'; readonly turn: Turn }
  | { readonly type: 'cancel_turn' }
  | { readonly type: 'close_turn'; readonly turn: Turn; readonly outcome: TurnOutcome }
  | { readonly type: 'announce_end'; readonly rest: Rest };

export interface Step {
  readonly phase: Phase;
  readonly actions: readonly SessionAction[];
}

const stay = (phase: Phase): Step => ({ phase, actions: [] });
const step = (phase: Phase, ...actions: SessionAction[]): Step => ({ phase, actions });

/**
 * The one place that decides what a session does next. Pure: `now` is the bridge's time; what is to be done comes back as
 * actions, whose ends come in as events.
 */
export function nextStep(phase: Phase, event: SessionEvent, now: number): Step {
  switch (phase.kind) {
    case 'none':
    case 'ended':
    case 'login_needed':
      return whileResting(phase, event, now);
    case 'starting':
      return whileStarting(phase, event, now);
    case 'idle':
      return whileIdle(phase, event);
    case 'handing':
      return whileHanding(phase, event, now);
    case 'running':
      return whileRunning(phase, event);
    case 'closing':
      return whileClosing(phase, event, now);
    case 'stopping':
      return whileStopping(phase, event, now);
    default:
      return assertNever(phase);
  }
}

type In<K extends Phase['kind']> = Extract<Phase, { kind: K }>;

function whileResting(phase: Phase, event: SessionEvent, now: number): Step {
  return event.type === 'start' || event.type === 'prompt_ready'
    ? step({ kind: 'starting', since: now }, { type: 'start_agent' })
    : stay(phase);
}

function whileStarting(phase: In<'starting'>, event: SessionEvent, now: number): Step {
  if (event.type === 'started')
    return step({ kind: 'idle', since: now }, { type: 'look_for_prompts' });
  if (event.type === 'start_failed')
    return step(event.rest, { type: 'announce_end', rest: event.rest });
  if (event.type === 'stop')
    return step({ kind: 'stopping', rest: event.rest, startAgain: false }, { type: 'abort_start' });
  return stay(phase);
}

function whileIdle(phase: In<'idle'>, event: SessionEvent): Step {
  switch (event.type) {
    case 'prompt_ready':
      return step(
        { kind: 'handing', turn: event.turn, cut: null, ended: null },
        { type: 'commit_receipt', turn: event.turn },
      );
    case 'start':
      return step(phase, { type: 'look_for_prompts' });
    case 'agent_ended':
      return step(event.rest, { type: 'announce_end', rest: event.rest });
    case 'stop':
      return step(
        { kind: 'stopping', rest: event.rest, startAgain: false },
        { type: 'stop_agent' },
      );
    default:
      return stay(phase);
  }
}

function whileHanding(phase: In<'handing'>, event: SessionEvent, now: number): Step {
  const { turn, cut, ended } = phase;
  switch (event.type) {
    case 'handed':
      if (ended !== null)
        return step(
          { kind: 'closing', turn, then: { kind: 'rest', rest: ended } },
          { type: 'close_turn', turn, outcome: notGiven(cut) },
        );
      if (cut !== null)
        return step(
          { kind: 'closing', turn, then: thenOf(cut) },
          { type: 'close_turn', turn, outcome: notGiven(cut) },
        );
      return step({ kind: 'running', turn, cut: null }, { type: 'give_prompt', turn });
    case 'not_handed': {
      const outcome: TurnOutcome = {
        stopReason: 'interrupted',
        message: event.message,
        prompt: 'interrupted',
      };
      const then: Then = ended === null ? thenOf(cut) : { kind: 'rest', rest: ended };
      return step({ kind: 'closing', turn, then }, { type: 'close_turn', turn, outcome });
    }
    case 'withdrawn':
      if (ended !== null) return step(ended, { type: 'announce_end', rest: ended });
      return cut?.kind === 'stop'
        ? step({ kind: 'stopping', rest: cut.rest, startAgain: false }, { type: 'stop_agent' })
        : step({ kind: 'idle', since: now }, { type: 'look_for_prompts' });
    case 'cancel':
      return stay({ ...phase, cut: cut ?? { kind: 'cancel' } });
    case 'stop':
      return stay({ ...phase, cut: { kind: 'stop', rest: event.rest } });
    case 'agent_ended':
      return stay({ ...phase, ended: cut?.kind === 'stop' ? cut.rest : event.rest });
    default:
      return stay(phase);
  }
}

/** The receipt is on disk, but the agent never got the prompt: it is offered again. */
const notGiven = (cut: Cut | null): TurnOutcome => ({
  stopReason: cut === null ? 'agent_failed' : 'cancelled',
  message: 'The agent had not got this prompt yet.',
  prompt: 'interrupted',
});

const thenOf = (cut: Cut | null): Then =>
  cut?.kind === 'stop' ? { kind: 'stop', rest: cut.rest } : { kind: 'idle' };

function whileRunning(phase: In<'running'>, event: SessionEvent): Step {
  const { turn, cut } = phase;
  switch (event.type) {
    case 'turn_over': {
      const then: Then =
        cut?.kind !== 'stop' && event.rest !== null
          ? { kind: 'stop', rest: event.rest }
          : thenOf(cut);
      return step(
        { kind: 'closing', turn, then },
        { type: 'close_turn', turn, outcome: event.outcome },
      );
    }
    case 'agent_ended': {
      const rest = cut?.kind === 'stop' ? cut.rest : event.rest;
      const outcome: TurnOutcome =
        cut === null
          ? { stopReason: 'agent_failed', message: rest.message, prompt: 'interrupted' }
          : { stopReason: 'cancelled', message: rest.message, prompt: 'answered' };
      return step(
        { kind: 'closing', turn, then: { kind: 'rest', rest } },
        { type: 'close_turn', turn, outcome },
      );
    }
    case 'cancel':
      return cut === null
        ? step({ ...phase, cut: { kind: 'cancel' } }, { type: 'cancel_turn' })
        : stay(phase);
    case 'grace_over':
      return cut === null ? stay(phase) : step(phase, { type: 'stop_agent' });
    case 'stop':
      return step({ ...phase, cut: { kind: 'stop', rest: event.rest } }, { type: 'stop_agent' });
    default:
      return stay(phase);
  }
}

function whileClosing(phase: In<'closing'>, event: SessionEvent, now: number): Step {
  const { then } = phase;
  switch (event.type) {
    case 'turn_closed':
      if (then.kind === 'idle')
        return step({ kind: 'idle', since: now }, { type: 'look_for_prompts' });
      if (then.kind === 'rest') return step(then.rest, { type: 'announce_end', rest: then.rest });
      return step({ kind: 'stopping', rest: then.rest, startAgain: false }, { type: 'stop_agent' });
    case 'agent_ended':
      return stay({
        ...phase,
        then: { kind: 'rest', rest: then.kind === 'idle' ? event.rest : then.rest },
      });
    case 'stop':
      return stay({
        ...phase,
        then: { kind: then.kind === 'rest' ? 'rest' : 'stop', rest: event.rest },
      });
    default:
      return stay(phase);
  }
}

function whileStopping(phase: In<'stopping'>, event: SessionEvent, now: number): Step {
  switch (event.type) {
    case 'stopped':
    case 'start_failed':
      return phase.startAgain
        ? step({ kind: 'starting', since: now }, { type: 'start_agent' })
        : step(
            phase.rest,
            { type: 'announce_end', rest: phase.rest },
            { type: 'look_for_prompts' },
          );
    // The start could not be called off in time.
    case 'started':
      return step(phase, { type: 'stop_agent' });
    case 'start':
      return stay({ ...phase, startAgain: true });
    case 'stop':
      return stay({ ...phase, rest: event.rest, startAgain: false });
    default:
      return stay(phase);
  }
}
