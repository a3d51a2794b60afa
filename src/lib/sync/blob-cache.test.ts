import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sha256Schema, type Sha256 } from '#lib/domain/ids.ts';
import { limits } from '#lib/domain/limits.ts';
import { ManualTime } from '../../../tests/fixtures/manual-time.ts';
import { BlobCache } from './blob-cache.ts';
import { BridgeHttp } from './bridge-http.ts';
import { MemoryTables } from './memory-tables.ts';

const nameOf = (bytes: Uint8Array): Sha256 =>
  sha256Schema.parse(createHash('sha256').update(bytes).digest('hex'));

function cache(bytesMax?: number) {
  const time = new ManualTime();
  const onBridge = new Map<string, Uint8Array<ArrayBuffer>>();
  const network = { up: true, reads: 0 };
  const http = new BridgeHttp(async (path, init) => {
    if (!network.up) throw new Error('cut');
    const name = path.split('/').at(-1) ?? '';
    if (init.method === 'PUT') {
      onBridge.set(name, new Uint8Array(await new Response(init.body).arrayBuffer()));
      return new Response(null, { status: 201 });
    }
    network.reads += 1;
    const bytes = onBridge.get(name);
    return bytes === undefined
      ? Response.json({ error: { code: 'not_found', message: 'no' } }, { status: 404 })
      : new Response(bytes);
  });
  const blobs = new BlobCache({
    tables: new MemoryTables(),
    http,
    clock: time,
    subtle: crypto.subtle,
    ...(bytesMax === undefined ? {} : { bytesMax }),
  });
  return { blobs, network, onBridge, time };
}

describe('blobs', () => {
  it('written offline stay here until the bridge has them, then are uploaded once', async () => {
    const { blobs, network, onBridge } = cache();
    network.up = false;
    const bytes = Uint8Array.of(1, 2, 3);
    const name = await blobs.put(bytes);
    expect(name).toBe(nameOf(bytes));
    expect(onBridge.size).toBe(0);
    network.up = true;
    await blobs.uploadPinned();
    expect(onBridge.get(name)).toEqual(bytes);
    onBridge.clear();
    await blobs.uploadPinned();
    expect(onBridge.size).toBe(0);
  });

  it('are fetched once and read from this device afterwards, offline too', async () => {
    const { blobs, network, onBridge } = cache();
    const bytes = Uint8Array.of(9);
    onBridge.set(nameOf(bytes), bytes);
    expect(await blobs.get(nameOf(bytes))).toEqual(bytes);
    network.up = false;
    expect(await blobs.get(nameOf(bytes))).toEqual(bytes);
    expect(network.reads).toBe(1);
  });

  it('are not taken from the bridge when they are not what their name says', async () => {
    const { blobs, onBridge } = cache();
    const name = nameOf(Uint8Array.of(1));
    onBridge.set(name, Uint8Array.of(2));
    expect(await blobs.get(name)).toBeNull();
    expect(await blobs.has(name)).toBe(false);
  });

  it('[R9] stay within their bound: the least recently used leaves first, a pinned one never', async () => {
    const { blobs, network, onBridge, time } = cache(30);
    const [first, second, third] = [1, 2, 3].map((n) => new Uint8Array(10).fill(n));
    if (first === undefined || second === undefined || third === undefined) throw new Error();
    network.up = false;
    const pinned = await blobs.put(new Uint8Array(10).fill(9));
    network.up = true;
    for (const bytes of [first, second, third]) onBridge.set(nameOf(bytes), bytes);
    for (const bytes of [first, second]) {
      time.advance(1);
      await blobs.get(nameOf(bytes));
    }
    expect(await blobs.bytesHeld()).toBe(30);
    time.advance(1);
    await blobs.get(nameOf(first));
    time.advance(1);
    await blobs.get(nameOf(third));
    expect(await blobs.bytesHeld()).toBe(30);
    expect(await blobs.has(nameOf(second))).toBe(false);
    expect(await blobs.has(nameOf(first))).toBe(true);
    expect(await blobs.has(pinned)).toBe(true);
  });

  it('[R9] are taken up to 16 MiB and refused above with both numbers', async () => {
    const { blobs } = cache();
    await blobs.put(new Uint8Array(limits.blobBytesMax));
    await expect(blobs.put(new Uint8Array(limits.blobBytesMax + 1))).rejects.toThrow(
      /at most 16777216 bytes, got 16777217/,
    );
  });
});
