import type { RequestPermissionResponse } from '@agentclientprotocol/sdk';
import { limits } from '#lib/domain/limits.ts';
import { optionKindSchema, type PermissionOption } from '#lib/domain/permission.ts';
import type { AgentListener } from './contract.ts';
import type { ToolCalls } from './tool-calls.ts';
import { permissionParamsSchema } from './update-schemas.ts';
import { asTitle } from './visible-text.ts';

const cancelled: RequestPermissionResponse = { outcome: { outcome: 'cancelled' } };

interface OpenRequest {
  readonly answer: Promise<RequestPermissionResponse>;
  withdraw(): void;
}

/**
 * The agent's requests for leave. Each is put to the listener when it comes, in its place among the updates; the connection
 * then waits here for what to answer.
 */
export class Permissions {
  readonly #listener: AgentListener;
  readonly #tools: ToolCalls;
  readonly #open = new Map<string, OpenRequest>();
  #stopping = false;

  constructor(listener: AgentListener, tools: ToolCalls) {
    this.#listener = listener;
    this.#tools = tools;
  }

  /** A turn begins: requests are put to people again. */
  turnBegins(): void {
    this.#stopping = false;
  }

  /** Cancels what is open and, until the next turn, what still comes. */
  cancelAll(): void {
    this.#stopping = true;
    for (const request of this.#open.values()) request.withdraw();
  }

  /** @param key names the request among those of this connection */
  arrived(key: string, params: unknown): void {
    const asked = permissionParamsSchema.safeParse(params);
    if (!asked.success) return;
    const options = asked.data.options.flatMap(shownOption);
    if (options.length === 0) return;
    const change = this.#tools.change(asked.data.toolCall);
    if (Object.keys(change).length > 1) this.#listener.tool(change);
    this.#open.set(key, this.#refused() ?? this.#ask(change.toolCallId, options));
  }

  /** The answer to a request that {@link arrived}, or `null` when it could not be read. */
  async answer(key: string, signal: AbortSignal): Promise<RequestPermissionResponse | null> {
    const request = this.#open.get(key);
    if (!request) return null;
    const withdraw = (): void => {
      request.withdraw();
    };
    if (signal.aborted) withdraw();
    signal.addEventListener('abort', withdraw, { once: true });
    try {
      return await request.answer;
    } finally {
      signal.removeEventListener('abort', withdraw);
      this.#open.delete(key);
    }
  }

  #refused(): OpenRequest | null {
    const full = this.#open.size >= limits.openPermissionsMax;
    if (full) {
      this.#listener.notice({
        level: 'warning',
        text: `The agent asked for more than ${String(limits.openPermissionsMax)} permissions at once; this one was cancelled.`,
        detail: null,
      });
    }
    return full || this.#stopping
      ? { answer: Promise.resolve(cancelled), withdraw: () => undefined }
      : null;
  }

  #ask(toolCallId: string, options: readonly PermissionOption[]): OpenRequest {
    const withdrawn = new AbortController();
    const gone = Promise.withResolvers<RequestPermissionResponse>();
    const chosen = this.#listener
      .permission({ tool: this.#tools.known(toolCallId), options, signal: withdrawn.signal })
      .then((choice): RequestPermissionResponse =>
        choice === null
          ? cancelled
          : { outcome: { outcome: 'selected', optionId: choice.optionId } },
      );
    return {
      answer: Promise.race([gone.promise, chosen]),
      withdraw: () => {
        gone.resolve(cancelled);
        withdrawn.abort();
      },
    };
  }
}

/** An option of a kind that we do not know cannot be shown for what it does; it is not offered. */
function shownOption(option: {
  readonly optionId: string;
  readonly name: string;
  readonly kind: string;
}): PermissionOption[] {
  const kind = optionKindSchema.safeParse(option.kind);
  if (!kind.success) return [];
  return [
    {
      optionId: option.optionId,
      name: asTitle(option.name, limits.agentTitleCharsMax),
      kind: kind.data,
    },
  ];
}
