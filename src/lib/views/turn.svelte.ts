import { isUndelivered, type OutboxEntry } from '#lib/domain/outbox.ts';
import type { ConnectionState } from '#lib/domain/connection.ts';
import { limits } from '#lib/domain/limits.ts';
import type { AgentMode, RunState, SessionInfo } from '#lib/domain/session.ts';
import type { Outbox, RoomExchange, Workspace } from '#lib/sync/contract.ts';
import { sourceOf, type SessionDocuments } from './documents.ts';
import { observe, type Observed } from './observe.svelte.ts';

/** How long ago the agent's process may have spoken last before that is said. */
const quietMs = limits.noProgressMs;

/** What can be said about a session's agent now. Without a connection: what was known, and of when. */
export type TurnStanding =
  | { readonly kind: 'unknown' }
  | { readonly kind: 'was'; readonly run: RunState; readonly asOf: number | null }
  | {
      readonly kind: 'running';
      readonly turn: number;
      readonly elapsedMs: number;
      /** `null` while it speaks. */
      readonly quietMs: number | null;
      readonly stopping: boolean;
    }
  | { readonly kind: 'now'; readonly run: Exclude<RunState, { kind: 'running' }> };

/** The mode that was asked for here and did not reach the bridge yet. */
export interface AskedMode {
  readonly mode: AgentMode | null;
  readonly undelivered: boolean;
}

/** The agent of one session: what it does now, and what this device may tell it to do. */
export class TurnView {
  readonly #session: SessionDocuments;
  readonly #outbox: Outbox;
  readonly #run: Observed<RunState | null>;
  readonly #info: Observed<SessionInfo | null>;
  readonly #mode: Observed<{
    readonly current: string | null;
    readonly available: readonly AgentMode[];
  } | null>;
  readonly #usage: Observed<{ readonly used: number; readonly size: number } | null>;
  readonly #connection: Observed<ConnectionState>;
  readonly #exchange: Observed<RoomExchange>;
  readonly #entries: Observed<readonly OutboxEntry[]>;

  constructor(workspace: Workspace, session: SessionDocuments) {
    const { state } = session;
    this.#session = session;
    this.#outbox = workspace.outbox;
    this.#run = observe(sourceOf(state, (document) => document.field('run')));
    this.#info = observe(sourceOf(state, (document) => document.field('info')));
    this.#mode = observe(sourceOf(state, (document) => document.field('mode')));
    this.#usage = observe(sourceOf(state, (document) => document.field('usage')));
    this.#connection = observe(workspace.connection);
    this.#exchange = observe(state.replica.exchange);
    this.#entries = observe(workspace.outbox.entries);
  }

  get online(): boolean {
    return this.#connection.current.kind === 'online';
  }

  get run(): RunState | null {
    return this.#run.current;
  }

  get info(): SessionInfo | null {
    return this.#info.current;
  }

  /** Until when what is shown is known to be so; `null` while connected, or when it never was. */
  get asOf(): number | null {
    const exchange = this.#exchange.current;
    return exchange.kind === 'held' ? exchange.asOf : null;
  }

  /** Whether a turn goes on, as far as is known. */
  get isRunning(): boolean {
    return this.#run.current?.kind === 'running';
  }

  /** @param now the present, so that a reader of a ticking clock is brought up to date */
  standing(now: number): TurnStanding {
    const run = this.#run.current;
    if (run === null) return { kind: 'unknown' };
    if (!this.online) return { kind: 'was', run, asOf: this.asOf };
    if (run.kind !== 'running') return { kind: 'now', run };
    const quiet = now - run.progressAt;
    return {
      kind: 'running',
      turn: run.turn,
      elapsedMs: Math.max(0, now - run.since),
      quietMs: quiet >= quietMs ? quiet : null,
      stopping: run.stopping || this.stopAsked !== null,
    };
  }

  /** This device's request to stop the present turn; `null` when there is none. */
  get stopAsked(): { readonly undelivered: boolean } | null {
    const run = this.#run.current;
    if (run?.kind !== 'running') return null;
    const entry = this.#entries.current.find(
      ({ command, state, operationState }) =>
        command.kind === 'turn.cancel' &&
        command.params.turnId === run.turnId &&
        state !== 'refused' &&
        (state !== 'settled' || operationState === 'done'),
    );
    return entry === undefined ? null : { undelivered: isUndelivered(entry) };
  }

  /** Used share of the agent's context, 0 to 1; `null` when the agent does not say. */
  get contextUsed(): number | null {
    const usage = this.#usage.current;
    return usage === null || usage.size <= 0 ? null : usage.used / usage.size;
  }

  get modes(): readonly AgentMode[] {
    return this.#mode.current?.available ?? [];
  }

  get mode(): AgentMode | null {
    const mode = this.#mode.current;
    return mode?.available.find((one) => one.id === mode.current) ?? null;
  }

  get askedMode(): AskedMode | null {
    const entry = this.#entries.current.findLast(
      ({ command, state }) =>
        command.kind === 'mode.set' &&
        command.sessionId === this.#session.sessionId &&
        state !== 'refused' &&
        state !== 'settled',
    );
    if (entry?.command.kind !== 'mode.set') return null;
    const { modeId } = entry.command.params;
    return {
      mode: this.modes.find((mode) => mode.id === modeId) ?? null,
      undelivered: isUndelivered(entry),
    };
  }

  /** Asks the bridge to stop the present turn; does nothing without one, or when it was asked already. */
  async stop(summary: string): Promise<void> {
    const run = this.#run.current;
    if (run?.kind !== 'running' || this.stopAsked !== null) return;
    await this.#outbox.send('turn.cancel', {
      sessionId: this.#session.sessionId,
      params: { turnId: run.turnId },
      summary,
    });
  }

  async setMode(mode: AgentMode, summary: string): Promise<void> {
    await this.#outbox.send('mode.set', {
      sessionId: this.#session.sessionId,
      params: { modeId: mode.id },
      summary,
    });
  }

  /** Starts the agent's process anew in this session. */
  async resume(summary: string): Promise<void> {
    await this.#outbox.send('session.start', {
      sessionId: this.#session.sessionId,
      params: {},
      summary,
    });
  }

  /** This device's request to start the agent that has no outcome yet. */
  get resumeAsked(): { readonly undelivered: boolean } | null {
    const entry = this.#entries.current.findLast(
      ({ command, state }) =>
        command.kind === 'session.start' &&
        command.sessionId === this.#session.sessionId &&
        state !== 'refused' &&
        state !== 'settled',
    );
    return entry === undefined ? null : { undelivered: isUndelivered(entry) };
  }
}
