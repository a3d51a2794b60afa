import type * as Y from 'yjs';
import { attachmentSchema, type Attachment } from '#lib/domain/attachment.ts';
import type { SessionId } from '#lib/domain/ids.ts';
import { LocalEdit } from './origins.ts';
import { observed } from './plain-values.ts';
import { sharedText, type SharedText } from './shared-text.ts';
import type { Source } from './source.ts';

/**
 * Room `person/<id>`: one person's drafts, read marks and preferences, on all their devices and nobody else's.
 * Root texts `draft/<session>` (the composer), root maps `draftIds`, `draftFiles`, `read`, `preferences`.
 */
export interface PersonDocument {
  draft(session: SessionId | 'new'): SharedText;
  /** The id that the draft's prompt will have; made with its first letter, so that two devices that send it make one prompt. */
  draftId(session: SessionId | 'new'): Source<string | null>;
  setDraftId(session: SessionId | 'new', id: string | null): void;
  /** The files of the draft, by session. */
  attachments(session: SessionId | 'new'): Source<readonly Attachment[]>;
  setAttachments(session: SessionId | 'new', files: readonly Attachment[]): void;
  /** Sequence number of the newest item that was seen in a session. */
  readonly readMarks: Source<ReadonlyMap<string, number>>;
  markRead(session: SessionId, seq: number): void;
  preference(name: string): Source<string | null>;
  setPreference(name: string, value: string | null): void;
}

export function personDocument(doc: Y.Doc): PersonDocument {
  const draftIds = doc.getMap<unknown>('draftIds');
  const draftFiles = doc.getMap<unknown>('draftFiles');
  const readMap = doc.getMap<unknown>('read');
  const preferences = doc.getMap<unknown>('preferences');
  let marks: ReadonlyMap<string, number> | null = null;
  readMap.observe(() => {
    marks = null;
  });
  return {
    draft(session) {
      const text = doc.getText(`draft/${session}`);
      return sharedText(text, (change) => {
        doc.transact(
          change,
          new LocalEdit({ kind: 'draft', entity: `draft ${session}`, text: text.toString() }),
        );
      });
    },
    draftId: (session) => textKey(draftIds, session),
    setDraftId(session, id) {
      doc.transact(
        () => draftIds.set(session, id),
        new LocalEdit({ kind: 'draft', entity: `draft ${session}`, text: '' }),
      );
    },
    attachments(session) {
      let known: { raw: unknown; files: readonly Attachment[] } | null = null;
      return {
        read() {
          const raw = draftFiles.get(session);
          if (known === null || known.raw !== raw)
            known = {
              raw,
              files: filesIn(raw).flatMap(({ file }) => (file === null ? [] : [file])),
            };
          return known.files;
        },
        subscribe: (listener) => observed(draftFiles, listener),
      };
    },
    setAttachments(session, files) {
      doc.transact(
        () => draftFiles.set(session, [...files, ...foreignFiles(draftFiles.get(session))]),
        new LocalEdit({ kind: 'draft', entity: `draft ${session}`, text: '' }),
      );
    },
    readMarks: {
      read: () =>
        (marks ??= new Map(
          [...readMap].flatMap(([key, seq]) =>
            typeof seq === 'number' ? [[key, seq] as const] : [],
          ),
        )),
      subscribe: (listener) => observed(readMap, listener),
    },
    markRead(session, seq) {
      const known = readMap.get(session);
      if (typeof known === 'number' && known >= seq) return;
      doc.transact(
        () => readMap.set(session, seq),
        new LocalEdit({ kind: 'mark', entity: `read ${session}`, text: '' }),
      );
    },
    preference: (name) => textKey(preferences, name),
    setPreference(name, value) {
      doc.transact(
        () => preferences.set(name, value),
        new LocalEdit({ kind: 'preference', entity: name, text: name }),
      );
    },
  };
}

/** The files of a draft as found; `file` is null for one that a newer version put there. */
function filesIn(
  raw: unknown,
): readonly { readonly raw: unknown; readonly file: Attachment | null }[] {
  if (raw === undefined || raw === null) return [];
  const all: readonly unknown[] = Array.isArray(raw) ? raw : [raw];
  return all.map((one) => ({ raw: one, file: attachmentSchema.safeParse(one).data ?? null }));
}

const foreignFiles = (raw: unknown): readonly unknown[] =>
  filesIn(raw).flatMap((one) => (one.file === null ? [one.raw] : []));

function textKey(map: Y.Map<unknown>, key: string): Source<string | null> {
  return {
    read: () => {
      const value = map.get(key);
      return typeof value === 'string' ? value : null;
    },
    subscribe: (listener) => observed(map, listener),
  };
}
