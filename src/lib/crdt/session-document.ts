import type * as Y from 'yjs';
import type { PromptId } from '#lib/domain/ids.ts';
import { noteSchema, type Note } from '#lib/domain/note.ts';
import { promptSchema, type Prompt } from '#lib/domain/prompt.ts';
import { foreignEntries, type ForeignEntry } from './foreign-entries.ts';
import { LocalEdit } from './origins.ts';
import { derived, observed, plainEntries, valuesOf } from './plain-values.ts';
import { byRank, rankBehind, rankBetween } from './rank.ts';
import { sharedText, type SharedText } from './shared-text.ts';
import type { Source } from './source.ts';

export interface RankedPrompt {
  readonly prompt: Prompt;
  readonly rank: string;
}

/**
 * Room `session/<id>`: what people write in a session. Root maps `prompts` (id → plain), `ranks` (id → fractional index),
 * `notes` (id → plain), `draft` (`id` of the shared draft); root text `sharedDraft`. The bridge reads it and never writes it (R1).
 */
export interface SessionDocument {
  /** Prompts in the order in which they will be handed over. */
  readonly prompts: Source<readonly RankedPrompt[]>;
  readonly notes: Source<readonly Note[]>;
  /** Prompts and notes that a newer version wrote or that cannot be read: shown as such, and never handed over. */
  readonly foreign: Source<readonly ForeignEntry[]>;
  /** Adds the prompt at the end, or rewrites it in its place. */
  putPrompt(prompt: Prompt): void;
  withdrawPrompt(id: PromptId): void;
  /** Withdraws what the bridge has for good; no person did that, so it is no change that waits by name. */
  clearPrompts(ids: readonly PromptId[]): void;
  movePrompt(id: PromptId, before: PromptId | null, after: PromptId | null): void;
  putNote(note: Note): void;
  removeNote(id: Note['id']): void;
  readonly sharedDraft: SharedText;
  readonly sharedDraftId: Source<string | null>;
  setSharedDraftId(id: string | null): void;
}

export function sessionDocument(doc: Y.Doc): SessionDocument {
  const promptMap = doc.getMap<unknown>('prompts');
  const ranks = doc.getMap<unknown>('ranks');
  const noteMap = doc.getMap<unknown>('notes');
  const draft = doc.getMap<unknown>('draft');
  const draftText = doc.getText('sharedDraft');
  const promptEntries = plainEntries(promptMap, promptSchema);
  const noteEntries = plainEntries(noteMap, noteSchema);
  const rankSource = versioned(ranks);

  const rankOf = (id: string | null): string | null => {
    const rank = id === null ? undefined : ranks.get(id);
    return typeof rank === 'string' ? rank : null;
  };
  const prompts = derived([promptEntries, rankSource], () =>
    valuesOf(promptEntries.read())
      .map((prompt) => ({ id: prompt.id, prompt, rank: rankOf(prompt.id) ?? '' }))
      .sort(byRank),
  );
  const edit = (label: ConstructorParameters<typeof LocalEdit>[0], change: () => void): void => {
    doc.transact(change, new LocalEdit(label));
  };
  const textOf = (id: PromptId): string =>
    promptSchema.safeParse(promptMap.get(id)).data?.text ?? '';

  return {
    prompts,
    notes: derived([noteEntries], () =>
      valuesOf(noteEntries.read()).sort(
        (a, b) => a.writtenAt - b.writtenAt || (a.id < b.id ? -1 : 1),
      ),
    ),
    foreign: foreignEntries({ prompts: promptEntries, notes: noteEntries }),
    putPrompt(prompt) {
      // Read before the prompt is among them.
      const rank = rankBehind(prompts.read());
      edit({ kind: 'prompt', entity: prompt.id, text: prompt.text }, () => {
        promptMap.set(prompt.id, prompt);
        if (ranks.get(prompt.id) === undefined) ranks.set(prompt.id, rank);
      });
    },
    withdrawPrompt(id) {
      edit({ kind: 'prompt', entity: id, text: textOf(id) }, () => {
        promptMap.delete(id);
        ranks.delete(id);
      });
    },
    clearPrompts(ids) {
      const present = ids.filter((id) => promptMap.has(id));
      if (present.length === 0) return;
      edit({ kind: 'mark', entity: 'answered prompts', text: '' }, () => {
        for (const id of present) {
          promptMap.delete(id);
          ranks.delete(id);
        }
      });
    },
    movePrompt(id, before, after) {
      edit({ kind: 'prompt', entity: id, text: textOf(id) }, () => {
        ranks.set(id, rankBetween(rankOf(before), rankOf(after)));
      });
    },
    putNote(note) {
      edit({ kind: 'note', entity: note.id, text: note.text }, () => noteMap.set(note.id, note));
    },
    removeNote(id) {
      const text = noteSchema.safeParse(noteMap.get(id)).data?.text ?? '';
      edit({ kind: 'note', entity: id, text }, () => {
        noteMap.delete(id);
      });
    },
    sharedDraft: sharedText(draftText, (change) => {
      edit({ kind: 'draft', entity: 'shared draft', text: draftText.toString() }, change);
    }),
    sharedDraftId: {
      read: () => {
        const id = draft.get('id');
        return typeof id === 'string' ? id : null;
      },
      subscribe: (listener) => observed(draft, listener),
    },
    setSharedDraftId(id) {
      edit({ kind: 'draft', entity: 'shared draft', text: draftText.toString() }, () =>
        draft.set('id', id),
      );
    },
  };
}

/** A counter that changes whenever the map does; enough to derive from. */
function versioned(map: Y.Map<unknown>): Source<number> {
  let version = 0;
  map.observe(() => {
    version += 1;
  });
  return { read: () => version, subscribe: (listener) => observed(map, listener) };
}

/** The Yjs client that wrote a prompt as it is now; `null` when there is none. Whose device that was, only the bridge knows. */
export function promptWriter(doc: Y.Doc, id: PromptId): number | null {
  return doc.getMap<unknown>('prompts')._map.get(id)?.id.client ?? null;
}
