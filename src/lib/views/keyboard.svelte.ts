import { createContext, untrack } from 'svelte';

/** Where a key works, in the order of the list of keys. */
export const keyScopes = [
  'anywhere',
  'composer',
  'permission',
  'transcript',
  'queue',
  'tasks',
] as const;
export type KeyScope = (typeof keyScopes)[number];

/**
 * A key and what it does. `keys` is one chord (`Mod+K`, `?`, `Alt+ArrowUp`) or two keys in a row (`g t`); `Mod` is ⌘ on Apple's
 * systems and Ctrl elsewhere.
 */
export interface KeyBinding {
  readonly keys: string;
  /** What it does, for the list of keys. */
  readonly label: string;
  readonly run: (event: KeyboardEvent) => void;
  /** Asked when the key is pressed; a binding that does not apply lets the key through. */
  readonly when?: () => boolean;
}

interface Registration {
  readonly scope: KeyScope;
  readonly bindings: readonly KeyBinding[];
  /** Keys of a scope work only while focus is in its region; without one, everywhere. */
  readonly within: (() => HTMLElement | null) | null;
}

/** A second key counts as the rest of a sequence only so long after the first. */
const sequenceMs = 1200;

/**
 * All keys of the app. Components register theirs while they are there; the root layout feeds it the window's key presses.
 * Letters without a modifier are off while text is edited, and by a setting.
 */
export class Keyboard {
  #registrations = $state.raw<readonly Registration[]>([]);
  readonly #letters: () => boolean;
  readonly #apple: boolean;
  #first: { readonly key: string; readonly at: number } | null = null;

  /** @param letters whether keys without a modifier are on */
  constructor(options: { readonly letters: () => boolean; readonly apple: boolean }) {
    this.#letters = options.letters;
    this.#apple = options.apple;
  }

  /** @returns ends the registration; give it back from an `$effect` */
  register(
    scope: KeyScope,
    bindings: readonly KeyBinding[],
    within: (() => HTMLElement | null) | null = null,
  ): () => void {
    const registration: Registration = { scope, bindings, within };
    // Registering is a write: the effect that does it is not one of the list's readers.
    this.#registrations = untrack(() => [...this.#registrations, registration]);
    return () => {
      this.#registrations = untrack(() =>
        this.#registrations.filter((one) => one !== registration),
      );
    };
  }

  /** What works now, by scope. */
  get listed(): readonly { readonly scope: KeyScope; readonly bindings: readonly KeyBinding[] }[] {
    return keyScopes.flatMap((scope) => {
      const bindings = this.#registrations
        .filter((one) => one.scope === scope)
        .flatMap((one) => one.bindings);
      return bindings.length === 0 ? [] : [{ scope, bindings }];
    });
  }

  /** A chord as people read it: "⌘K", "Ctrl K", "g t". */
  shown(keys: string): string {
    return shownKeys(keys, this.#apple);
  }

  /** Handles one key press of the window; the latest registration that wants it gets it. */
  press(event: KeyboardEvent): void {
    // During a composition every key belongs to the input method.
    if (event.defaultPrevented || event.isComposing || event.keyCode === 229) return;
    const chord = chordOf(event, this.#apple);
    if (chord === null) return;
    const modified = event.metaKey || event.ctrlKey || event.altKey;
    const plainLetter = !modified && event.key.length === 1;
    if (plainLetter && (!this.#letters() || editsText(event.target))) {
      this.#first = null;
      return;
    }
    const sequence =
      this.#first !== null && event.timeStamp - this.#first.at < sequenceMs
        ? `${this.#first.key} ${chord}`
        : null;
    this.#first = null;
    for (const wanted of sequence === null ? [chord] : [sequence, chord]) {
      const binding = this.#find(wanted, event.target);
      if (binding === null) continue;
      event.preventDefault();
      binding.run(event);
      return;
    }
    if (plainLetter && this.#begins(chord)) this.#first = { key: chord, at: event.timeStamp };
  }

  #find(keys: string, target: EventTarget | null): KeyBinding | null {
    for (const { bindings, within } of this.#registrations.toReversed()) {
      if (within !== null && !(target instanceof Node && within()?.contains(target) === true))
        continue;
      const found = bindings.find((one) => one.keys === keys && (one.when?.() ?? true));
      if (found !== undefined) return found;
    }
    return null;
  }

  #begins(chord: string): boolean {
    return this.#registrations.some(({ bindings }) =>
      bindings.some(({ keys }) => keys.startsWith(`${chord} `)),
    );
  }
}

/** The chord of a key press as bindings write it; `null` for a modifier alone. */
export function chordOf(event: KeyboardEvent, apple: boolean): string | null {
  if (['Shift', 'Control', 'Alt', 'Meta', 'Dead', 'CapsLock'].includes(event.key)) return null;
  const printed = event.key.length === 1;
  const mod = apple ? event.metaKey : event.ctrlKey;
  const parts = [
    mod ? 'Mod' : null,
    apple && event.ctrlKey ? 'Ctrl' : null,
    event.altKey ? 'Alt' : null,
    // The shift of a printed character is in the character: "?" is "?".
    event.shiftKey && (!printed || mod || event.altKey) ? 'Shift' : null,
    keyName(event, printed && (mod || event.altKey)),
  ];
  return parts.filter((part) => part !== null).join('+');
}

function keyName(event: KeyboardEvent, chorded: boolean): string {
  if (!chorded) return event.key === ' ' ? 'Space' : event.key;
  // With ⌥ the character is another one on most layouts; letters and digits are named by their place then.
  const named = /^(?:Key|Digit)([A-Z0-9])$/.exec(event.code);
  return event.altKey && named?.[1] !== undefined ? named[1] : event.key.toUpperCase();
}

const signs: Readonly<Record<string, readonly [apple: string, other: string]>> = {
  Mod: ['⌘', 'Ctrl'],
  Alt: ['⌥', 'Alt'],
  Shift: ['⇧', 'Shift'],
  Enter: ['↵', '↵'],
  Escape: ['esc', 'Esc'],
  ArrowUp: ['↑', '↑'],
  ArrowDown: ['↓', '↓'],
  ArrowLeft: ['←', '←'],
  ArrowRight: ['→', '→'],
};

function shownKeys(keys: string, apple: boolean): string {
  return keys
    .split(' ')
    .map((chord) =>
      // "+" itself is a key: split between parts only.
      chord
        .split(/\+(?=.)/u)
        .map((part) => signs[part]?.[apple ? 0 : 1] ?? part)
        .join(apple ? '' : ' '),
    )
    .join(' ');
}

/** Whether typing at this place writes text. */
export function editsText(target: EventTarget | null): boolean {
  if (target === null || !(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true;
  if (target instanceof HTMLSelectElement) return true;
  return (
    target instanceof HTMLInputElement &&
    !['button', 'checkbox', 'radio', 'range', 'submit', 'reset', 'color', 'file'].includes(
      target.type,
    )
  );
}

export const [getKeyboard, setKeyboard] = createContext<Keyboard>();
