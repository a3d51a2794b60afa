import * as z from 'zod/mini';
import type { Clock } from '#lib/domain/clock.ts';
import { FailureError } from '#lib/domain/failure.ts';
import { sha256Schema, type Sha256 } from '#lib/domain/ids.ts';
import { limits } from '#lib/domain/limits.ts';
import type { BridgeHttp } from './bridge-http.ts';
import type { TableTransaction, Tables } from './tables.ts';

const infoSchema = z.object({
  v: z.literal(1),
  bytes: z.number(),
  /** Device time, for the order in which they leave. */
  usedAt: z.number(),
  /** Not on the bridge yet: it stays here until it is. */
  pinned: z.boolean(),
});
type BlobInfo = z.infer<typeof infoSchema>;

/** SHA-256 of bytes, hex. @throws Error where the browser has no WebCrypto */
export async function sha256Of(bytes: Uint8Array, subtle: SubtleCrypto | null): Promise<Sha256> {
  if (subtle === null) throw new Error('expected a browser with WebCrypto to hash contents');
  const digest = new Uint8Array(await subtle.digest('SHA-256', Uint8Array.from(bytes)));
  return sha256Schema.parse(
    Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join(''),
  );
}

/** Contents by their hash, on this device: least recently used leave first; what the bridge does not have yet never leaves. */
export class BlobCache {
  readonly #tables: Tables;
  readonly #http: BridgeHttp;
  readonly #clock: Clock;
  readonly #subtle: SubtleCrypto | null;
  readonly #bytesMax: number;

  constructor(options: {
    readonly tables: Tables;
    readonly http: BridgeHttp;
    readonly clock: Clock;
    readonly subtle: SubtleCrypto | null;
    readonly bytesMax?: number;
  }) {
    this.#tables = options.tables;
    this.#http = options.http;
    this.#clock = options.clock;
    this.#subtle = options.subtle;
    this.#bytesMax = options.bytesMax ?? limits.blobCacheBytesMax;
  }

  async get(sha256: Sha256): Promise<Uint8Array | null> {
    const held = await this.held(sha256);
    if (held !== null) return held;
    const fetched = await this.fetch(sha256);
    if (fetched !== null) await this.#keep(sha256, fetched, false);
    return fetched;
  }

  async has(sha256: Sha256): Promise<boolean> {
    return await this.#tables.transact(
      ['blobInfo'],
      async (transaction) => (await infoOf(transaction, sha256)) !== null,
    );
  }

  /** @throws FailureError `too_large` with both numbers */
  async put(bytes: Uint8Array): Promise<Sha256> {
    if (bytes.byteLength > limits.blobBytesMax)
      throw new FailureError(
        'too_large',
        `expected at most ${String(limits.blobBytesMax)} bytes, got ${String(bytes.byteLength)}`,
      );
    const sha256 = await sha256Of(bytes, this.#subtle);
    await this.#keep(sha256, bytes, true);
    await this.#upload(sha256);
    return sha256;
  }

  /** Brings up everything that only this device has. */
  async uploadPinned(): Promise<void> {
    const pinned = await this.#tables.transact(['blobInfo'], async (transaction) =>
      (await infos(transaction)).filter(({ info }) => info.pinned),
    );
    for (const { sha256 } of pinned) await this.#upload(sha256);
  }

  async bytesHeld(): Promise<number> {
    return await this.#tables.transact(['blobInfo'], async (transaction) =>
      (await infos(transaction)).reduce((sum, { info }) => sum + info.bytes, 0),
    );
  }

  /** From this device only. */
  async held(sha256: Sha256): Promise<Uint8Array | null> {
    return await this.#tables.transact(['blobs', 'blobInfo'], async (transaction) => {
      const value = await transaction.get('blobs', sha256);
      const info = await infoOf(transaction, sha256);
      if (!(value instanceof Uint8Array) || info === null) return null;
      transaction.put('blobInfo', sha256, { ...info, usedAt: this.#clock.now() });
      return value;
    });
  }

  /** From the bridge, checked against its name; `null` when it cannot give it now. */
  async fetch(sha256: Sha256): Promise<Uint8Array | null> {
    const answer = await this.#http.blob(sha256);
    if (answer.kind !== 'answer') return null;
    const isIt = (await sha256Of(answer.value, this.#subtle)) === sha256;
    return isIt ? answer.value : null;
  }

  async #upload(sha256: Sha256): Promise<void> {
    const bytes = await this.held(sha256);
    if (bytes === null) return;
    const answer = await this.#http.putBlob(sha256, bytes);
    if (answer.kind !== 'answer') return;
    await this.#tables.transact(['blobInfo'], async (transaction) => {
      const info = await infoOf(transaction, sha256);
      if (info !== null) transaction.put('blobInfo', sha256, { ...info, pinned: false });
    });
  }

  async #keep(sha256: Sha256, bytes: Uint8Array, pinned: boolean): Promise<void> {
    await this.#tables.transact(['blobs', 'blobInfo'], async (transaction) => {
      const known = await infoOf(transaction, sha256);
      transaction.put('blobs', sha256, bytes);
      transaction.put('blobInfo', sha256, {
        v: 1,
        bytes: bytes.byteLength,
        usedAt: this.#clock.now(),
        pinned: pinned || known?.pinned === true,
      } satisfies BlobInfo);
      await this.#evict(transaction);
    });
  }

  async #evict(transaction: TableTransaction): Promise<void> {
    const all = await infos(transaction);
    let total = all.reduce((sum, { info }) => sum + info.bytes, 0);
    const leaving = all
      .filter(({ info }) => !info.pinned)
      .sort((a, b) => a.info.usedAt - b.info.usedAt);
    for (const { sha256, info } of leaving) {
      if (total <= this.#bytesMax) return;
      transaction.remove('blobs', sha256);
      transaction.remove('blobInfo', sha256);
      total -= info.bytes;
    }
  }
}

async function infoOf(transaction: TableTransaction, sha256: Sha256): Promise<BlobInfo | null> {
  return infoSchema.safeParse(await transaction.get('blobInfo', sha256)).data ?? null;
}

async function infos(
  transaction: TableTransaction,
): Promise<readonly { readonly sha256: Sha256; readonly info: BlobInfo }[]> {
  return (await transaction.list('blobInfo')).flatMap(({ key, value }) => {
    const sha256 = sha256Schema.safeParse(key);
    const info = infoSchema.safeParse(value);
    return sha256.success && info.success ? [{ sha256: sha256.data, info: info.data }] : [];
  });
}
