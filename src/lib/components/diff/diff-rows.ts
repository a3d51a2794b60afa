/** From and to (exclusive) in a line's text, in UTF-16 units. */
export type Mark = readonly [from: number, to: number];

/** A line of a comparison. Line numbers count from 1, each in its own text. */
export type DiffLine =
  | { readonly kind: 'same'; readonly old: number; readonly new: number; readonly text: string }
  | {
      readonly kind: 'removed';
      readonly old: number;
      readonly text: string;
      readonly marks: readonly Mark[];
    }
  | {
      readonly kind: 'added';
      readonly new: number;
      readonly text: string;
      readonly marks: readonly Mark[];
    };

/** Two texts, compared line by line. */
export interface DiffText {
  readonly lines: readonly DiffLine[];
  readonly added: number;
  readonly removed: number;
  /** False when they differ too much to be matched in time: then all of one is removed and all of the other added. */
  readonly matched: boolean;
  /** A text that does not end in a newline, where the other does. */
  readonly noNewlineAtEnd: 'old' | 'new' | null;
}

/** Both texts without any matching: all of one removed, all of the other added. */
export function replacedText(before: string, after: string): DiffText {
  const old = linesOf(before);
  const fresh = linesOf(after);
  const lines: DiffLine[] = [
    ...old.map((text, index) => ({ kind: 'removed', old: index + 1, text, marks: [] }) as const),
    ...fresh.map((text, index) => ({ kind: 'added', new: index + 1, text, marks: [] }) as const),
  ];
  const counts = { added: fresh.length, removed: old.length };
  return { lines, ...counts, matched: false, noNewlineAtEnd: newlineMissing(before, after) };
}

/** Lines without their ends; a newline at the end begins no further line. */
export function linesOf(text: string): string[] {
  if (text === '') return [];
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

export function newlineMissing(before: string, after: string): DiffText['noNewlineAtEnd'] {
  if (before === '' || after === '' || before.endsWith('\n') === after.endsWith('\n')) return null;
  return before.endsWith('\n') ? 'new' : 'old';
}

/** A row as shown: a line, or a place where unchanged lines are left out. */
export type DiffRow =
  DiffLine | { readonly kind: 'gap'; readonly from: number; readonly count: number };

/** Unchanged lines shown around a change. */
const contextLines = 3;
/** Fewer than these are not worth a fold. */
const gapMin = 4;

/**
 * Leaves out what is far from any change.
 *
 * @param opened indexes of lines at which a gap begins that a person opened
 */
export function foldUnchanged(
  lines: readonly DiffLine[],
  opened: ReadonlySet<number> = new Set(),
): readonly DiffRow[] {
  const rows: DiffRow[] = [];
  let index = 0;
  while (index < lines.length) {
    const line = lines[index];
    if (line === undefined) break;
    if (line.kind !== 'same') {
      rows.push(line);
      index += 1;
      continue;
    }
    const end = endOfUnchanged(lines, index);
    const from = index === 0 ? 0 : index + contextLines;
    const to = end === lines.length ? end : end - contextLines;
    if (to - from >= gapMin && !opened.has(from)) {
      rows.push(...lines.slice(index, from), { kind: 'gap', from, count: to - from });
      rows.push(...lines.slice(to, end));
    } else rows.push(...lines.slice(index, end));
    index = end;
  }
  return rows;
}

function endOfUnchanged(lines: readonly DiffLine[], from: number): number {
  let end = from;
  while (lines[end]?.kind === 'same') end += 1;
  return end;
}

/** A line's text cut at the ends of its marks and of its coloured spans. */
export function cutLine<K>(
  spans: readonly { readonly text: string; readonly kind: K }[],
  marks: readonly Mark[],
): readonly { readonly text: string; readonly kind: K; readonly marked: boolean }[] {
  const cut: { text: string; kind: K; marked: boolean }[] = [];
  let at = 0;
  for (const { text, kind } of spans) {
    const end = at + text.length;
    const bounds = [
      at,
      ...marks.flatMap((mark) => mark.filter((bound) => bound > at && bound < end)),
      end,
    ];
    for (let index = 0; index + 1 < bounds.length; index += 1) {
      const from = bounds[index] ?? at;
      const to = bounds[index + 1] ?? end;
      const marked = marks.some(([start, stop]) => from >= start && to <= stop);
      if (to > from) cut.push({ text: text.slice(from - at, to - at), kind, marked });
    }
    at = end;
  }
  return cut;
}
