/** A candidate and how well it fits; higher is better. */
interface Ranked<T> {
  readonly candidate: T;
  readonly score: number;
}

/**
 * How well a query fits a text as a subsequence of it: runs, beginnings of words and of the last path segment count for more,
 * length counts against. @returns `null` when its letters are not there in this order
 */
export function fuzzyScore(query: string, text: string): number | null {
  const wanted = query.toLowerCase();
  const within = text.toLowerCase();
  const lastSegment = text.lastIndexOf('/') + 1;
  let score = 0;
  let at = -1;
  for (const letter of wanted) {
    const found = within.indexOf(letter, at + 1);
    if (found === -1) return null;
    const before = text.charAt(found - 1);
    if (found === at + 1) score += 5;
    if (found === 0 || /[/\-_. ]/u.test(before)) score += 4;
    if (found >= lastSegment) score += 2;
    at = found;
  }
  const whole = within.indexOf(wanted, lastSegment);
  if (whole !== -1) score += 10 + (whole === lastSegment ? 10 : 0);
  return score - text.length / 50;
}

/** The best candidates first; of equal ones in the given order. An empty query takes the first ones. */
export function fuzzyRank<T>(
  query: string,
  candidates: readonly T[],
  { textOf, max }: { readonly textOf: (candidate: T) => string; readonly max: number },
): readonly T[] {
  if (query === '') return candidates.slice(0, max);
  const ranked: Ranked<T>[] = [];
  for (const candidate of candidates) {
    const score = fuzzyScore(query, textOf(candidate));
    if (score !== null) ranked.push({ candidate, score });
  }
  return ranked
    .sort((a, b) => b.score - a.score)
    .slice(0, max)
    .map(({ candidate }) => candidate);
}
