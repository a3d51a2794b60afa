import { sessionIdSchema } from '#lib/domain/ids.ts';
import { wholeHistory, type HistoryFilter } from '#lib/views/queue-history.ts';

export const queueTabs = ['open', 'history'] as const;
export type QueueTab = (typeof queueTabs)[number];

/** What of the queue is shown; all of it is in the address, so that it can be linked to. */
export interface QueuePlace {
  readonly tab: QueueTab;
  /** Id of the command or copy that is open beside the list, or in its place on a narrow window. */
  readonly entry: string | null;
  readonly filter: HistoryFilter;
}

export function queuePlace(entry: string | undefined, search: URLSearchParams): QueuePlace {
  const session = sessionIdSchema.safeParse(search.get('session'));
  return {
    tab: search.get('tab') === 'history' ? 'history' : 'open',
    entry: entry ?? null,
    filter: {
      words: search.get('words') ?? '',
      sessionId: session.success ? session.data : null,
      kind: search.get('kind'),
    },
  };
}

export function queueAddress({ entry, filter, tab }: QueuePlace): string {
  const search = new URLSearchParams();
  if (tab === 'history') {
    search.set('tab', tab);
    if (filter.words !== '') search.set('words', filter.words);
    if (filter.sessionId !== null) search.set('session', filter.sessionId);
    if (filter.kind !== null) search.set('kind', filter.kind);
  }
  const path = entry === null ? '/queue' : `/queue/${encodeURIComponent(entry)}`;
  return search.size === 0 ? path : `${path}?${search.toString()}`;
}

/** The queue as the sidebar opens it. */
export const openQueue: QueuePlace = { tab: 'open', entry: null, filter: wholeHistory };
