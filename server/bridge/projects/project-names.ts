import { createHash } from 'node:crypto';
import { basename, dirname } from 'node:path';
import { projectIdSchema, type ProjectId } from '#lib/domain/ids.ts';

/** The id of a project: the first 16 hexadecimal digits of the SHA-256 of its canonical path. */
export const projectIdOf = (path: string): ProjectId =>
  projectIdSchema.parse(createHash('sha256').update(path).digest('hex').slice(0, 16));

/** The directory's name; with its parent's, then with a number, where another project has that name already. */
export function projectNameFor(path: string, taken: ReadonlySet<string>): string {
  const own = basename(path) || path;
  if (!taken.has(own)) return own;
  const withParent = `${own} (${basename(dirname(path)) || '/'})`;
  if (!taken.has(withParent)) return withParent;
  for (let number = 2; ; number += 1) {
    const numbered = `${withParent} ${String(number)}`;
    if (!taken.has(numbered)) return numbered;
  }
}
