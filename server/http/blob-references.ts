import type { SessionId, Sha256 } from '#lib/domain/ids.ts';
import type { TranscriptItem } from '#lib/domain/transcript.ts';
import type { Storage } from '../storage/contract.ts';

/**
 * Which blobs a session's record names: sealed segments, what prompts carry and what tools put out. A guest of the session
 * may read these and no others. Each item is read once and its names are remembered.
 */
export class BlobReferences {
  readonly #storage: Pick<Storage, 'items' | 'sessions'>;
  readonly #named = new Map<SessionId, { upTo: number; readonly blobs: Set<Sha256> }>();

  constructor(storage: Pick<Storage, 'items' | 'sessions'>) {
    this.#storage = storage;
  }

  async isReferenced(sha256: Sha256, sessions: readonly SessionId[]): Promise<boolean> {
    const scope = new Set(sessions);
    for (const { info, sealed, deletedAt } of await this.#storage.sessions()) {
      if (!scope.has(info.id) || deletedAt !== null) continue;
      if (sealed.some((segment) => segment.sha256 === sha256)) return true;
      if ((await this.#namedIn(info.id)).has(sha256)) return true;
    }
    return false;
  }

  async #namedIn(sessionId: SessionId): Promise<ReadonlySet<Sha256>> {
    const known = this.#named.get(sessionId) ?? { upTo: 0, blobs: new Set() };
    this.#named.set(sessionId, known);
    const items = await this.#storage.items(sessionId, known.upTo + 1, Number.MAX_SAFE_INTEGER);
    for (const item of items) {
      for (const sha256 of blobsOf(item)) known.blobs.add(sha256);
      known.upTo = Math.max(known.upTo, item.seq);
    }
    return known.blobs;
  }
}

function blobsOf(item: TranscriptItem): readonly Sha256[] {
  if (item.kind === 'prompt') return item.blobs;
  if (item.kind === 'tool' && item.call.output?.kind === 'blob') return [item.call.output.sha256];
  return [];
}
