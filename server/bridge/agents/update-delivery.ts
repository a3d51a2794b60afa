import { limits } from '#lib/domain/limits.ts';
import type { SlashCommand } from '#lib/domain/session.ts';
import { blockText } from './content-text.ts';
import type { AgentListener } from './contract.ts';
import type { SessionModes } from './session-modes.ts';
import type { ToolCalls } from './tool-calls.ts';
import {
  updateKindSchema,
  updateParamsSchema,
  updateSchema,
  type Update,
} from './update-schemas.ts';
import { asTitle, cutAfter, withoutControls } from './visible-text.ts';

/**
 * What becomes of updates: `live` ones are told; while the agent replays a resumed session's history only what is true of the
 * session now is told, since the bridge's own record is the truth about the past.
 */
export type DeliveryPhase = 'live' | 'replay';

/** Translates `session/update` for the listener, one at a time and in order. */
export class UpdateDelivery {
  phase: DeliveryPhase = 'live';
  /** The one session of this run, once it is known; updates of another one are shown raw. */
  sessionId: string | null = null;
  readonly #listener: AgentListener;
  readonly #tools: ToolCalls;
  readonly #modes: SessionModes;
  #toldModes = '';

  constructor(listener: AgentListener, tools: ToolCalls, modes: SessionModes) {
    this.#listener = listener;
    this.#tools = tools;
    this.#modes = modes;
  }

  /** @param params those of a `session/update` notification, as they came */
  deliver(params: unknown): void {
    const addressed = updateParamsSchema.safeParse(params);
    const ours =
      addressed.success && (this.sessionId === null || addressed.data.sessionId === this.sessionId);
    if (!ours) {
      this.#raw('update for no session of ours', params);
      return;
    }
    const update = updateSchema.safeParse(addressed.data.update);
    if (update.success) this.#known(update.data);
    else this.#unknown(addressed.data.update);
  }

  /** Tells the listener the modes as they are now, unless it knows: an agent may announce what it was told. */
  tellModes(): void {
    const { current, available } = this.#modes;
    const told = JSON.stringify({ current, available });
    if (available.length === 0 || told === this.#toldModes) return;
    this.#toldModes = told;
    this.#listener.modes(current, available);
  }

  #known(update: Update): void {
    switch (update.sessionUpdate) {
      case 'user_message_chunk':
        return;
      case 'agent_message_chunk':
      case 'agent_thought_chunk':
        if (this.phase === 'replay') return;
        this.#listener.text({
          role: update.sessionUpdate === 'agent_message_chunk' ? 'answer' : 'thought',
          messageId: update.messageId ?? null,
          text: withoutControls(blockText(update.content)),
        });
        return;
      case 'tool_call':
      case 'tool_call_update': {
        const change = this.#tools.change(update);
        if (this.phase === 'live') this.#listener.tool(change);
        return;
      }
      case 'plan':
        if (this.phase === 'replay') return;
        this.#listener.plan(
          update.entries.map((entry) => ({ ...entry, content: withoutControls(entry.content) })),
        );
        return;
      case 'available_commands_update':
        this.#listener.commands(update.availableCommands.map(slashCommand));
        return;
      case 'current_mode_update':
        this.#modes.moved(update.currentModeId);
        this.tellModes();
        return;
      case 'config_option_update':
        this.#modes.configured(update.configOptions);
        this.tellModes();
        return;
      case 'session_info_update':
        if (typeof update.title !== 'string') return;
        this.#listener.title(asTitle(update.title, limits.titleCharsMax));
        return;
      case 'usage_update':
        this.#listener.usage({ used: update.used, size: update.size });
        return;
      case 'notice':
        if (this.phase === 'replay') return;
        this.#listener.notice({
          level: levelOf(update.severity),
          text: asTitle(update.title, limits.agentTitleCharsMax),
          detail:
            typeof update.description === 'string' ? withoutControls(update.description) : null,
        });
        return;
    }
  }

  #unknown(update: unknown): void {
    if (this.phase === 'replay') return;
    const kind = updateKindSchema.safeParse(update).data?.sessionUpdate ?? 'update without a kind';
    this.#raw(kind, update);
  }

  #raw(source: string, value: unknown): void {
    this.#listener.unknown(
      asTitle(source, 100),
      cutAfter(withoutControls(JSON.stringify(value ?? null)), limits.agentRawCharsMax),
    );
  }
}

const slashCommand = (command: {
  readonly name: string;
  readonly description?: string | null | undefined;
  readonly input?: { readonly hint?: string | null | undefined } | null | undefined;
}): SlashCommand => ({
  name: asTitle(command.name, 100),
  description: asTitle(command.description ?? '', limits.agentTitleCharsMax),
  hint: typeof command.input?.hint === 'string' ? asTitle(command.input.hint, 200) : null,
});

function levelOf(severity: string): 'info' | 'warning' | 'error' {
  if (severity === 'warning' || severity === 'error') return severity;
  return 'info';
}
