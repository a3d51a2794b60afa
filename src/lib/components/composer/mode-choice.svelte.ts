import { transcriptTexts as texts } from '#lib/components/messages/transcript.ts';
import type { MenuEntries } from '#lib/components/shared/menu-entry.ts';
import type { AgentMode } from '#lib/domain/session.ts';
import type { Conversation } from '#lib/views/conversation.svelte.ts';

/** Changing the agent's mode. One in which it does not ask is confirmed first. */
export class ModeChoice {
  readonly #conversation: Conversation;
  #unconfirmed = $state.raw<AgentMode | null>(null);

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
  }

  /** The mode that waits for a person to say that it is meant. */
  get unconfirmed(): AgentMode | null {
    return this.#unconfirmed;
  }

  get mayChange(): boolean {
    return this.#conversation.may('mode.set');
  }

  choose(mode: AgentMode): void {
    const { turn } = this.#conversation;
    if (!this.mayChange || mode.id === (turn.askedMode?.mode ?? turn.mode)?.id) return;
    if (mode.asks) void turn.setMode(mode, texts.modeSummary(mode.name));
    else this.#unconfirmed = mode;
  }

  confirm(): void {
    const mode = this.#unconfirmed;
    this.#unconfirmed = null;
    if (mode !== null) void this.#conversation.turn.setMode(mode, texts.modeSummary(mode.name));
  }

  decline(): void {
    this.#unconfirmed = null;
  }

  /** The mode after the present one, around at the end. */
  next(): void {
    const { modes, mode, askedMode } = this.#conversation.turn;
    const at = modes.findIndex((one) => one.id === (askedMode?.mode ?? mode)?.id);
    const next = modes[(at + 1) % Math.max(1, modes.length)];
    if (next !== undefined) this.choose(next);
  }

  get entries(): MenuEntries {
    const { turn, identity } = this.#conversation;
    return [
      turn.modes.map((mode) => ({
        label: mode.name,
        ...(mode.description === null ? {} : { note: mode.description }),
        chosen: mode.id === turn.mode?.id,
        blocked: this.mayChange ? null : texts.mayNot(identity.me.role),
        run: () => {
          this.choose(mode);
        },
      })),
    ];
  }

  /** What the chip says: the mode that holds, or the one that was asked for. */
  get words(): string | null {
    const { mode, askedMode } = this.#conversation.turn;
    if (askedMode?.mode !== null && askedMode?.mode !== undefined)
      return askedMode.undelivered
        ? texts.modeAsked(askedMode.mode.name)
        : texts.modeChanging(askedMode.mode.name);
    return mode?.name ?? null;
  }
}
