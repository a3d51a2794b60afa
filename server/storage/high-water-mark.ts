import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import * as z from 'zod/mini';
import { epochSchema } from '#lib/domain/ids.ts';

const markSchema = z.object({
  v: z.literal(1),
  epoch: epochSchema,
  /** Numbers of the sequence that were on disk when it was written: the database is never behind it. */
  allocated: z.number().check(z.int(), z.nonnegative()),
});

/** What the database must have reached; kept outside of it, so that putting an older copy in its place shows. */
export type HighWaterMark = z.infer<typeof markSchema>;

export type FoundMark =
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'mark'; readonly mark: HighWaterMark };

export function readHighWaterMark(path: string): FoundMark {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT')
      return { kind: 'absent' };
    throw error;
  }
  try {
    return { kind: 'mark', mark: markSchema.parse(JSON.parse(text)) };
  } catch {
    return { kind: 'unreadable' };
  }
}

/** Replaces the mark; on disk when it returns, and never half of it. */
export function writeHighWaterMark(path: string, mark: HighWaterMark): void {
  const next = `${path}.new`;
  rmSync(next, { force: true });
  const file = openSync(next, 'wx', 0o600);
  try {
    writeSync(file, JSON.stringify(mark));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(next, path);
  syncDirectory(dirname(path));
}

function syncDirectory(path: string): void {
  // Windows has no handle to sync on a directory; NTFS journals the entry itself.
  if (process.platform === 'win32') return;
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
