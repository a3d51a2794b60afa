import type * as Y from 'yjs';
import { permissionRequestSchema, type PermissionRequest } from '#lib/domain/permission.ts';
import { operationSchema, type Operation } from '#lib/domain/operation.ts';
import { receiptSchema, type Receipt } from '#lib/domain/prompt.ts';
import { personInfoSchema, type PersonInfo } from '#lib/domain/device.ts';
import { sessionStateSchema, type SessionState } from '#lib/domain/session.ts';
import { foreignEntries, type ForeignEntry } from './foreign-entries.ts';
import {
  classify,
  derived,
  observed,
  plainEntries,
  putPlain,
  valuesOf,
  type Entry,
} from './plain-values.ts';
import type { Source } from './source.ts';

/**
 * Room `state/<session>`: what the bridge says about one session. Root map `state` (one key per field of
 * {@link SessionState}), root maps `permissions`, `receipts`, `operations`, `people` (id → plain value).
 */
export interface StateDocument {
  /** A field as last written; `null` while this device has none, or one that a newer version wrote. */
  field<K extends keyof SessionState>(key: K): Source<SessionState[K] | null>;
  /** Oldest first; open ones have no outcome. */
  readonly permissions: Source<readonly PermissionRequest[]>;
  readonly receipts: Source<ReadonlyMap<string, Receipt>>;
  readonly operations: Source<readonly Operation[]>;
  readonly people: Source<readonly PersonInfo[]>;
  /** What a newer version of the bridge said, or what cannot be read; single fields among it. */
  readonly foreign: Source<readonly ForeignEntry[]>;
}

export function stateDocument(doc: Y.Doc): StateDocument {
  const state = doc.getMap<unknown>('state');
  const permissionEntries = plainEntries(
    doc.getMap<unknown>('permissions'),
    permissionRequestSchema,
  );
  const receiptEntries = plainEntries(doc.getMap<unknown>('receipts'), receiptSchema);
  const operationEntries = plainEntries(doc.getMap<unknown>('operations'), operationSchema);
  const peopleEntries = plainEntries(doc.getMap<unknown>('people'), personInfoSchema);
  return {
    field<K extends keyof SessionState>(key: K): Source<SessionState[K] | null> {
      const raw: Source<unknown> = {
        read: () => state.get(key),
        subscribe: (listener) => observed(state, listener),
      };
      return derived([raw], () => parseField(key, state.get(key)));
    },
    permissions: derived([permissionEntries], () =>
      valuesOf(permissionEntries.read()).sort(
        (a, b) => a.askedAt - b.askedAt || (a.id < b.id ? -1 : 1),
      ),
    ),
    receipts: derived(
      [receiptEntries],
      () => new Map(valuesOf(receiptEntries.read()).map((receipt) => [receipt.promptId, receipt])),
    ),
    operations: derived([operationEntries], () =>
      valuesOf(operationEntries.read()).sort((a, b) => b.number - a.number),
    ),
    people: derived([peopleEntries], () => valuesOf(peopleEntries.read())),
    foreign: foreignEntries({
      state: fieldEntries(state),
      permissions: permissionEntries,
      receipts: receiptEntries,
      operations: operationEntries,
      people: peopleEntries,
    }),
  };
}

/** The fields that this version knows, classified; others are a newer version's own business. */
function fieldEntries(state: Y.Map<unknown>): Source<readonly Entry<unknown>[]> {
  let entries: readonly Entry<unknown>[] | null = null;
  state.observe(() => {
    entries = null;
  });
  return {
    read: () =>
      (entries ??= Object.entries(sessionStateSchema.shape).flatMap(([key, schema]) =>
        state.has(key) ? [classify(schema, key, state.get(key))] : [],
      )),
    subscribe: (listener) => observed(state, listener),
  };
}

function parseField<K extends keyof SessionState>(key: K, raw: unknown): SessionState[K] | null {
  const parsed = sessionStateSchema.shape[key].safeParse(raw);
  // The schema under `key` yields exactly SessionState[K]; TypeScript does not follow an index through a mapped shape.
  return parsed.success ? (parsed.data as SessionState[K]) : null;
}

export const stateMaps = ['permissions', 'receipts', 'operations', 'people'] as const;

/** Replaces one field; the bridge's hand only. */
export function putState<K extends keyof SessionState>(
  doc: Y.Doc,
  key: K,
  value: SessionState[K],
): void {
  putPlain(doc.getMap<unknown>('state'), key, value);
}

/** Writes or, with `null`, removes one entry of a map beside the fields; the bridge's hand only. */
export function putInStateDocument(
  doc: Y.Doc,
  map: (typeof stateMaps)[number],
  key: string,
  value: object | null,
): void {
  putPlain(doc.getMap<unknown>(map), key, value);
}

/** The receipts of a state room, read once. */
export function receiptsOf(doc: Y.Doc): ReadonlyMap<string, Receipt> {
  return stateDocument(doc).receipts.read();
}
