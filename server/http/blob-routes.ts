import { createHash } from 'node:crypto';
import { FailureError } from '#lib/domain/failure.ts';
import { sha256Schema, type Sha256 } from '#lib/domain/ids.ts';
import { limits } from '#lib/domain/limits.ts';
import { roles, type Scope } from '#lib/domain/role.ts';
import type { Storage } from '../storage/contract.ts';
import { BlobReferences } from './blob-references.ts';
import { deviceRoute, type DeviceCall, type Route } from './routes.ts';
import { empty, type Reply } from './reply.ts';
import { bytesBody, noBody, parseInput } from './request-body.ts';

export interface BlobRouteParts {
  readonly storage: Pick<Storage, 'blob' | 'hasBlob' | 'commit' | 'items' | 'sessions'>;
}

export function blobRoutes({ storage }: BlobRouteParts): readonly Route[] {
  const references = new BlobReferences(storage);
  return [
    deviceRoute({
      method: 'GET',
      path: '/api/blobs/:sha256',
      roles,
      body: noBody,
      handle: (call) => readBlob(storage, references, call),
    }),
    deviceRoute({
      method: 'PUT',
      path: '/api/blobs/:sha256',
      roles: ['owner', 'editor'],
      body: bytesBody(limits.blobBytesMax, 'a blob'),
      handle: (call, bytes) => keepBlob(storage, call, bytes),
    }),
  ];
}

async function readBlob(
  storage: BlobRouteParts['storage'],
  references: BlobReferences,
  { params, caller, request }: DeviceCall,
): Promise<Reply> {
  const sha256 = nameOf(params);
  if (!(await mayReadBlob(references, caller.principal.scope, sha256))) throw absent(sha256);
  const etag = `"${sha256}"`;
  const headers = {
    etag,
    // The name is the hash of the bytes, so they never change; only this device's browser may keep them.
    'cache-control': 'private, max-age=31536000, immutable',
    // Shown by our own pages only: opened by itself, a blob is a download, never a page of this origin.
    'content-disposition': 'attachment',
  };
  if (request.headers['if-none-match'] === etag && (await storage.hasBlob(sha256)))
    return empty(304, headers);
  const bytes = await storage.blob(sha256);
  if (bytes === null) throw absent(sha256);
  return {
    status: 200,
    headers,
    body: { kind: 'bytes', bytes, type: 'application/octet-stream' },
  };
}

async function keepBlob(
  storage: BlobRouteParts['storage'],
  { params }: DeviceCall,
  bytes: Uint8Array,
): Promise<Reply> {
  const sha256 = nameOf(params);
  const came = createHash('sha256').update(bytes).digest('hex');
  if (came !== sha256)
    throw new FailureError('bad_request', `Expected bytes with SHA-256 ${sha256}, got ${came}.`);
  if (await storage.hasBlob(sha256)) return empty(200);
  await storage.commit([{ kind: 'blob', sha256, bytes }]);
  return empty(201);
}

const nameOf = ({ sha256 }: DeviceCall['params']): Sha256 =>
  parseInput(sha256Schema, sha256, 'a SHA-256 in hex');

const mayReadBlob = async (
  references: BlobReferences,
  scope: Scope,
  sha256: Sha256,
): Promise<boolean> =>
  scope.kind === 'workspace' || (await references.isReferenced(sha256, scope.sessions));

/** The same words for "not there" and "not yours": a hash must not tell a guest what exists. */
const absent = (sha256: Sha256): FailureError =>
  new FailureError('not_found', `There is no blob ${sha256} here.`);
