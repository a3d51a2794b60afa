import { stat } from 'node:fs/promises';
import type { Clock } from '#lib/domain/clock.ts';
import { reasonOf } from '#lib/domain/failure.ts';
import {
  AgentError,
  type AgentLaunch,
  type AgentListener,
  type AgentRun,
  type AgentStarter,
  type PromptImage,
} from '../agents/contract.ts';
import type { Rest, TurnOutcome } from './session-machine.ts';
import { stopReasonOf } from './stop-reason.ts';

export interface LinkStart {
  /** @throws AgentError */
  readonly launch: () => Promise<AgentLaunch>;
  readonly directory: string;
  readonly resume: string | null;
  readonly modeId: string | null;
}

/** How the link tells its session what became of the process and of the turn. */
export interface LinkEvents {
  started(agentSessionId: string): void;
  startFailed(rest: Rest): void;
  turnOver(outcome: TurnOutcome, rest: Rest | null): void;
  ended(rest: Rest, stderrTail: string): void;
  stopped(): void;
}

/**
 * The one agent process of a session, at most one at a time. What a process of before says is not heard. No promise leaves this
 * file: everything comes back as an event.
 */
export interface AgentLink {
  start(options: LinkStart): void;
  /** Calls off a start, or ends the process. `stopped` follows once nothing is left, or `startFailed`. */
  stop(): void;
  prompt(text: string, images: readonly PromptImage[]): void;
  cancel(): void;
  /** `null`: no process runs; the mode is set at the next start. */
  setMode(modeId: string): Promise<void> | null;
  /** Resolves when no process is left, whatever state it is in. */
  gone(): Promise<void>;
}

/** What the session does with the agent's words; the link adds whether the process is still the present one. */
export type Heard = Omit<AgentListener, 'ended'>;

interface Attempt {
  readonly abort: AbortController;
  run: AgentRun | null;
  stopping: Promise<void> | null;
  ended: boolean;
  finished: Promise<void>;
}

export function createAgentLink(deps: {
  readonly starter: AgentStarter;
  readonly clock: Clock;
  readonly heard: Heard;
  readonly events: LinkEvents;
}): AgentLink {
  const { clock, heard, events } = deps;
  let current: Attempt | null = null;

  const notStarted = (message: string): Rest => ({
    kind: 'ended',
    why: 'not_started',
    code: null,
    signal: null,
    message,
    at: clock.now(),
  });
  const died = (code: number | null, signal: string | null, message: string): Rest => ({
    kind: 'ended',
    why: 'died',
    code,
    signal,
    message,
    at: clock.now(),
  });

  const listenerOf = (attempt: Attempt): AgentListener => {
    const present = (): boolean => current === attempt && !attempt.ended;
    return {
      text: (chunk) => void (present() && heard.text(chunk)),
      tool: (change) => void (present() && heard.tool(change)),
      plan: (plan) => void (present() && heard.plan(plan)),
      modes: (mode, available) => void (present() && heard.modes(mode, available)),
      commands: (commands) => void (present() && heard.commands(commands)),
      usage: (usage) => void (present() && heard.usage(usage)),
      title: (title) => void (present() && heard.title(title)),
      notice: (notice) => void (present() && heard.notice(notice)),
      unknown: (source, raw) => void (present() && heard.unknown(source, raw)),
      permission: (ask) => (present() ? heard.permission(ask) : Promise.resolve(null)),
      ended({ code, signal, stderrTail }) {
        if (!present()) return;
        attempt.ended = true;
        events.ended(died(code, signal, endMessage(code, signal)), stderrTail);
      },
    };
  };

  const begin = async (attempt: Attempt, options: LinkStart): Promise<void> => {
    try {
      const launch = await options.launch();
      if (!(await isDirectory(options.directory)))
        throw new AgentError(
          'did_not_start',
          `The directory ${options.directory} is not there. The agent was not started.`,
        );
      const run = await deps.starter.start(launch, {
        directory: options.directory,
        resume: options.resume,
        modeId: options.modeId,
        listener: listenerOf(attempt),
        signal: attempt.abort.signal,
      });
      attempt.run = run;
      events.started(run.agentSessionId);
    } catch (error) {
      attempt.ended = true;
      events.startFailed(
        error instanceof AgentError && error.kind === 'login'
          ? { kind: 'login_needed', message: error.message, at: clock.now() }
          : notStarted(reasonOf(error)),
      );
    }
  };

  const end = async (attempt: Attempt, run: AgentRun): Promise<void> => {
    try {
      await run.stop();
    } finally {
      // A starter whose run does not say that it ended must not leave the session waiting.
      if (current === attempt && !attempt.ended) {
        attempt.ended = true;
        events.ended(died(null, null, 'The agent process was ended.'), '');
      }
      if (current === attempt) events.stopped();
    }
  };

  return {
    start(options) {
      const attempt: Attempt = {
        abort: new AbortController(),
        run: null,
        stopping: null,
        ended: false,
        finished: Promise.resolve(),
      };
      current = attempt;
      attempt.finished = begin(attempt, options);
    },
    stop() {
      const attempt = current;
      if (attempt === null) {
        events.stopped();
      } else if (attempt.run === null) {
        attempt.abort.abort(new AgentError('ended', 'The start was called off.'));
        if (attempt.ended) events.stopped();
      } else if (attempt.stopping === null) {
        attempt.stopping = end(attempt, attempt.run).catch((error: unknown) => {
          heard.notice({
            level: 'error',
            text: 'The agent process could not be ended.',
            detail: reasonOf(error),
          });
        });
      } else {
        // A stop that is over already answers the one who asks again.
        void attempt.stopping.then(() => {
          if (current === attempt) events.stopped();
        });
      }
    },
    prompt(text, images) {
      const attempt = current;
      if (attempt === null || attempt.run === null) return;
      attempt.run.prompt(text, images).then(
        (reason) => {
          if (current === attempt) events.turnOver(stopReasonOf(reason), null);
        },
        (error: unknown) => {
          // The end of the process is told by the listener, after everything it said.
          if (current !== attempt || (error instanceof AgentError && error.kind === 'ended'))
            return;
          const kind = error instanceof AgentError ? error.kind : null;
          const login = kind === 'login';
          events.turnOver(
            {
              stopReason: 'agent_failed',
              message: reasonOf(error),
              prompt: login || kind === 'broken' ? 'interrupted' : 'answered',
            },
            login ? { kind: 'login_needed', message: reasonOf(error), at: clock.now() } : null,
          );
        },
      );
    },
    cancel() {
      current?.run?.cancel();
    },
    setMode(modeId) {
      const attempt = current;
      return attempt === null || attempt.run === null || attempt.ended
        ? null
        : attempt.run.setMode(modeId);
    },
    async gone() {
      const attempt = current;
      current = null;
      if (attempt === null) return;
      attempt.abort.abort(new AgentError('ended', 'The bridge stops.'));
      await attempt.finished;
      await attempt.run?.stop();
    },
  };
}

const endMessage = (code: number | null, signal: string | null): string =>
  `Agent process ended (${signal === null ? `code ${String(code ?? 'unknown')}` : signal}).`;

const isDirectory = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
