import { limits } from '#lib/domain/limits.ts';
import type { AgentMode } from '#lib/domain/session.ts';
import { askingMode, judged, type OfferedMode } from './mode-judgement.ts';
import type { Opened } from './handshake-schemas.ts';
import { modeOptionSchema, type ModesOnWire } from './update-schemas.ts';
import { asTitle } from './visible-text.ts';

/** How a mode is set: by the session's modes, or by the option that took their place in later agents. */
export type ModeSwitch =
  | { readonly by: 'set_mode'; readonly modeId: string }
  | { readonly by: 'set_config_option'; readonly configId: string; readonly value: string };

interface ModeOption {
  readonly configId: string;
  readonly current: string;
  readonly offered: readonly OfferedMode[];
}

/** The modes of a session, from both ways in which agents offer them; the configuration option comes first when there is one. */
export class SessionModes {
  readonly #program: string;
  #modes: { readonly current: string; readonly offered: readonly OfferedMode[] } | null = null;
  #option: ModeOption | null = null;

  /** @param program the name of the agent's program, without its directory */
  constructor(program: string) {
    this.#program = program;
  }

  opened(answer: Opened): void {
    if (answer.modes) this.#modes = modesFrom(answer.modes);
    if (answer.configOptions) this.configured(answer.configOptions);
  }

  configured(options: readonly unknown[]): void {
    this.#option = modeOptionIn(options);
  }

  /** The agent, or we, changed the mode. */
  moved(modeId: string): void {
    if (this.#modes) this.#modes = { ...this.#modes, current: modeId };
    if (this.#option?.offered.some((mode) => mode.id === modeId) === true) {
      this.#option = { ...this.#option, current: modeId };
    }
  }

  get current(): string | null {
    return this.#option?.current ?? this.#modes?.current ?? null;
  }

  get available(): readonly AgentMode[] {
    return this.#offered.map((mode) => judged(mode, this.#program));
  }

  /** The mode to start in: the one wished for when it is offered, else the one that asks; `null` when there is neither. */
  startingWith(wished: string | null): string | null {
    const offered = this.#offered;
    if (wished !== null && offered.some((mode) => mode.id === wished)) return wished;
    return askingMode(offered)?.id ?? null;
  }

  switchTo(modeId: string): ModeSwitch | null {
    if (!this.#offered.some((mode) => mode.id === modeId)) return null;
    return this.#option
      ? { by: 'set_config_option', configId: this.#option.configId, value: modeId }
      : { by: 'set_mode', modeId };
  }

  get #offered(): readonly OfferedMode[] {
    return this.#option?.offered ?? this.#modes?.offered ?? [];
  }
}

const modesFrom = (modes: ModesOnWire) => ({
  current: modes.currentModeId,
  offered: modes.availableModes.map((mode) => offeredMode(mode.id, mode.name, mode.description)),
});

function modeOptionIn(options: readonly unknown[]): ModeOption | null {
  for (const given of options) {
    const option = modeOptionSchema.safeParse(given).data;
    if (option === undefined) continue;
    const choices = option.options.flatMap((entry) => ('options' in entry ? entry.options : entry));
    return {
      configId: option.id,
      current: option.currentValue,
      offered: choices.map((choice) => offeredMode(choice.value, choice.name, choice.description)),
    };
  }
  return null;
}

const offeredMode = (
  id: string,
  name: string,
  description: string | null | undefined,
): OfferedMode => ({
  id,
  name: asTitle(name, limits.agentTitleCharsMax),
  description:
    typeof description === 'string' ? asTitle(description, limits.agentTitleCharsMax) : null,
});
