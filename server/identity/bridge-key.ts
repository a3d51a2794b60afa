import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
} from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reasonOf } from '#lib/domain/failure.ts';
import { bridgeIdSchema, type BridgeId } from '#lib/domain/ids.ts';
import { proofBytes } from '#lib/sync/wire/mux-frames.ts';
import { StartFailure } from '../start-failure.ts';
import { writePrivateFile } from './private-file.ts';

/** The bridge's own key pair (ECDSA P-256): devices pin the public half when they pair. */
export interface BridgeKey {
  /** SHA-256 of the public key's SPKI form, base64url: another key is another bridge. */
  readonly id: BridgeId;
  /** SPKI, base64url. */
  readonly publicKey: string;
  /** Proves the key to one device at one origin (DESIGN 4.4); IEEE P1363 form, as WebCrypto verifies it. */
  prove(nonce: Uint8Array, origin: string, deviceId: string): Uint8Array;
}

const fileName = 'bridge.key';

/**
 * Reads the key of a data directory, or makes it once, for a directory that knows no device yet.
 *
 * @throws StartFailure when it is missing although devices pinned it, or is not a key: another key would be another bridge
 *   to all of them, so it is never made anew silently.
 */
export async function openBridgeKey(
  dataDirectory: string,
  devicesExist: boolean,
): Promise<BridgeKey> {
  const file = join(dataDirectory, fileName);
  const pem = await readKeyFile(file);
  if (pem !== null) return bridgeKey(parseKey(pem, file));
  if (devicesExist)
    throw new StartFailure(
      `The bridge's key is missing: ${file}. Devices are paired with it and would not trust another. ` +
        'Put the file back from a backup, or move the whole data directory away to begin anew and pair every device again.',
    );
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  await writePrivateFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  return bridgeKey(privateKey);
}

async function readKeyFile(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw new StartFailure(`The bridge's key cannot be read: ${reasonOf(error)}.`);
  }
}

function parseKey(pem: string, file: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key;
  } catch {
    // Said below, without the parser's words about the contents of a secret.
  }
  throw new StartFailure(
    `Expected a P-256 private key (PKCS #8, PEM) in ${file}, and it is none. Put the file back from a backup.`,
  );
}

function bridgeKey(privateKey: KeyObject): BridgeKey {
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  return {
    id: bridgeIdSchema.parse(createHash('sha256').update(spki).digest('base64url')),
    publicKey: spki.toString('base64url'),
    prove: (nonce, origin, deviceId) =>
      new Uint8Array(
        sign('sha256', proofBytes(nonce, origin, deviceId), {
          key: privateKey,
          dsaEncoding: 'ieee-p1363',
        }),
      ),
  };
}
