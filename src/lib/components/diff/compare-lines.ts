import { limits } from '#lib/domain/limits.ts';
import { diffLines, diffWordsWithSpace } from 'diff';
import {
  linesOf,
  newlineMissing,
  replacedText,
  type DiffLine,
  type DiffText,
  type Mark,
} from './diff-rows.ts';

/** Two lines that share less than this of their text are two lines, not a changed one. */
const likenessMin = 0.4;

/**
 * Compares two texts line by line (Myers, by the `diff` package) and marks what changed inside lines that were replaced.
 *
 * @param before `''` for a file that did not exist
 * @param options.timeoutMs after that everything counts as replaced (`matched` is false)
 */
export function compareLines(
  before: string,
  after: string,
  { timeoutMs }: { readonly timeoutMs: number },
): DiffText {
  const changes = diffLines(before, after, { timeout: timeoutMs });
  if (changes === undefined) return replacedText(before, after);
  // A carriage return is told where only one text has them; where both do, it is how their lines end.
  const isSameEnd = before.includes('\r\n') === after.includes('\r\n');
  const lines: DiffLine[] = [];
  let old = 0;
  let fresh = 0;
  for (const { value, added, removed } of changes)
    for (const line of linesOf(value)) {
      const text = isSameEnd && line.endsWith('\r') ? line.slice(0, -1) : line;
      if (removed) lines.push({ kind: 'removed', old: (old += 1), text, marks: [] });
      else if (added) lines.push({ kind: 'added', new: (fresh += 1), text, marks: [] });
      else lines.push({ kind: 'same', old: (old += 1), new: (fresh += 1), text });
    }
  return {
    lines: withMarks(lines),
    added: lines.filter((line) => line.kind === 'added').length,
    removed: lines.filter((line) => line.kind === 'removed').length,
    matched: true,
    noNewlineAtEnd: newlineMissing(before, after),
  };
}

/** Pairs removed lines with the added ones behind them, in order, and marks the words that differ. */
function withMarks(lines: readonly DiffLine[]): readonly DiffLine[] {
  const marked = [...lines];
  let pairs = 0;
  let index = 0;
  while (index < lines.length && pairs < limits.diffMarkedPairsMax) {
    if (lines[index]?.kind !== 'removed') {
      index += 1;
      continue;
    }
    const firstAdded = endOf(lines, index, 'removed');
    const end = endOf(lines, firstAdded, 'added');
    const count = Math.min(firstAdded - index, end - firstAdded);
    for (let offset = 0; offset < count; offset += 1) {
      const removed = lines[index + offset];
      const added = lines[firstAdded + offset];
      if (removed?.kind !== 'removed' || added?.kind !== 'added') continue;
      const marks = wordMarks(removed.text, added.text);
      if (marks === null) continue;
      marked[index + offset] = { ...removed, marks: marks.removed };
      marked[firstAdded + offset] = { ...added, marks: marks.added };
      pairs += 1;
    }
    index = Math.max(end, index + 1);
  }
  return marked;
}

function endOf(lines: readonly DiffLine[], from: number, kind: DiffLine['kind']): number {
  let end = from;
  while (lines[end]?.kind === kind) end += 1;
  return end;
}

function wordMarks(
  before: string,
  after: string,
): { readonly removed: readonly Mark[]; readonly added: readonly Mark[] } | null {
  if (Math.max(before.length, after.length) > limits.diffMarkedCharsMax) return null;
  const removed: Mark[] = [];
  const added: Mark[] = [];
  let old = 0;
  let fresh = 0;
  let common = 0;
  for (const part of diffWordsWithSpace(before, after)) {
    const { length } = part.value;
    if (part.removed) {
      removed.push([old, old + length]);
      old += length;
    } else if (part.added) {
      added.push([fresh, fresh + length]);
      fresh += length;
    } else {
      old += length;
      fresh += length;
      common += part.value.trim().length;
    }
  }
  const whole = Math.max(before.trim().length, after.trim().length, 1);
  return common / whole < likenessMin ? null : { removed, added };
}
