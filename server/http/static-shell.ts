import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative, sep } from 'node:path';
import { empty, type Reply } from './reply.ts';

/** The built app, read once at start: a new build needs a new start. */
export interface StaticShell {
  /** Answers GET of any path outside the API. */
  get(path: string, request: StaticRequest): Reply;
  /** Hashes of the inline scripts of the page, as sources of the policy. */
  readonly scriptHashes: readonly string[];
}

export interface StaticRequest {
  readonly acceptEncoding: string;
  readonly ifNoneMatch: string | null;
}

interface Asset {
  readonly type: string;
  readonly etag: string;
  readonly cacheControl: string;
  readonly raw: Uint8Array;
  readonly br: Uint8Array | null;
  readonly gzip: Uint8Array | null;
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

const page = '/index.html';

/** @returns a shell that says how to build it when there is no build */
export async function readStaticShell(directory: string): Promise<StaticShell> {
  const assets = await readAssets(directory);
  const index = assets.get(page);
  return {
    scriptHashes: index === undefined ? [] : scriptHashesOf(Buffer.from(index.raw).toString()),
    get(path, request) {
      if (index === undefined) return notBuilt;
      const asset = assets.get(path) ?? (isPage(path) ? index : undefined);
      return asset === undefined ? missing : assetReply(asset, request);
    },
  };
}

/** Paths of the app's views have no extension; what the build named is never answered with a page. */
const isPage = (path: string): boolean =>
  extname(path) === '' && !path.startsWith('/_app/') && path !== '/_app';

const missing: Reply = {
  status: 404,
  headers: { 'cache-control': 'no-cache' },
  body: {
    kind: 'bytes',
    bytes: Buffer.from('There is no such file here.\n'),
    type: 'text/plain; charset=utf-8',
  },
};

const notBuilt: Reply = {
  status: 503,
  headers: { 'cache-control': 'no-store' },
  body: {
    kind: 'bytes',
    bytes: Buffer.from('The app is not built. Stop the bridge and run: npm start\n'),
    type: 'text/plain; charset=utf-8',
  },
};

function assetReply(asset: Asset, { acceptEncoding, ifNoneMatch }: StaticRequest): Reply {
  const headers = {
    etag: asset.etag,
    'cache-control': asset.cacheControl,
    vary: 'accept-encoding',
  };
  if (ifNoneMatch === asset.etag) return empty(304, headers);
  const accepts = (coding: string): boolean =>
    acceptEncoding.split(',').some((entry) => entry.trim().split(';')[0] === coding);
  const [coding, bytes] =
    asset.br !== null && accepts('br')
      ? ['br', asset.br]
      : asset.gzip !== null && accepts('gzip')
        ? ['gzip', asset.gzip]
        : [null, asset.raw];
  return {
    status: 200,
    headers: coding === null ? headers : { ...headers, 'content-encoding': coding },
    body: { kind: 'bytes', bytes, type: asset.type },
  };
}

async function readAssets(directory: string): Promise<ReadonlyMap<string, Asset>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(
    () => [],
  );
  const files = new Map<string, Uint8Array>();
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath, entry.name);
    files.set(`/${relative(directory, file).split(sep).join('/')}`, await readFile(file));
  }
  const assets = new Map<string, Asset>();
  for (const [path, raw] of files) {
    if (path.endsWith('.br') || path.endsWith('.gz')) continue;
    assets.set(path, {
      type: types[extname(path)] ?? 'application/octet-stream',
      etag: `"${createHash('sha256').update(raw).digest('hex').slice(0, 32)}"`,
      cacheControl: path.startsWith('/_app/immutable/')
        ? 'public, max-age=31536000, immutable'
        : 'no-cache',
      raw,
      br: files.get(`${path}.br`) ?? null,
      gzip: files.get(`${path}.gz`) ?? null,
    });
  }
  return assets;
}

/** The build writes its policy into a <meta>; the header must allow the same inline scripts. */
function scriptHashesOf(html: string): readonly string[] {
  const policy = /http-equiv="content-security-policy" content="([^"]*)"/i.exec(html)?.[1] ?? '';
  const sources = /script-src ([^;]*)/.exec(policy)?.[1] ?? '';
  return sources.match(/'sha(256|384|512)-[A-Za-z0-9+/=]+'/g) ?? [];
}
