import type { BridgeId, DeviceId } from '#lib/domain/ids.ts';
import { fromBase64Url } from './base64.ts';
import type { MuxFrame } from './wire/mux-frames.ts';
import { proofBytes } from './wire/mux-frames.ts';

/** The bridge this device was paired with, and as which device. */
export interface Pin {
  readonly bridgeId: BridgeId;
  /** SPKI, base64url. */
  readonly bridgeKey: string;
  readonly deviceId: DeviceId;
}

const algorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const signature = { name: 'ECDSA', hash: 'SHA-256' } as const;

/**
 * Whether a proof is the pinned bridge's word for this nonce, this origin and this device. False for whatever cannot be verified,
 * a browser without WebCrypto included.
 */
export async function isProvenBy(
  pin: Pin,
  proof: Extract<MuxFrame, { kind: 'proof' }>,
  nonce: Uint8Array,
  origin: string,
  subtle: SubtleCrypto | null,
): Promise<boolean> {
  if (proof.bridgeId !== pin.bridgeId || proof.deviceId !== pin.deviceId) return false;
  return await isSignedBy(
    pin.bridgeKey,
    proofBytes(nonce, origin, pin.deviceId),
    proof.signature,
    subtle,
  );
}

/** Verifies an ECDSA P-256 signature (SHA-256, IEEE P1363 form). @returns false when it does not hold or cannot be checked */
export async function isSignedBy(
  publicKey: string,
  bytes: Uint8Array,
  signed: Uint8Array,
  subtle: SubtleCrypto | null,
): Promise<boolean> {
  if (subtle === null) return false;
  try {
    const key = await subtle.importKey('spki', fromBase64Url(publicKey), algorithm, false, [
      'verify',
    ]);
    return await subtle.verify(signature, key, Uint8Array.from(signed), Uint8Array.from(bytes));
  } catch {
    return false;
  }
}
