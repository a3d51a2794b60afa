import type { SessionId } from '#lib/domain/ids.ts';
import { itemOf } from '#lib/views/transcript.svelte.ts';
import type { TranscriptRow } from '#lib/views/transcript-row.ts';
import { copyText } from '#lib/components/code/copy-text.ts';
import { transcriptTexts as texts } from '#lib/components/messages/transcript.ts';
import type { Announcer } from '#lib/components/shared/announcer.svelte.ts';
import { createContext } from 'svelte';
import { rowText } from './row-text.ts';

/** What a person can do with an entry, by menu or by key. */
export interface EntryActions {
  copy(row: TranscriptRow): Promise<void>;
  copyLink(row: TranscriptRow): Promise<void>;
  /** `null` for what has no address. */
  linkOf(row: TranscriptRow): string | null;
}

export const [getEntryActions, setEntryActions] = createContext<EntryActions>();

export function entryActions(sessionId: SessionId, announcer: Announcer): EntryActions {
  const linkOf = (row: TranscriptRow): string | null => {
    const item = itemOf(row);
    return item === null ? null : `${location.origin}/s/${sessionId}/i/${item}`;
  };
  const copy = async (text: string, done: string): Promise<void> => {
    announcer.polite((await copyText(text)) ? done : texts.copyNot);
  };
  return {
    linkOf,
    copy: (row) => copy(rowText(row), texts.copied),
    async copyLink(row) {
      const link = linkOf(row);
      if (link !== null) await copy(link, texts.linkCopied);
    },
  };
}
