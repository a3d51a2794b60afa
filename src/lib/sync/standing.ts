import { fromBase64Url } from './base64.ts';
import type { BridgeHttp, RevocationStatement } from './bridge-http.ts';
import { isSignedBy } from './bridge-proof.ts';
import type { Identity } from './contract.ts';
import { identityOf, isSamePairing } from './device-identity.ts';
import { revocationBytes } from './wire/revocation.ts';

/** How a bridge stands to this device. */
export type Standing =
  /** It knows the device: who that is now, and where the bridge is. */
  | { readonly kind: 'known'; readonly identity: Identity; readonly seq: number }
  /** It is another bridge, or the credential is another device's. */
  | { readonly kind: 'other' }
  /** `revoked` only by a word that the pinned key signed for this device; everything else is `unknown`. */
  | { readonly kind: 'refused'; readonly why: 'revoked' | 'unknown' }
  | { readonly kind: 'no_answer' };

export async function standingAt(
  http: BridgeHttp,
  pairing: Identity,
  subtle: SubtleCrypto | null,
): Promise<Standing> {
  const answer = await http.me();
  switch (answer.kind) {
    case 'answer': {
      const identity = identityOf(answer.value);
      return isSamePairing(identity, pairing)
        ? { kind: 'known', identity, seq: answer.value.seq }
        : { kind: 'other' };
    }
    case 'refusal': {
      if (answer.failure.code !== 'unauthorized') return { kind: 'no_answer' };
      const isRevoked =
        answer.statement !== null && (await isRevocationOf(pairing, answer.statement, subtle));
      return { kind: 'refused', why: isRevoked ? 'revoked' : 'unknown' };
    }
    case 'no_answer':
      return { kind: 'no_answer' };
  }
}

async function isRevocationOf(
  { bridgeKey, deviceId }: Identity,
  statement: RevocationStatement,
  subtle: SubtleCrypto | null,
): Promise<boolean> {
  if (statement.deviceId !== deviceId) return false;
  const bytes = revocationBytes(deviceId, statement.revokedAt);
  try {
    return await isSignedBy(bridgeKey, bytes, fromBase64Url(statement.sig), subtle);
  } catch {
    // The signature is not even base64.
    return false;
  }
}
