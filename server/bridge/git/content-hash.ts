import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readlink } from 'node:fs/promises';
import { limits } from '#lib/domain/limits.ts';

export type ObjectFormat = 'sha1' | 'sha256';

/**
 * What is at a path, named by its bytes as git would name them: `f:<oid>` a file, `x:<oid>` an executable one, `l:<oid>` a
 * symbolic link (its target), `directory`, `other`, or `absent`. No filter is applied. A file over
 * `limits.snapshotFileBytesMax` is named by size and time of change instead.
 */
export async function contentHash(path: Buffer, format: ObjectFormat): Promise<string> {
  try {
    const found = await lstat(path);
    if (found.isSymbolicLink())
      return `l:${oidOf(await readlink(path, { encoding: 'buffer' }), format)}`;
    if (found.isDirectory()) return 'directory';
    if (!found.isFile()) return 'other';
    const kind = (found.mode & 0o100) !== 0 ? 'x' : 'f';
    if (found.size > limits.snapshotFileBytesMax)
      return `${kind}:${String(found.size)}@${String(found.mtimeMs)}`;
    return `${kind}:${await oidOfFile(path, found.size, format)}`;
  } catch (error) {
    if (isAbsence(error)) return 'absent';
    return 'unreadable';
  }
}

/** The same name for what a commit holds at a path, from its mode and oid. */
export function contentHashOfCommitted(mode: string | null, oid: string | null): string {
  if (mode === null || oid === null || /^0+$/.test(oid)) return 'absent';
  if (mode === '100755') return `x:${oid}`;
  if (mode === '120000') return `l:${oid}`;
  return mode === '160000' ? 'directory' : `f:${oid}`;
}

const oidOf = (bytes: Buffer, format: ObjectFormat): string =>
  createHash(format)
    .update(`blob ${String(bytes.length)}\0`)
    .update(bytes)
    .digest('hex');

async function oidOfFile(path: Buffer, size: number, format: ObjectFormat): Promise<string> {
  const hash = createHash(format).update(`blob ${String(size)}\0`);
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

const absences: ReadonlySet<unknown> = new Set(['ENOENT', 'ENOTDIR']);

const isAbsence = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && absences.has(error.code);
