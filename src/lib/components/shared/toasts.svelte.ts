import { createContext } from 'svelte';

/** Something that was done and can be undone; the only thing a toast is for. */
export interface Undoable {
  readonly text: string;
  /** "Undo", or a verb that says more. */
  readonly label: string;
  readonly undo: () => void;
}

/** At most one offer to undo at a time: the newest. */
export class Toasts {
  #shown = $state.raw<Undoable | null>(null);

  get shown(): Undoable | null {
    return this.#shown;
  }

  offerUndo(undoable: Undoable): void {
    this.#shown = undoable;
  }

  close(): void {
    this.#shown = null;
  }
}

export const [getToasts, setToasts] = createContext<Toasts>();
