import { generateJitteredKeyBetween, generateKeyBetween } from 'fractional-indexing-jittered';

/**
 * A fractional index between two neighbours, with jitter, so that two devices that insert at one place while apart get two keys.
 *
 * Equal or crossed neighbours (possible after a merge) count as "after the first", and one that is no fractional index (another
 * program wrote it) as none: the entry still gets a place.
 */
export function rankBetween(before: string | null, after: string | null): string {
  const low = before !== null && isRank(before) ? before : null;
  const high = after !== null && isRank(after) ? after : null;
  if (low !== null && high !== null && low >= high) return generateJitteredKeyBetween(low, null);
  return generateJitteredKeyBetween(low, high);
}

/** A fractional index behind all of them, in rank order. */
export function rankBehind(entries: readonly { readonly rank: string }[]): string {
  return rankBetween(entries.findLast(({ rank }) => isRank(rank))?.rank ?? null, null);
}

function isRank(text: string): boolean {
  try {
    generateKeyBetween(text, null);
    return true;
  } catch {
    return false;
  }
}

/** Order by rank, then by a hash of the id, so that equal ranks have one order on all devices and no author comes first. */
export function byRank<T extends { readonly id: string; readonly rank: string }>(
  a: T,
  b: T,
): number {
  if (a.rank !== b.rank) return a.rank < b.rank ? -1 : 1;
  return textHash(a.id) - textHash(b.id) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** FNV-1a, 32 bits (Fowler, Noll, Vo): spreads ids; nothing rests on its strength. */
export function textHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash ^= text.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
}
