const selector = '[data-entry]';

export const entriesIn = (list: ParentNode): readonly HTMLElement[] => [
  ...list.querySelectorAll<HTMLElement>(selector),
];

/** Moves focus along the entries of a list; from outside of it to the one that is open, else to the first. */
export function focusEntry(list: ParentNode, step: 1 | -1): void {
  const entries = entriesIn(list);
  const at = entries.findIndex((entry) => entry === document.activeElement);
  const target =
    at < 0
      ? (entries.find((entry) => entry.hasAttribute('aria-current')) ?? entries[0])
      : entries[at + step];
  target?.focus();
  target?.scrollIntoView({ block: 'nearest' });
}

/** The entry that focus falls to when this one leaves the list. */
export function neighbourOf(list: ParentNode, id: string): string | null {
  const entries = entriesIn(list);
  const at = entries.findIndex((entry) => entry.dataset['entry'] === id);
  return (entries[at + 1] ?? entries[at - 1])?.dataset['entry'] ?? null;
}

export function focusEntryOf(list: ParentNode, id: string | null): void {
  entriesIn(list)
    .find((entry) => entry.dataset['entry'] === id)
    ?.focus();
}
