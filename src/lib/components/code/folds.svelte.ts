import { createContext } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';

/**
 * What is open and what is folded in a conversation, by key: rows leave the page while they are out of sight, and come back as
 * they were. Nothing here changes but by a person's hand.
 */
export class Folds {
  readonly #open = new SvelteMap<string, boolean>();

  isOpen(key: string, otherwise: boolean): boolean {
    return this.#open.get(key) ?? otherwise;
  }

  set(key: string, open: boolean): void {
    this.#open.set(key, open);
  }

  /** @returns false when nothing of that key was ever shown as something to fold */
  toggle(key: string): boolean {
    const known = this.#open.get(key);
    if (known === undefined) return false;
    this.#open.set(key, !known);
    return true;
  }

  /** Says that there is something to fold, and how it stands before anybody touched it. */
  offer(key: string, open: boolean): void {
    if (!this.#open.has(key)) this.#open.set(key, open);
  }
}

export const [getFolds, setFolds] = createContext<Folds>();
