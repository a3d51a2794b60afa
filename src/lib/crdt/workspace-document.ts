import type * as Y from 'yjs';
import type { SessionId } from '#lib/domain/ids.ts';
import { foreignEntries, type ForeignEntry } from './foreign-entries.ts';
import { LocalEdit } from './origins.ts';
import { observed, versionOf, type Entry } from './plain-values.ts';
import type { Source } from './source.ts';

/** What people say about a session; a missing value means that nobody said anything. */
export interface SessionLabels {
  readonly title: string | null;
  readonly pinned: boolean;
  readonly archived: boolean;
}

const unlabelled: SessionLabels = { title: null, pinned: false, archived: false };

/** Room `workspace`. Root map `sessions`: `<session>/title`, `<session>/pinned`, `<session>/archived`, each a key of its own. */
export interface WorkspaceDocument {
  readonly sessions: Source<ReadonlyMap<string, SessionLabels>>;
  /** Labels that a newer version gave another form, or that cannot be read. */
  readonly foreign: Source<readonly ForeignEntry[]>;
  rename(session: SessionId, title: string): void;
  pin(session: SessionId, pinned: boolean): void;
  archive(session: SessionId, archived: boolean): void;
}

export function workspaceDocument(doc: Y.Doc): WorkspaceDocument {
  const root = doc.getMap<unknown>('sessions');
  let labels: ReadonlyMap<string, SessionLabels> | null = null;
  root.observe(() => {
    labels = null;
  });
  const set = (session: SessionId, field: string, value: unknown): void => {
    const title = root.get(`${session}/title`);
    doc.transact(
      () => root.set(`${session}/${field}`, value),
      new LocalEdit({
        kind: 'session',
        entity: session,
        text: typeof title === 'string' ? title : '',
      }),
    );
  };
  return {
    sessions: {
      read: () => (labels ??= readLabels(root)),
      subscribe: (listener) => observed(root, listener),
    },
    foreign: foreignEntries({ sessions: labelEntries(root) }),
    rename: (session, title) => {
      set(session, 'title', title);
    },
    pin: (session, pinned) => {
      set(session, 'pinned', pinned);
    },
    archive: (session, archived) => {
      set(session, 'archived', archived);
    },
  };
}

const formOf: Readonly<Record<string, string>> = {
  title: 'string',
  pinned: 'boolean',
  archived: 'boolean',
};

/** The labels that this version knows, classified; others are a newer version's own business. */
function labelEntries(root: Y.Map<unknown>): Source<readonly Entry<unknown>[]> {
  let entries: readonly Entry<unknown>[] | null = null;
  root.observe(() => {
    entries = null;
  });
  return {
    read: () => (entries ??= [...root].map(([key, value]) => labelEntry(key, value))),
    subscribe: (listener) => observed(root, listener),
  };
}

function labelEntry(key: string, raw: unknown): Entry<unknown> {
  const form = formOf[key.split('/')[1] ?? ''];
  if (form === undefined || typeof raw === form) return { kind: 'value', key, value: raw };
  const v = versionOf(raw);
  return v === null ? { kind: 'unreadable', key, raw } : { kind: 'newer', key, v, raw };
}

function readLabels(root: Y.Map<unknown>): ReadonlyMap<string, SessionLabels> {
  const found = new Map<string, SessionLabels>();
  for (const [key, value] of root) {
    const [session, field] = key.split('/');
    if (session === undefined) continue;
    const known = found.get(session) ?? unlabelled;
    if (field === 'title' && typeof value === 'string')
      found.set(session, { ...known, title: value });
    if (field === 'pinned') found.set(session, { ...known, pinned: value === true });
    if (field === 'archived') found.set(session, { ...known, archived: value === true });
  }
  return found;
}
