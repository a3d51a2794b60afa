import { createContext } from 'svelte';
import type { ForeignEntry } from '#lib/crdt/foreign-entries.ts';
import type { Source } from '#lib/crdt/source.ts';
import { sourceOf, type Documents, type SessionDocuments } from './documents.ts';
import { observe, type Observed } from './observe.svelte.ts';

/** An entry that this version cannot show as it is meant, as text. */
export interface RawEntry {
  readonly key: string;
  /** The version it was written for; `null`: none that is known. */
  readonly v: number | null;
  readonly text: string;
}

/** What is kept in documents and has no form here. Who has seen it can put it away until there is more. */
export class ForeignEntries {
  readonly #found: readonly Observed<readonly ForeignEntry[]>[];
  #putAway = $state(0);

  constructor(sources: readonly Source<readonly ForeignEntry[]>[]) {
    this.#found = sources.map((source) => observe(source));
  }

  get all(): readonly RawEntry[] {
    return this.#found.flatMap(({ current }) =>
      current.map(({ where, key, v, raw }) => ({
        key: `${where}/${key}`,
        v,
        text: JSON.stringify(raw, null, 2) ?? '',
      })),
    );
  }

  /** Whether there is more than somebody put away. */
  get isNews(): boolean {
    return this.all.length > this.#putAway;
  }

  putAway(): void {
    this.#putAway = this.all.length;
  }
}

export const foreignInWorkspace = ({ bridge, workspace, tasks }: Documents): ForeignEntries =>
  new ForeignEntries([
    sourceOf(bridge, (document) => document.foreign),
    sourceOf(workspace, (document) => document.foreign),
    sourceOf(tasks, (document) => document.foreign),
  ]);

export const foreignInSession = ({ session, state }: SessionDocuments): ForeignEntries =>
  new ForeignEntries([
    sourceOf(session, (document) => document.foreign),
    sourceOf(state, (document) => document.foreign),
  ]);

/** Those of the documents that every page reads. */
export const [getForeignEntries, setForeignEntries] = createContext<ForeignEntries>();
