import type { Worktree } from '#lib/domain/project.ts';
import { gitPath, nulParts, type GitPath } from './git-path.ts';

/** One line of `status --porcelain=v2 -z`. */
export interface ChangedEntry {
  readonly path: GitPath;
  readonly untracked: boolean;
  readonly submodule: boolean;
  /** Of HEAD; `null` where HEAD has no such file, or in a merge conflict. */
  readonly headMode: string | null;
  readonly headOid: string | null;
}

export interface StatusOutput {
  /** `null` when HEAD is detached. */
  readonly branch: string | null;
  /** `null` on an unborn branch. */
  readonly head: string | null;
  readonly entries: readonly ChangedEntry[];
}

/**
 * Parses `status --porcelain=v2 --branch -z`. Records of kinds that this git version does not document are left out.
 *
 * @see https://git-scm.com/docs/git-status#_porcelain_format_version_2
 */
export function parseStatus(output: Buffer): StatusOutput {
  let branch: string | null = null;
  let head: string | null = null;
  const entries: ChangedEntry[] = [];
  const parts = nulParts(output);
  for (let index = 0; index < parts.length; index += 1) {
    const part = parts[index] ?? Buffer.alloc(0);
    const kind = part.subarray(0, 2).toString('latin1');
    if (kind === '# ') {
      const line = part.toString('utf8');
      const oid = /^# branch\.oid ([0-9a-f]+)$/.exec(line);
      const name = /^# branch\.head (.+)$/s.exec(line);
      if (oid?.[1] !== undefined) head = oid[1];
      if (name?.[1] !== undefined && name[1] !== '(detached)') branch = name[1];
    } else if (kind === '? ') {
      entries.push({
        path: gitPath(part.subarray(2)),
        untracked: true,
        submodule: false,
        headMode: null,
        headOid: null,
      });
    } else if (kind === '1 ' || kind === '2 ') {
      entries.push(trackedEntry(part, kind === '1 ' ? 8 : 9));
      // A rename is followed by the path it had.
      if (kind === '2 ') index += 1;
    } else if (kind === 'u ') {
      const { fields, path } = split(part, 10);
      entries.push({
        path,
        untracked: false,
        submodule: fields[2] !== 'N...',
        headMode: null,
        headOid: null,
      });
    }
  }
  return { branch, head, entries };
}

function trackedEntry(part: Buffer, fieldCount: number): ChangedEntry {
  const { fields, path } = split(part, fieldCount);
  const headMode = fields[3] ?? '000000';
  const absent = headMode === '000000';
  return {
    path,
    untracked: false,
    submodule: fields[2] !== undefined && fields[2] !== 'N...',
    headMode: absent ? null : headMode,
    headOid: absent ? null : (fields[6] ?? null),
  };
}

/** The first `count` fields, which hold no space, and the path after them, which may. */
function split(part: Buffer, count: number): { fields: string[]; path: GitPath } {
  const fields: string[] = [];
  let start = 0;
  while (fields.length < count) {
    const end = part.indexOf(0x20, start);
    if (end === -1) break;
    fields.push(part.subarray(start, end).toString('latin1'));
    start = end + 1;
  }
  return { fields, path: gitPath(part.subarray(start)) };
}

/** A path that two commits have differently: `diff-tree -r --raw -z`. */
export interface TreeDifference {
  readonly path: GitPath;
  readonly oldMode: string;
  readonly oldOid: string;
}

export function parseRawDifferences(output: Buffer): TreeDifference[] {
  const parts = nulParts(output);
  const found: TreeDifference[] = [];
  for (let index = 0; index + 1 < parts.length; index += 2) {
    const fields = (parts[index] ?? Buffer.alloc(0)).toString('latin1').split(' ');
    const [colonMode, , oldOid] = fields;
    const path = parts[index + 1];
    if (colonMode === undefined || oldOid === undefined || path === undefined) continue;
    found.push({ path: gitPath(path), oldMode: colonMode.slice(1), oldOid });
  }
  return found;
}

/** Parses `worktree list --porcelain -z`: bare entries and those whose directory is gone are left out. */
export function parseWorktrees(output: Buffer): Worktree[] {
  const found: Worktree[] = [];
  let record: string[] = [];
  let index = 0;
  const close = (): void => {
    const valueOf = (key: string): string | null =>
      record.find((line) => line.startsWith(`${key} `))?.slice(key.length + 1) ?? null;
    const path = valueOf('worktree');
    const usable = !record.includes('bare') && !record.some((line) => /^prunable( |$)/.test(line));
    if (path !== null && usable)
      found.push({
        path,
        branch: valueOf('branch')?.replace(/^refs\/heads\//, '') ?? null,
        main: index === 0,
      });
    if (path !== null) index += 1;
    record = [];
  };
  for (const part of nulParts(output)) {
    if (part.length === 0) close();
    else record.push(part.toString('utf8'));
  }
  close();
  return found;
}
