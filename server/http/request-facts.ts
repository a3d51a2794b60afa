import type { IncomingMessage } from 'node:http';

/** What a credential looks like on the wire. A browser presents cookies; there may be several of our name (T14). */
export type Presented =
  | { readonly kind: 'none' }
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'cookie'; readonly tokens: readonly string[] };

/** What the gate judges a request by, read from its raw form once. */
export interface RequestFacts {
  readonly method: string;
  /** `null` for an absolute-form or otherwise odd target. */
  readonly path: string | null;
  readonly query: URLSearchParams;
  /** `null` unless there is exactly one. */
  readonly host: string | null;
  readonly origin: string | null;
  /** `Sec-Fetch-Site`, which only browsers send and no script can set. */
  readonly site: string | null;
  readonly presented: Presented;
  readonly remoteAddress: string;
}

/** A neighbour on another port may add cookies of our name; more than this many are not tried. */
const cookiesTriedMax = 4;

export function requestFacts(request: IncomingMessage, cookieName: string): RequestFacts {
  const target = request.url ?? '';
  const [path = '', ...query] = target.split('?');
  return {
    method: request.method ?? 'GET',
    path: path.startsWith('/') ? path : null,
    query: new URLSearchParams(query.join('?')),
    host: onlyHost(request),
    origin: single(request.headers['origin']),
    site: single(request.headers['sec-fetch-site']),
    presented: presentedBy(request, cookieName),
    remoteAddress: request.socket.remoteAddress ?? 'unknown',
  };
}

export const isBrowser = (facts: RequestFacts): boolean => facts.site !== null;

/** Node keeps the first of several `Host` headers; a proxy before us may have judged another. */
function onlyHost(request: IncomingMessage): string | null {
  const count = request.rawHeaders.filter(
    (name, index) => index % 2 === 0 && name.toLowerCase() === 'host',
  ).length;
  return count === 1 ? (request.headers.host ?? null) : null;
}

function presentedBy(request: IncomingMessage, cookieName: string): Presented {
  const authorization = request.headers.authorization;
  if (authorization !== undefined) {
    const token = /^Bearer ([A-Za-z0-9_-]{1,200})$/i.exec(authorization)?.[1];
    return { kind: 'bearer', token: token ?? '' };
  }
  const tokens = (request.headers.cookie ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${cookieName}=`))
    .map((pair) => pair.slice(cookieName.length + 1))
    .slice(0, cookiesTriedMax);
  return tokens.length === 0 ? { kind: 'none' } : { kind: 'cookie', tokens };
}

const single = (value: string | readonly string[] | undefined): string | null =>
  typeof value === 'string' ? value : (value?.join(', ') ?? null);
