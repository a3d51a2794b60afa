import {
  methods,
  type AgentContext,
  type RequestPermissionRequest,
  type SessionUpdate,
  type ToolCallContent,
  type ToolKind,
} from '@agentclientprotocol/sdk';
import { NotDone } from './workplace.ts';

/** Waits, and rejects as soon as `signal` is aborted. */
export type Wait = (ms: number, signal: AbortSignal) => Promise<void>;

/** What the playground agent may do without being asked. */
export type PlaygroundMode = 'ask' | 'auto' | 'read-only';

export interface TurnParts {
  readonly client: AgentContext;
  readonly sessionId: string;
  readonly signal: AbortSignal;
  readonly wait: Wait;
  /** Milliseconds from word to word. */
  readonly wordMs: number;
  readonly newId: () => string;
  /** The mode at this moment; it may be changed in the middle of a turn. */
  readonly mode: () => PlaygroundMode;
  /** Kinds of tool call that were always allowed in this session; grows here. */
  readonly allowed: Set<ToolKind>;
}

export interface ToolStart {
  readonly title: string;
  readonly kind: ToolKind;
  readonly path?: string;
  readonly line?: number;
  readonly content?: readonly ToolCallContent[];
  readonly rawInput?: Record<string, unknown>;
}

export interface ToolEnd {
  readonly status: 'completed' | 'failed';
  readonly content?: readonly ToolCallContent[];
  readonly rawOutput?: Record<string, unknown>;
}

export const textContent = (text: string): ToolCallContent => ({
  type: 'content',
  content: { type: 'text', text },
});

const permissionOptions = [
  { optionId: 'allow', name: 'Allow once', kind: 'allow_once' },
  { optionId: 'allow-always', name: 'Always allow', kind: 'allow_always' },
  { optionId: 'reject', name: 'Reject', kind: 'reject_once' },
] as const;

/** One turn of the playground agent as its client sees it. Everything in it ends at once when the turn is cancelled. */
export class Turn {
  readonly signal: AbortSignal;
  readonly wait: Wait;
  readonly #parts: TurnParts;

  constructor(parts: TurnParts) {
    this.signal = parts.signal;
    this.wait = parts.wait;
    this.#parts = parts;
  }

  async update(update: SessionUpdate): Promise<void> {
    const { client, sessionId } = this.#parts;
    await client.notify(methods.client.session.update, { sessionId, update });
  }

  async say(text: string): Promise<void> {
    await this.#stream('agent_message_chunk', text);
  }

  async think(text: string): Promise<void> {
    await this.#stream('agent_thought_chunk', text);
  }

  /**
   * Tells of a tool call from pending to its end. What `work` throws fails the call and goes on to the caller.
   *
   * @param leave whether the call changes something, so that the person is asked before `work` begins
   */
  async tool(
    start: ToolStart,
    leave: 'asks' | 'free',
    work: (report: (content: readonly ToolCallContent[]) => Promise<void>) => Promise<ToolEnd>,
  ): Promise<ToolEnd> {
    const toolCallId = this.#parts.newId();
    const { title, kind, path, line, content, rawInput } = start;
    await this.update({
      sessionUpdate: 'tool_call',
      toolCallId,
      title,
      kind,
      status: 'pending',
      ...(path !== undefined && { locations: [{ path, ...(line !== undefined && { line }) }] }),
      ...(content && { content: [...content] }),
      ...(rawInput && { rawInput }),
    });
    try {
      if (leave === 'asks') await this.#askLeave(toolCallId, start);
      await this.#toolUpdate(toolCallId, { status: 'in_progress' });
      await this.pause();
      const end = await work((more) => this.#toolUpdate(toolCallId, { content: more }));
      await this.#toolUpdate(toolCallId, end);
      return end;
    } catch (thrown) {
      const why = this.signal.aborted
        ? 'Stopped.'
        : thrown instanceof Error
          ? thrown.message
          : String(thrown);
      await this.#toolUpdate(toolCallId, {
        status: 'failed',
        content: [...(content ?? []), textContent(why)],
      });
      throw thrown;
    }
  }

  /** As long as a word takes, or until the turn is cancelled. */
  async pause(): Promise<void> {
    await this.wait(this.#parts.wordMs, this.signal);
  }

  async #askLeave(toolCallId: string, start: ToolStart): Promise<void> {
    const { allowed, client, sessionId } = this.#parts;
    const mode = this.#parts.mode();
    if (mode === 'auto' || allowed.has(start.kind)) return;
    if (mode === 'read-only') {
      throw new NotDone('This session is in the mode "Read only": I change nothing in it.');
    }
    const { title, kind, content, rawInput } = start;
    const request: RequestPermissionRequest = {
      sessionId,
      toolCall: {
        toolCallId,
        title,
        kind,
        ...(content && { content: [...content] }),
        ...(rawInput && { rawInput }),
      },
      options: [...permissionOptions],
    };
    const { outcome } = await client.request(methods.client.session.requestPermission, request, {
      cancellationSignal: this.signal,
    });
    this.signal.throwIfAborted();
    const answer = outcome.outcome === 'selected' ? outcome.optionId : 'reject';
    if (answer === 'allow-always') allowed.add(kind);
    else if (answer !== 'allow') throw new NotDone('You did not allow it.');
  }

  async #toolUpdate(
    toolCallId: string,
    change: { readonly status?: 'in_progress' | ToolEnd['status'] } & Partial<
      Omit<ToolEnd, 'status'>
    >,
  ): Promise<void> {
    const { status, content, rawOutput } = change;
    await this.update({
      sessionUpdate: 'tool_call_update',
      toolCallId,
      ...(status && { status }),
      ...(content && { content: [...content] }),
      ...(rawOutput && { rawOutput }),
    });
  }

  async #stream(
    sessionUpdate: 'agent_message_chunk' | 'agent_thought_chunk',
    text: string,
  ): Promise<void> {
    const messageId = this.#parts.newId();
    for (const word of text.match(/\s*\S+|\s+$/g) ?? []) {
      await this.pause();
      await this.update({ sessionUpdate, messageId, content: { type: 'text', text: word } });
    }
  }
}
