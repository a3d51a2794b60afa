import type { BridgeIdentity } from '#lib/sync/wire/http.ts';
import type { Addresses } from './addresses.ts';

/** Browsers keep a cookie for 400 days at most; each visit starts them anew. */
const maxAgeSeconds = 400 * 24 * 60 * 60;
const idCharsInName = 8;

/**
 * Cookies are not kept apart by port, so each bridge has a name of its own. Over TLS the prefix makes browsers refuse one that
 * another host or a page without TLS tries to set (T14).
 */
export const cookieName = ({ id }: Pick<BridgeIdentity, 'id'>, { secure }: Addresses): string =>
  `${secure ? '__Host-' : ''}rejoin_${id.slice(0, idCharsInName)}`;

export const credentialCookie = (name: string, token: string, { secure }: Addresses): string =>
  [
    `${name}=${token}`,
    'Path=/',
    `Max-Age=${String(maxAgeSeconds)}`,
    'HttpOnly',
    'SameSite=Strict',
    ...(secure ? ['Secure'] : []),
  ].join('; ');
