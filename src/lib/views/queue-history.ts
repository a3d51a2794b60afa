import type { SessionId } from '#lib/domain/ids.ts';
import type { QueueLine } from './queue-line.ts';

/** What of the history is shown. */
export interface HistoryFilter {
  /** Each word has to occur, in whatever case. */
  readonly words: string;
  readonly sessionId: SessionId | null;
  /** A kind of command, or one that only a newer bridge knows. */
  readonly kind: string | null;
}

export const wholeHistory: HistoryFilter = { words: '', sessionId: null, kind: null };

/** @param titleOf a session's title, which is looked through, too */
export function filteredHistory(
  lines: readonly QueueLine[],
  filter: HistoryFilter,
  titleOf: (session: SessionId) => string,
): readonly QueueLine[] {
  const words = filter.words.toLocaleLowerCase().split(/\s+/u).filter(Boolean);
  return lines.filter((line) => {
    if (filter.sessionId !== null && line.sessionId !== filter.sessionId) return false;
    if (filter.kind !== null && line.kind !== filter.kind) return false;
    if (words.length === 0) return true;
    const text = searched(line, titleOf);
    return words.every((word) => text.includes(word));
  });
}

/** What can be chosen: the sessions and kinds that occur, each once, in order of their first line. */
export function historyChoices(lines: readonly QueueLine[]): {
  readonly sessions: readonly SessionId[];
  readonly kinds: readonly string[];
} {
  return {
    sessions: [...new Set(lines.flatMap(({ sessionId }) => sessionId ?? []))],
    kinds: [...new Set(lines.map(({ kind }) => kind))],
  };
}

function searched(line: QueueLine, titleOf: (session: SessionId) => string): string {
  const { author, kind, message, number, sessionId, summary } = line;
  return [
    summary,
    number === null ? '' : `#${String(number)}`,
    kind,
    author.person,
    author.device,
    message ?? '',
    sessionId === null ? '' : titleOf(sessionId),
  ]
    .join('\n')
    .toLocaleLowerCase();
}

/** The day of a moment by the calendar of this device; equal for moments of one day. */
export const dayOf = (at: number): string => new Date(at).toDateString();
