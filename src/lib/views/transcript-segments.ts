import type { Source } from '#lib/crdt/source.ts';
import type { Entry } from '#lib/crdt/plain-values.ts';
import { transcriptDocument, type GrowingItem } from '#lib/crdt/transcript-document.ts';
import type { SessionId } from '#lib/domain/ids.ts';
import type { SessionState } from '#lib/domain/session.ts';
import type { SealedSegment, TranscriptItem } from '#lib/domain/transcript.ts';
import type { Replica, Workspace } from '#lib/sync/contract.ts';
import { openDocument, sourceOf } from './documents.ts';
import type { HeldSegment, SegmentLoading, TranscriptParts } from './transcript-row.ts';

type Manifest = SessionState['segments'];

interface OpenRoom {
  readonly n: number;
  readonly replica: Replica;
  readonly items: Source<readonly Entry<TranscriptItem>[]>;
  readonly growing: Source<readonly GrowingItem[]>;
  end(): void;
}

const noneGrowing: readonly GrowingItem[] = [];
const nothingAsked: SegmentLoading = { kind: 'not_asked' };

/**
 * The segments of one session as far as this device has read them: always the one that grows, older ones when asked, newest
 * first, so that what is held is one run up to the end. Lives until `close`.
 */
export class TranscriptSegments implements Source<TranscriptParts> {
  readonly #workspace: Workspace;
  readonly #sessionId: SessionId;
  readonly #manifest: Source<Manifest | null>;
  readonly #listeners = new Set<() => void>();
  readonly #endManifest: () => void;
  /** Sealed ones whose items are here, by hash: a number means another segment in another epoch. */
  readonly #sealed = new Map<string, HeldSegment>();
  #open: OpenRoom | null = null;
  #openPart: HeldSegment | null = null;
  #loading: { readonly n: number; readonly state: SegmentLoading } | null = null;
  #parts: TranscriptParts | null = null;
  #closed = false;

  constructor(workspace: Workspace, sessionId: SessionId, manifest: Source<Manifest | null>) {
    this.#workspace = workspace;
    this.#sessionId = sessionId;
    this.#manifest = manifest;
    this.#endManifest = manifest.subscribe(() => {
      this.#follow();
    });
    this.#follow();
  }

  /** The room of the segment that grows; `null` until the bridge named it. */
  get growing(): Replica | null {
    return this.#open?.replica ?? null;
  }

  read(): TranscriptParts {
    return (this.#parts ??= this.#compose());
  }

  subscribe(listener: () => void): () => void {
    const own = (): void => {
      listener();
    };
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  /** Reads the next older segment; asking again while it is on its way does nothing. @returns whether there was one */
  async loadOlder(): Promise<boolean> {
    const next = this.read().older?.segment;
    if (next === undefined) return false;
    if (this.#loading?.n === next.n && this.#loading.state.kind === 'asked') return true;
    await this.#load(next);
    return true;
  }

  close(): void {
    this.#closed = true;
    this.#endManifest();
    this.#open?.end();
    this.#open = null;
    this.#listeners.clear();
  }

  #follow(): void {
    const manifest = this.#manifest.read();
    if (manifest !== null && manifest.open !== this.#open?.n) {
      this.#keepSealed(manifest);
      this.#open?.end();
      this.#open = this.#openRoom(manifest.open);
      this.#openPart = null;
    }
    this.#changed();
  }

  /** The room that just was sealed is shown from what this device has of it; if that is not all, it is read anew meanwhile. */
  #keepSealed(manifest: Manifest): void {
    if (this.#open === null) return;
    const { n, items } = this.#open;
    const sealed = manifest.sealed.find((segment) => segment.n === n);
    const entries = items.read();
    if (sealed === undefined) return;
    this.#sealed.set(sealed.sha256, { n, entries, growing: noneGrowing });
    if (entries.length < sealed.items) void this.#load(sealed);
  }

  #openRoom(n: number): OpenRoom {
    const room = { kind: 'transcript', sessionId: this.#sessionId, segment: n } as const;
    const open = openDocument(this.#workspace, room, transcriptDocument);
    const { replica } = open;
    const items = sourceOf(open, (document) => document.items);
    const growing = sourceOf(open, (document) => document.growing);
    const changed = (): void => {
      this.#openPart = null;
      this.#changed();
    };
    const ends = [items, growing, replica.loaded, replica.exchange].map((source) =>
      source.subscribe(changed),
    );
    return {
      n,
      replica,
      items,
      growing,
      end() {
        for (const end of ends) end();
        replica.release();
      },
    };
  }

  async #load(segment: SealedSegment): Promise<void> {
    const { n, sha256 } = segment;
    this.#loading = { n, state: { kind: 'asked' } };
    this.#changed();
    const content = await this.#workspace.blobs.segment(this.#sessionId, segment);
    if (this.#closed) return;
    if (content.kind === 'items') {
      const entries = content.items.map(
        (value) => ({ kind: 'value', key: value.id, value }) as const,
      );
      this.#sealed.set(sha256, { n, entries, growing: noneGrowing });
      this.#loading = null;
    } else {
      this.#sealed.delete(sha256);
      this.#loading = { n, state: content };
    }
    this.#changed();
  }

  #compose(): TranscriptParts {
    const sealed = this.#manifest.read()?.sealed.toSorted((a, b) => b.n - a.n) ?? [];
    const firstAway = sealed.findIndex((segment) => !this.#sealed.has(segment.sha256));
    const run = firstAway === -1 ? sealed : sealed.slice(0, firstAway);
    const away = firstAway === -1 ? [] : sealed.slice(firstAway);
    const held = run.flatMap(({ sha256 }) => this.#sealed.get(sha256) ?? []).reverse();
    const growing = this.#readOpen();
    if (growing !== null) held.push(growing);
    const next = away[0];
    if (next === undefined) return { older: null, held };
    const state = this.#loading?.n === next.n ? this.#loading.state : nothingAsked;
    const items = away.reduce((sum, segment) => sum + segment.items, 0);
    const key = `older ${String(next.n)}`;
    return {
      older: { kind: 'away', key, seq: next.firstSeq, segment: next, loading: state, items },
      held,
    };
  }

  #readOpen(): HeldSegment | null {
    if (this.#open === null) return null;
    const { n, items, growing } = this.#open;
    return (this.#openPart ??= { n, entries: items.read(), growing: growing.read() });
  }

  #changed(): void {
    this.#parts = null;
    for (const listener of [...this.#listeners]) listener();
  }
}
