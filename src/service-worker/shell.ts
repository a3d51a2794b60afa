/** How a request is answered: by the bridge, by the one page of the app, or by a file of this version. */
export type Answer = 'network' | 'page' | 'file';

/** What only the bridge can answer; the service worker never stands between. */
const bridgePaths = /^\/(api|sync|metrics|healthz)(\/|$)/u;

/** What the decision needs of a `Request`. */
export interface Asked {
  readonly method: string;
  readonly mode: string;
  readonly url: string;
}

/**
 * @param origin this app's own
 * @param shipped paths of the files of this version
 */
export function answerTo(request: Asked, origin: string, shipped: ReadonlySet<string>): Answer {
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== origin || bridgePaths.test(url.pathname))
    return 'network';
  // Every address of the app is the same page: it reads the rest from this device.
  if (request.mode === 'navigate') return 'page';
  return shipped.has(url.pathname) ? 'file' : 'network';
}

/**
 * Whether a file is fetched with the installation. Fonts of scripts that few texts here use are fetched when one does; all
 * else must be there without a network.
 */
export const isPrecached = (path: string): boolean =>
  !/-(cyrillic|greek|vietnamese)(-ext)?-[^/]*\.woff2$/u.test(path);

const prefix = 'rejoin-shell-';

export const shellName = (version: string): string => `${prefix}${version}`;

/** Caches of other versions; what others keep at this origin is none of ours. */
export const isOldShell = (name: string, version: string): boolean =>
  name.startsWith(prefix) && name !== shellName(version);
