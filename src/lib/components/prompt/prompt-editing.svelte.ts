import type { Prompt } from '#lib/domain/prompt.ts';
import type { Conversation } from '#lib/views/conversation.svelte.ts';
import { createContext } from 'svelte';

/** The queued prompt that is open in an editor here; others see that it is, and the bridge holds it. */
export class PromptEditing {
  #prompt = $state.raw<Prompt | null>(null);
  text = $state('');
  readonly #conversation: Conversation;

  constructor(conversation: Conversation) {
    this.#conversation = conversation;
  }

  get prompt(): Prompt | null {
    return this.#prompt;
  }

  open(prompt: Prompt): void {
    this.#prompt = prompt;
    this.text = prompt.text;
    this.#conversation.presence.edit(prompt.id);
  }

  keep(): void {
    if (this.#prompt !== null) this.#conversation.prompts.keep(this.#prompt, this.text.trimEnd());
    this.leave();
  }

  leave(): void {
    this.#prompt = null;
    this.text = '';
    this.#conversation.presence.edit(null);
  }

  /** What became of the prompt while it was open. */
  get fate(): 'queued' | 'handed' | 'withdrawn' {
    const { prompts } = this.#conversation;
    const prompt = this.#prompt;
    if (prompt === null || prompts.queued.some((queued) => queued.prompt.id === prompt.id))
      return 'queued';
    return prompts.receiptOf(prompt.id) === null ? 'withdrawn' : 'handed';
  }
}

export const [getPromptEditing, setPromptEditing] = createContext<PromptEditing>();
