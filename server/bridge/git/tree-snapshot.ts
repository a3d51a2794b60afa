import { relative, resolve } from 'node:path';
import { limits } from '#lib/domain/limits.ts';
import { contentHash, contentHashOfCommitted, type ObjectFormat } from './content-hash.ts';
import { keyOfPath, type GitPath } from './git-path.ts';
import { isInside, type GitObserver } from './git-observer.ts';
import type { Repository } from './observe-profile.ts';
import type { ChangedEntry } from './porcelain.ts';

/** A working tree at one moment: what HEAD was, and the content of every file that differed from it. */
export interface TreeSnapshot {
  readonly branch: string | null;
  readonly head: string | null;
  readonly changed: ReadonlyMap<string, SnapshotEntry>;
}

export interface SnapshotEntry {
  readonly entry: ChangedEntry;
  readonly content: string;
}

/** @returns `null` when more than `limits.snapshotFilesMax` files differ. @throws GitReadError */
export async function takeSnapshot(
  observer: GitObserver,
  repository: Repository,
): Promise<TreeSnapshot | null> {
  const { branch, head, entries } = await observer.status(repository);
  if (entries.length > limits.snapshotFilesMax) return null;
  const changed = new Map<string, SnapshotEntry>();
  for (const entry of entries)
    changed.set(keyOfPath(entry.path), {
      entry,
      content: await contentAt(repository, entry.path, head),
    });
  return { branch, head, changed };
}

/**
 * The files whose bytes, kind or executable bit are not what they were when `before` was taken, whoever changed them; a file
 * changed and put back is not among them, nor is a change of the index alone. To them come the files among `reported` (paths that
 * an agent said it edited) that git ignores or that are outside the tree, if they exist.
 *
 * @returns `null` when too many files differ. @throws GitReadError
 */
export async function changedSince(
  observer: GitObserver,
  repository: Repository,
  before: TreeSnapshot,
  reported: readonly string[],
): Promise<readonly string[] | null> {
  const after = await takeSnapshot(observer, repository);
  if (after === null) return null;
  const committed = await committedBefore(observer, repository, before.head, after.head);
  const candidates = new Map<string, GitPath>();
  for (const [key, { entry }] of [...before.changed, ...after.changed])
    candidates.set(key, entry.path);
  for (const [key, { path }] of committed) candidates.set(key, path);

  const found: string[] = [];
  for (const [key, path] of candidates) {
    const was = before.changed.get(key)?.content ?? contentInHead(key, committed, after);
    const is = after.changed.get(key)?.content ?? (await contentAt(repository, path, after.head));
    if (was !== is) found.push(path.text ?? key);
  }
  return [...found, ...(await unknownToGit(observer, repository, reported, after.head))];
}

/** What a path that was clean held: HEAD's content then, from the commits' difference or from the status now. */
function contentInHead(
  key: string,
  committed: ReadonlyMap<string, { readonly content: string }>,
  after: TreeSnapshot,
): string {
  const moved = committed.get(key);
  if (moved !== undefined) return moved.content;
  const entry = after.changed.get(key)?.entry;
  return contentHashOfCommitted(entry?.headMode ?? null, entry?.headOid ?? null);
}

async function committedBefore(
  observer: GitObserver,
  repository: Repository,
  from: string | null,
  to: string | null,
): Promise<ReadonlyMap<string, { readonly path: GitPath; readonly content: string }>> {
  // Out of an unborn branch every file was untracked or absent: `before` holds those, and what is new is compared with absence.
  if (to === null || from === to) return new Map();
  const differences = await observer.differences(repository, from ?? emptyTree(to), to);
  return new Map(
    differences.map(({ path, oldMode, oldOid }) => [
      keyOfPath(path),
      { path, content: contentHashOfCommitted(oldMode, oldOid) },
    ]),
  );
}

/** The name of the tree without entries, known to every git. */
const emptyTree = (sibling: string): string =>
  sibling.length === 64
    ? '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321'
    : '4b825dc642cb6eb9a060e54bf8d69288fbee4904';

async function unknownToGit(
  observer: GitObserver,
  repository: Repository,
  reported: readonly string[],
  head: string | null,
): Promise<readonly string[]> {
  const paths = [...new Set(reported)].slice(0, limits.snapshotFilesMax);
  const inside = new Map<string, string>();
  const outside: string[] = [];
  for (const path of paths) {
    if (isInside(repository.top, path)) inside.set(relative(repository.top, path), path);
    else outside.push(path);
  }
  const known = await observer.known(repository, [...inside.keys()]);
  const found: string[] = [];
  for (const path of [
    ...outside,
    ...[...inside].filter(([name]) => !known.has(name)).map(([, path]) => path),
  ]) {
    const content = await contentHash(Buffer.from(path), formatOf(head));
    if (content !== 'absent') found.push(path);
  }
  return found;
}

const contentAt = (repository: Repository, path: GitPath, head: string | null): Promise<string> =>
  contentHash(Buffer.concat([Buffer.from(`${repository.top}/`), path.bytes]), formatOf(head));

const formatOf = (head: string | null): ObjectFormat => (head?.length === 64 ? 'sha256' : 'sha1');

/** Where a reported path is, whether the agent gave it relative to its directory or absolute. */
export const reportedPath = (directory: string, path: string): string => resolve(directory, path);
