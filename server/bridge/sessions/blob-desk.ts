import { createHash } from 'node:crypto';
import { reasonOf } from '#lib/domain/failure.ts';
import { sha256Schema, type Sha256 } from '#lib/domain/ids.ts';
import type { Write } from '../../storage/contract.ts';

/**
 * Long contents on their way into storage. Storage takes batches in the order of the calls, so an item that is recorded after
 * `keep` is never on disk without its blob.
 */
export interface BlobDesk {
  keep(text: string): { readonly sha256: Sha256; readonly bytes: number };
}

export function createBlobDesk(
  storage: { commit(batch: readonly Write[]): Promise<void> },
  onLost: (message: string) => void,
): BlobDesk {
  return {
    keep(text) {
      const bytes = Buffer.from(text, 'utf8');
      const sha256 = sha256Of(bytes);
      storage.commit([{ kind: 'blob', sha256, bytes }]).catch((error: unknown) => {
        onLost(
          `${String(bytes.length)} bytes of output could not be kept on the bridge: ${reasonOf(error)}`,
        );
      });
      return { sha256, bytes: bytes.length };
    },
  };
}

export const sha256Of = (content: Uint8Array | string): Sha256 =>
  sha256Schema.parse(createHash('sha256').update(content).digest('hex'));
