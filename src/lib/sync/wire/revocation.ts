import * as encoding from 'lib0/encoding';
import type { DeviceId } from '#lib/domain/ids.ts';

/**
 * What the bridge signs (ECDSA P-256, SHA-256, IEEE P1363 form, base64url in the statement) to say that a device was revoked: the
 * only word that makes that device erase its copies.
 */
export function revocationBytes(deviceId: DeviceId, revokedAt: number): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarString(encoder, 'rejoin device revoked 1');
    encoding.writeVarString(encoder, deviceId);
    encoding.writeVarString(encoder, String(revokedAt));
  });
}
