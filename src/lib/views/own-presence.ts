import type { PromptId } from '#lib/domain/ids.ts';
import type { Presence, PresenceState } from '#lib/sync/contract.ts';

type Typing = PresenceState['typing'];

/** What others in the session see of this device: what it types, and which queued prompt it has open. */
export class OwnPresence {
  readonly #presence: Presence;
  #typing: Typing = null;
  #editing: PromptId | null = null;

  constructor(presence: Presence) {
    this.#presence = presence;
  }

  type(typing: Typing): void {
    if (this.#typing === typing) return;
    this.#typing = typing;
    this.#tell();
  }

  /** The bridge holds the prompt for as long as it is open here. */
  edit(prompt: PromptId | null): void {
    if (this.#editing === prompt) return;
    this.#editing = prompt;
    this.#tell();
  }

  leave(): void {
    this.#typing = null;
    this.#editing = null;
    this.#tell();
  }

  #tell(): void {
    this.#presence.set({ typing: this.#typing, editing: this.#editing });
  }
}
