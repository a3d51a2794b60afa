import type { ConnectionState } from '#lib/domain/connection.ts';
import type { RunState, SessionInfo } from '#lib/domain/session.ts';
import type { SealedSegment, StopReason } from '#lib/domain/transcript.ts';
import type { RoomExchange, Workspace } from '#lib/sync/contract.ts';
import { sourceOf, type SessionDocuments } from './documents.ts';
import { observe, type Observed } from './observe.svelte.ts';
import type { ItemOf, TranscriptRow } from './transcript-row.ts';
import { RowComposer } from './transcript-rows.ts';
import { TranscriptSegments } from './transcript-segments.ts';

/** What can be said about a transcript before, or instead of, showing it. */
export type TranscriptPresence =
  | { readonly kind: 'opening' }
  /** This device never had it and the bridge cannot be asked now. */
  | { readonly kind: 'not_here' }
  | { readonly kind: 'deleted' }
  | { readonly kind: 'here' };

const deletedCode = 4404;

/** The transcript of one session as rows in the bridge's order, older segments on demand. Lives until `close`. */
export class TranscriptView {
  readonly #segments: TranscriptSegments;
  readonly #rows: Observed<readonly TranscriptRow[]>;
  readonly #manifest: Observed<{ sealed: readonly SealedSegment[] } | null>;
  readonly #loaded: Observed<boolean>;
  readonly #exchange: Observed<RoomExchange>;
  readonly #connection: Observed<ConnectionState>;
  readonly #info: Observed<SessionInfo | null>;
  readonly #run: Observed<RunState | null>;
  /** Ends of turns among the rows, made once for each change of them. */
  #ended: {
    readonly of: readonly TranscriptRow[] | null;
    readonly ends: readonly ItemOf<'turn_end'>[];
  } = { of: null, ends: [] };

  constructor(workspace: Workspace, session: SessionDocuments) {
    const { state } = session;
    const manifest = sourceOf(state, (document) => document.field('segments'));
    const composer = new RowComposer();
    this.#segments = new TranscriptSegments(workspace, session.sessionId, manifest);
    let rows: { of: object; value: readonly TranscriptRow[] } | null = null;
    this.#rows = observe({
      read: () => {
        const parts = this.#segments.read();
        if (rows?.of !== parts) rows = { of: parts, value: composer.compose(parts) };
        return rows.value;
      },
      subscribe: (listener) => this.#segments.subscribe(listener),
    });
    this.#manifest = observe(manifest);
    this.#loaded = observe(state.replica.loaded);
    this.#exchange = observe(state.replica.exchange);
    this.#connection = observe(workspace.connection);
    this.#run = observe(sourceOf(state, (document) => document.field('run')));
    this.#info = observe(sourceOf(state, (document) => document.field('info')));
  }

  /** Unchanged rows are the same objects as before. */
  get rows(): readonly TranscriptRow[] {
    return this.#rows.current;
  }

  get presence(): TranscriptPresence {
    const exchange = this.#exchange.current;
    if (exchange.kind === 'closed' && exchange.code === deletedCode) return { kind: 'deleted' };
    if (!this.#loaded.current) return { kind: 'opening' };
    const online = this.#connection.current.kind === 'online' && exchange.kind !== 'closed';
    if (this.#manifest.current === null) return { kind: online ? 'opening' : 'not_here' };
    if (this.rows.length > 0) return { kind: 'here' };
    const growing = this.#segments.growing;
    if (growing === null || !growing.loaded.read()) return { kind: 'opening' };
    const isEmpty = this.#info.current?.lastSeq === 0 || growing.exchange.read().kind !== 'never';
    return { kind: isEmpty ? 'here' : online ? 'opening' : 'not_here' };
  }

  /** The bridge's number of the newest item that is shown; 0 without any. */
  get lastSeq(): number {
    const newest = this.#segments.read().held.flatMap(({ entries }) => {
      const last = entries.findLast((entry) => entry.kind === 'value');
      return last?.kind === 'value' ? [last.value.seq] : [];
    });
    return Math.max(0, ...newest);
  }

  /** The number of a turn that has ended in what is shown, or that runs; `null` for another. */
  turnNumber(turnId: string | null): number | null {
    if (turnId === null) return null;
    const run = this.#run.current;
    if (run?.kind === 'running' && run.turnId === turnId) return run.turn;
    return this.#endOf(turnId)?.number ?? null;
  }

  /** How a turn ended; `null` while it goes on, or when its end is not in what is shown. */
  stopReason(turnId: string | null): StopReason | null {
    return this.#endOf(turnId)?.stopReason ?? null;
  }

  /** Reads the next older segment. @returns whether there was one */
  loadOlder(): Promise<boolean> {
    return this.#segments.loadOlder();
  }

  /** Reads older segments until the entry is there. @returns its row's key, or `null` when no segment that can be read has it */
  async find(itemId: string): Promise<string | null> {
    for (;;) {
      const row = this.#rows.current.find((candidate) => holds(candidate, itemId));
      if (row !== undefined) return row.key;
      const before = this.#segments.read().older?.segment.n;
      if (!(await this.loadOlder()) || this.#segments.read().older?.segment.n === before)
        return null;
    }
  }

  close(): void {
    this.#segments.close();
  }

  #endOf(turnId: string | null): ItemOf<'turn_end'> | null {
    const rows = this.rows;
    if (this.#ended.of !== rows) {
      const ends = rows.flatMap((row) => (row.kind === 'turn_end' ? [row.item] : []));
      this.#ended = { of: rows, ends };
    }
    return this.#ended.ends.findLast((end) => end.turnId === turnId) ?? null;
  }
}

/** Whether the row shows the item of that id. */
export function holds(row: TranscriptRow, itemId: string): boolean {
  switch (row.kind) {
    case 'steps':
      return row.steps.some((step) => step.itemId === itemId);
    case 'answer':
    case 'tool':
      return row.itemId === itemId;
    case 'away':
    case 'foreign':
      return false;
    default:
      return row.item.id === itemId;
  }
}

/** The id that a link to the row names; `null` for what has none. */
export function itemOf(row: TranscriptRow): string | null {
  switch (row.kind) {
    case 'steps':
      return row.steps[0]?.itemId ?? null;
    case 'answer':
    case 'tool':
      return row.itemId;
    case 'away':
    case 'foreign':
      return null;
    default:
      return row.item.id;
  }
}
