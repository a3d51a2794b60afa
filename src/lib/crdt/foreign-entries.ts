import * as Y from 'yjs';
import { derived, type Entry } from './plain-values.ts';
import type { Source } from './source.ts';

/** An entry that this version has no form for. It stays in the document as it is; people are told of it and may look at it. */
export interface ForeignEntry {
  /** The root map that it is in. */
  readonly where: string;
  readonly key: string;
  /** The version it was written for; `null`: of no shape that any version had. */
  readonly v: number | null;
  /** Plain values, nested types as what they hold. */
  readonly raw: unknown;
}

/** What of these root maps cannot be read, by their names. */
export function foreignEntries(
  maps: Readonly<Record<string, Source<readonly Entry<unknown>[]>>>,
): Source<readonly ForeignEntry[]> {
  return derived(Object.values(maps), () =>
    Object.entries(maps).flatMap(([where, entries]) =>
      entries.read().flatMap((entry) => foreignEntry(where, entry)),
    ),
  );
}

function foreignEntry(where: string, entry: Entry<unknown>): readonly ForeignEntry[] {
  if (entry.kind === 'value') return [];
  const { key, raw } = entry;
  return [{ where, key, v: entry.kind === 'newer' ? entry.v : null, raw: plain(raw) }];
}

const plain = (raw: unknown): unknown => (raw instanceof Y.AbstractType ? raw.toJSON() : raw);
