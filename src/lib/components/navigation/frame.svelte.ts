import { createContext } from 'svelte';
import { MediaQuery } from 'svelte/reactivity';
import type { PreferencesView } from '#lib/views/preferences.svelte.ts';

/** What of the frame is open: beside the content where there is room, over it where there is none. */
export class Frame {
  readonly #preferences: PreferencesView;
  readonly #beside = new MediaQuery('min-width: 1024px');
  readonly #panelBeside = new MediaQuery('min-width: 1280px');
  #over = $state<'none' | 'sidebar'>('none');

  constructor(preferences: PreferencesView) {
    this.#preferences = preferences;
  }

  /** Whether the sidebar has a column of its own when it is open. */
  get sidebarBeside(): boolean {
    return this.#beside.current;
  }

  get sidebarOpen(): boolean {
    return this.#beside.current ? this.#preferences.sidebarOpen : this.#over === 'sidebar';
  }

  set sidebarOpen(open: boolean) {
    if (this.#beside.current) this.#preferences.sidebarOpen = open;
    else this.#over = open ? 'sidebar' : 'none';
  }

  /** Whether the session's panel has a column of its own when it is open. */
  get panelBeside(): boolean {
    return this.#panelBeside.current;
  }

  /** After going somewhere: what lies over the content goes away. */
  uncover(): void {
    this.#over = 'none';
  }
}

export const [getFrame, setFrame] = createContext<Frame>();
