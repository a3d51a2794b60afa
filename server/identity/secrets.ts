import { createHash } from 'node:crypto';
import type { Random } from '#lib/domain/clock.ts';

/** 256 random bits in base64url: a device's token or a pairing secret. Only its {@link hashOf} is ever stored. */
export const newSecret = (random: Random): string =>
  Buffer.from(random.bytes(32)).toString('base64url');

/** SHA-256 in hex. A secret of 256 random bits needs no salt and no slow hash. */
export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');
