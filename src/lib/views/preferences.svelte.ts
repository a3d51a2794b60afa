import { createContext } from 'svelte';
import type { Preferences } from '#lib/sync/contract.ts';
import { observe, type Observed } from './observe.svelte.ts';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

/** Text sizes and their factors on the root font size. */
export const textSizes = { small: 0.9, normal: 1, large: 1.15, larger: 1.3 } as const;
export type TextSize = keyof typeof textSizes;

export const motions = ['system', 'reduced'] as const;
export type Motion = (typeof motions)[number];

const isTextSize = (value: string | null): value is TextSize =>
  value !== null && value in textSizes;

/** Settings of this browser; values that are missing or of another version count as the default. */
export class PreferencesView {
  readonly #preferences: Preferences;
  readonly #theme: Observed<string | null>;
  readonly #textSize: Observed<string | null>;
  readonly #motion: Observed<string | null>;
  readonly #letters: Observed<string | null>;
  readonly #sidebar: Observed<string | null>;
  readonly #panel: Observed<string | null>;
  readonly #lastSession: Observed<string | null>;

  constructor(preferences: Preferences) {
    this.#preferences = preferences;
    this.#theme = observe(preferences.get('theme'));
    this.#textSize = observe(preferences.get('textSize'));
    this.#motion = observe(preferences.get('motion'));
    this.#letters = observe(preferences.get('singleLetterKeys'));
    this.#sidebar = observe(preferences.get('sidebar'));
    this.#panel = observe(preferences.get('panel'));
    this.#lastSession = observe(preferences.get('lastSession'));
  }

  get theme(): Theme {
    return themes.find((theme) => theme === this.#theme.current) ?? 'system';
  }

  set theme(theme: Theme) {
    this.#preferences.set('theme', theme);
  }

  get textSize(): TextSize {
    const value = this.#textSize.current;
    return isTextSize(value) ? value : 'normal';
  }

  set textSize(size: TextSize) {
    this.#preferences.set('textSize', size);
  }

  get motion(): Motion {
    return this.#motion.current === 'reduced' ? 'reduced' : 'system';
  }

  set motion(motion: Motion) {
    this.#preferences.set('motion', motion);
  }

  /** Whether keys without a modifier are on. */
  get singleLetterKeys(): boolean {
    return this.#letters.current !== 'off';
  }

  set singleLetterKeys(on: boolean) {
    this.#preferences.set('singleLetterKeys', on ? 'on' : 'off');
  }

  get sidebarOpen(): boolean {
    return this.#sidebar.current !== 'closed';
  }

  set sidebarOpen(open: boolean) {
    this.#preferences.set('sidebar', open ? 'open' : 'closed');
  }

  get panelOpen(): boolean {
    return this.#panel.current !== 'closed';
  }

  set panelOpen(open: boolean) {
    this.#preferences.set('panel', open ? 'open' : 'closed');
  }

  /** The session that was open last in this browser, for `/`. */
  get lastSession(): string | null {
    return this.#lastSession.current;
  }

  set lastSession(id: string | null) {
    this.#preferences.set('lastSession', id);
  }
}

export const [getPreferences, setPreferences] = createContext<PreferencesView>();
