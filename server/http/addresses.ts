/** Where the bridge can be reached, as exact strings: a request is compared with these and nothing is parsed out of it. */
export interface Addresses {
  /** The one origin of the pages; storage in a browser belongs to it. */
  readonly origin: string;
  readonly host: string;
  /** Values of `Host` that are answered at all (T02). */
  readonly hosts: ReadonlySet<string>;
  /** Values of `Origin` that are ours (T03, T04). */
  readonly origins: ReadonlySet<string>;
  /** Whether pages are loaded over TLS, so that cookies can demand it. */
  readonly secure: boolean;
}

export interface AddressOptions {
  readonly port: number;
  /** An address beyond loopback that is listened on as well. */
  readonly host: string | null;
  /** What `--origin` said: a tunnel, a reverse proxy, a development server. */
  readonly origin: string | null;
  readonly tls: boolean;
}

export function addressesOf({ port, host, origin, tls }: AddressOptions): Addresses {
  const scheme = tls ? 'https' : 'http';
  const at = (name: string): URL => new URL(`${scheme}://${name}:${String(port)}`);
  const beyond = host === null ? null : at(host.includes(':') ? `[${host}]` : host);
  const named = origin === null ? (beyond ?? at('localhost')) : new URL(origin);
  const all = [at('localhost'), at('127.0.0.1'), at('[::1]'), ...(beyond ? [beyond] : []), named];
  return {
    origin: named.origin,
    host: named.host,
    hosts: new Set(all.map((url) => url.host)),
    origins: new Set(all.map((url) => url.origin)),
    secure: named.protocol === 'https:',
  };
}
