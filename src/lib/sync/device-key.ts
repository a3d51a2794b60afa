import * as z from 'zod/mini';
import { toBase64Url } from './base64.ts';
import type { Tables } from './tables.ts';

const keyPairSchema = z.object({
  publicKey: z.instanceof(CryptoKey),
  privateKey: z.instanceof(CryptoKey),
});

/**
 * This device's signing key: ECDSA P-256, made here, its private half not extractable and never outside of the browser's own
 * database. Made once; pairing again sends the same public key.
 *
 * @returns the public key as SPKI in base64url, or `null` where the browser has no WebCrypto
 */
export async function devicePublicKey(
  tables: Tables,
  subtle: SubtleCrypto | null,
): Promise<string | null> {
  if (subtle === null) return null;
  const known = keyPairSchema.safeParse(
    await tables.transact(['facts'], (transaction) => transaction.get('facts', 'deviceKey')),
  );
  const pair = known.success
    ? known.data
    : await subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify']);
  if (!known.success)
    await tables.transact(['facts'], (transaction) => {
      transaction.put('facts', 'deviceKey', {
        publicKey: pair.publicKey,
        privateKey: pair.privateKey,
      });
    });
  return toBase64Url(new Uint8Array(await subtle.exportKey('spki', pair.publicKey)));
}
