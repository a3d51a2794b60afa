import * as Y from 'yjs';
import { observed } from './plain-values.ts';
import type { Source } from './source.ts';

/** A text that several people may edit at once, and where a caret stands in it. Components use it without knowing Yjs. */
export interface SharedText extends Source<string> {
  /** Makes the text equal to `next` by the smallest single replacement, so that edits elsewhere in it survive. */
  replace(next: string): void;
  /** A place that moves with the text around it; `null` when it is gone. */
  mark(index: number): TextMark;
}

export interface TextMark {
  /** Where the place is now. */
  index(): number;
}

/**
 * @param text a Y.Text that is part of a document
 * @param edit wraps the change in a transaction with the origin that names it
 */
export function sharedText(text: Y.Text, edit: (change: () => void) => void): SharedText {
  let value: string | null = null;
  text.observe(() => {
    value = null;
  });
  const read = (): string => (value ??= text.toString());
  return {
    read,
    subscribe: (listener) => observed(text, listener),
    replace(next) {
      const change = replacement(read(), next);
      if (change === null) return;
      edit(() => {
        if (change.remove > 0) text.delete(change.at, change.remove);
        if (change.insert !== '') text.insert(change.at, change.insert);
      });
    },
    mark(index) {
      const position = Y.createRelativePositionFromTypeIndex(text, index);
      return {
        index() {
          const doc = text.doc;
          if (doc === null) return index;
          return Y.createAbsolutePositionFromRelativePosition(position, doc)?.index ?? text.length;
        },
      };
    },
  };
}

/**
 * The smallest replacement of one run that turns `before` into `after`: common start and end are kept.
 * Never cuts a surrogate pair in two.
 *
 * @returns `null` when both are equal
 */
export function replacement(
  before: string,
  after: string,
): { readonly at: number; readonly remove: number; readonly insert: string } | null {
  if (before === after) return null;
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start += 1;
  if (start > 0 && isHighSurrogate(before.charCodeAt(start - 1))) start -= 1;
  let end = 0;
  while (
    end < shorter - start &&
    before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)
  )
    end += 1;
  if (end > 0 && isLowSurrogate(before.charCodeAt(before.length - end))) end -= 1;
  return {
    at: start,
    remove: before.length - end - start,
    insert: after.slice(start, after.length - end),
  };
}

const isHighSurrogate = (code: number): boolean => code >= 0xd800 && code <= 0xdbff;
const isLowSurrogate = (code: number): boolean => code >= 0xdc00 && code <= 0xdfff;
