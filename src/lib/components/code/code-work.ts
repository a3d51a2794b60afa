import type { DiffText } from '../diff/diff-rows.ts';
import type { Language } from './languages.ts';
import type { LineSpans } from './spans.ts';

/** What the code worker is asked, and what it answers under the same number. */
export type CodeJob =
  | {
      readonly id: number;
      readonly kind: 'color';
      readonly code: string;
      readonly language: Language;
    }
  | { readonly id: number; readonly kind: 'diff'; readonly before: string; readonly after: string };

export type CodeResult =
  /** What the job needs is there, and the work begins: from now on it is bounded. */
  | { readonly id: number; readonly kind: 'begun' }
  | { readonly id: number; readonly kind: 'color'; readonly lines: readonly LineSpans[] }
  | { readonly id: number; readonly kind: 'diff'; readonly diff: DiffText }
  | { readonly id: number; readonly kind: 'failed'; readonly why: string };
