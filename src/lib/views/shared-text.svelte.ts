import { replacement, type SharedText, type TextMark } from '#lib/crdt/shared-text.ts';
import { observe } from './observe.svelte.ts';

/** A shared text as inputs need it: reactive, and edited relative to what was shown. */
export interface EditedText {
  readonly current: string;
  edit(before: string, after: string): void;
  mark(index: number): TextMark;
}

export function editedText(text: SharedText): EditedText {
  const observed = observe(text);
  return {
    get current() {
      return observed.current;
    },
    edit(before, after) {
      text.replace(merged(before, after, text.read()));
    },
    mark: (index) => text.mark(index),
  };
}

/**
 * What `base` becomes when one person made `mine` of it and others made `theirs`: both single replacements are kept. Where they
 * overlap, theirs stays and what I typed is put behind it, so that no letter of either is lost.
 */
export function merged(base: string, mine: string, theirs: string): string {
  if (base === theirs) return mine;
  const own = replacement(base, mine);
  const other = replacement(base, theirs);
  if (own === null) return theirs;
  if (other === null) return mine;
  const ownEnd = own.at + own.remove;
  const otherEnd = other.at + other.remove;
  const shift = other.insert.length - other.remove;
  if (ownEnd <= other.at) return spliced(theirs, own.at, own.remove, own.insert);
  if (own.at >= otherEnd) return spliced(theirs, own.at + shift, own.remove, own.insert);
  return spliced(theirs, other.at + other.insert.length, 0, own.insert);
}

const spliced = (text: string, at: number, remove: number, insert: string): string =>
  text.slice(0, at) + insert + text.slice(at + remove);
