import type { Parsed, Schema } from '#lib/domain/schema.ts';
import type * as Y from 'yjs';
import type { Source } from './source.ts';

/** An entry as found: readable, written by a newer version of Rejoin, or not of the expected shape. None is ever dropped. */
export type Entry<T> =
  | { readonly kind: 'value'; readonly key: string; readonly value: T }
  | { readonly kind: 'newer'; readonly key: string; readonly v: number; readonly raw: unknown }
  | { readonly kind: 'unreadable'; readonly key: string; readonly raw: unknown };

/** Classifies one stored value by its schema and its version stamp `v`; `known` is the newest version we read. */
export function classify<S extends Schema>(
  schema: S,
  key: string,
  raw: unknown,
  known = 1,
): Entry<Parsed<S>> {
  const v = versionOf(raw);
  if (v !== null && v > known) return { kind: 'newer', key, v, raw };
  const parsed = schema.safeParse(raw);
  return parsed.success
    ? { kind: 'value', key, value: parsed.data }
    : { kind: 'unreadable', key, raw };
}

/** The version stamp of a plain value; `null` where it has none. */
export function versionOf(raw: unknown): number | null {
  if (typeof raw !== 'object' || raw === null || !('v' in raw)) return null;
  return typeof raw.v === 'number' ? raw.v : null;
}

/** All entries of a root map of plain values, parsed once per change of their key. */
export function plainEntries<S extends Schema>(
  map: Y.Map<unknown>,
  schema: S,
): Source<readonly Entry<Parsed<S>>[]> {
  const parsed = new Map<string, { readonly raw: unknown; readonly entry: Entry<Parsed<S>> }>();
  let all: readonly Entry<Parsed<S>>[] | null = null;
  const forget = (): void => {
    all = null;
  };
  map.observe(forget);
  return {
    read() {
      if (all !== null) return all;
      const entries: Entry<Parsed<S>>[] = [];
      for (const [key, raw] of map) {
        const known = parsed.get(key);
        const entry =
          known !== undefined && known.raw === raw ? known.entry : classify(schema, key, raw);
        parsed.set(key, { raw, entry });
        entries.push(entry);
      }
      for (const key of parsed.keys()) if (!map.has(key)) parsed.delete(key);
      all = entries;
      return entries;
    },
    subscribe: (listener) => observed(map, listener),
  };
}

/** The readable ones among entries. */
export function valuesOf<T>(entries: readonly Entry<T>[]): T[] {
  return entries.flatMap((entry) => (entry.kind === 'value' ? [entry.value] : []));
}

/** What every shared type offers, without the type of its events. */
interface Observable {
  observe(listener: () => void): void;
  unobserve(listener: () => void): void;
}

/** Subscribes to a shared type itself, not to what is nested in it. */
export function observed(type: Observable, listener: () => void): () => void {
  // A function of its own for each subscription: Yjs keeps listeners in a list and removes by identity.
  const handler = (): void => {
    listener();
  };
  type.observe(handler);
  return () => {
    type.unobserve(handler);
  };
}

/** A source computed from others; computed again only after one of them changed. */
export function derived<T>(inputs: readonly Source<unknown>[], compute: () => T): Source<T> {
  let seen: readonly unknown[] | null = null;
  let value: { readonly of: T } | null = null;
  return {
    read() {
      const now = inputs.map((input) => input.read());
      if (value === null || seen === null || now.some((input, index) => input !== seen?.[index])) {
        seen = now;
        value = { of: compute() };
      }
      return value.of;
    },
    subscribe(listener) {
      const ends = inputs.map((input) => input.subscribe(listener));
      return () => {
        for (const end of ends) end();
      };
    },
  };
}

/**
 * Replaces or, with `null`, removes one plain value. An equal one is left alone: every write stays in the document's history,
 * and the bridge says all it knows again at each start.
 */
export function putPlain(map: Y.Map<unknown>, key: string, value: unknown): void {
  if (value === null) {
    if (map.has(key)) map.delete(key);
  } else if (JSON.stringify(map.get(key)) !== JSON.stringify(value)) {
    map.set(key, value);
  }
}
