import { sha256Schema, type SessionId, type Sha256 } from '#lib/domain/ids.ts';
import type { SealedSegment, TranscriptItem } from '#lib/domain/transcript.ts';
import type { Blobs, SegmentContent } from '#lib/sync/contract.ts';

/** Blobs and sealed segments in memory; what was not put there is not on this device. */
export class MemoryBlobs implements Blobs {
  readonly #blobs = new Map<string, Uint8Array>();
  readonly #segments = new Map<number, readonly TranscriptItem[]>();

  get(sha256: Sha256): Promise<Uint8Array | null> {
    return Promise.resolve(this.#blobs.get(sha256) ?? null);
  }

  has(sha256: Sha256): Promise<boolean> {
    return Promise.resolve(this.#blobs.has(sha256));
  }

  async put(bytes: Uint8Array): Promise<Sha256> {
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new Uint8Array(bytes)));
    const hex = Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
    const sha256 = sha256Schema.parse(hex);
    this.#blobs.set(sha256, bytes);
    return sha256;
  }

  segment(_session: SessionId, { n, bytes }: SealedSegment): Promise<SegmentContent> {
    const items = this.#segments.get(n);
    return Promise.resolve(
      items === undefined ? { kind: 'not_here', bytes } : { kind: 'items', items },
    );
  }

  keepSegment(n: number, items: readonly TranscriptItem[]): void {
    this.#segments.set(n, items);
  }
}
