import type { AgentId, Sha256 } from '#lib/domain/ids.ts';
import type { DiffPreview, PermissionOption } from '#lib/domain/permission.ts';
import type { Plan } from '#lib/domain/plan.ts';
import type { AgentMode, SlashCommand } from '#lib/domain/session.ts';

/** A started agent process speaking ACP, with one session in it. */
export interface AgentRun {
  /** The agent's own id for its history; given back at the next start to resume it, when it can. */
  readonly agentSessionId: string;
  /**
   * Hands over one prompt. Updates of the turn arrive through {@link AgentListener} before this resolves.
   * Never called while another prompt is under way.
   *
   * @returns ACP's stop reason, as the agent gave it
   * @throws AgentError
   */
  prompt(text: string, images: readonly PromptImage[]): Promise<string>;
  /** Asks the agent to stop its turn; open permission requests are answered "cancelled" first. */
  cancel(): void;
  /** @throws AgentError when the agent refuses the mode */
  setMode(modeId: string): Promise<void>;
  /** Ends the process and its group: asked first, killed after `limits.agentStopGraceMs`. Resolves when nothing is left. */
  stop(): Promise<void>;
}

export interface PromptImage {
  readonly sha256: Sha256;
  readonly mimeType: string;
  readonly bytes: Uint8Array;
}

/** What an agent says, in order, translated from ACP v1 once and here. Called one at a time; a slow listener holds the rest back. */
export interface AgentListener {
  text(chunk: {
    readonly role: 'answer' | 'thought';
    readonly messageId: string | null;
    readonly text: string;
  }): void;
  /** A tool call or a change of one: given fields replace, whichever comes first. */
  tool(change: ToolChange): void;
  plan(plan: Plan): void;
  modes(current: string | null, available: readonly AgentMode[]): void;
  commands(commands: readonly SlashCommand[]): void;
  usage(usage: { readonly used: number; readonly size: number }): void;
  title(title: string): void;
  notice(notice: {
    readonly level: 'info' | 'warning' | 'error';
    readonly text: string;
    readonly detail: string | null;
  }): void;
  /** An update of a kind we do not know, raw. */
  unknown(source: string, raw: string): void;
  /** A request for leave. Resolves with the chosen option, or `null` for cancelled. */
  permission(ask: PermissionAsk): Promise<{ readonly optionId: string } | null>;
  /** The process ended by itself or was killed. Called once, after everything else; never when `start` threw. */
  ended(end: {
    readonly code: number | null;
    readonly signal: string | null;
    readonly stderrTail: string;
  }): void;
}

/**
 * What an agent said of a tool call, with its text made safe to show: no escape sequences or control characters in titles
 * and output; in `command`, `directory` and paths they are written out as `\u{…}`. Paths inside the session's directory are
 * relative to it, others are as the agent gave them.
 */
export interface ToolChange {
  readonly toolCallId: string;
  readonly title?: string;
  readonly toolKind?: string;
  readonly status?: 'pending' | 'in_progress' | 'completed' | 'failed';
  /** The whole command line of an `execute` call; arguments given apart are quoted as for a POSIX shell. */
  readonly command?: string;
  /** The absolute path where the command runs, when the agent names it; otherwise it is the session's directory. */
  readonly directory?: string;
  readonly locations?: readonly { readonly path: string; readonly line: number | null }[];
  readonly diffs?: readonly DiffPreview[];
  /** Text output so far; replaces what was known. */
  readonly output?: string;
  readonly exitCode?: number;
  /** Indented JSON, cut after `limits.agentRawCharsMax` characters, which it then says. */
  readonly rawInput?: string;
}

export interface PermissionAsk {
  /** All that is known of the tool call at the moment of the request: its earlier changes and what the request adds. */
  readonly tool: ToolChange;
  readonly options: readonly PermissionOption[];
  /** Aborted when the agent withdraws the request or ends. */
  readonly signal: AbortSignal;
}

/** How an agent is started. `env` holds the whole environment of the process (an allow-list of ours plus the agent's own). */
export interface AgentLaunch {
  readonly agentId: AgentId;
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface StartOptions {
  readonly directory: string;
  /** Resume this history when the agent can; a replay is swallowed, since the bridge's own record is the truth. */
  readonly resume: string | null;
  /** The mode to set after every start and resume; `null`: the one that asks first, when the agent has one. */
  readonly modeId: string | null;
  readonly listener: AgentListener;
  readonly signal: AbortSignal;
}

/** @throws AgentError from `start` */
export interface AgentStarter {
  start(launch: AgentLaunch, options: StartOptions): Promise<AgentRun>;
}

/**
 * Why an agent did not do what was asked. `login`: `message` says what to run in a terminal. `broken`: its output could not be
 * read any further, so its process was ended.
 */
export type AgentErrorKind =
  'not_found' | 'did_not_start' | 'login' | 'protocol' | 'broken' | 'ended' | 'refused';

export class AgentError extends Error {
  readonly kind: AgentErrorKind;

  constructor(kind: AgentErrorKind, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'AgentError';
    this.kind = kind;
  }
}
