import { realpath, stat } from 'node:fs/promises';
import { isAbsolute, relative } from 'node:path';
import { assertNever, reasonOf } from '#lib/domain/failure.ts';
import { limits } from '#lib/domain/limits.ts';
import type { Worktree } from '#lib/domain/project.ts';
import { nulParts } from './git-path.ts';
import type { GitEnd, GitRunner } from './git-runner.ts';
import {
  discoveryEnvironment,
  observeEnvironment,
  programKeys,
  type ConfigEntry,
  type Repository,
} from './observe-profile.ts';
import {
  parseRawDifferences,
  parseStatus,
  parseWorktrees,
  type StatusOutput,
  type TreeDifference,
} from './porcelain.ts';

export type Described =
  | { readonly kind: 'repository'; readonly repository: Repository }
  | { readonly kind: 'none'; readonly message: string };

/** `branch` is null when HEAD is detached, `oid` on an unborn branch. */
export interface Head {
  readonly branch: string | null;
  readonly oid: string | null;
}

/** Git could not tell: the repository is gone, git refused, took too long or said too much. */
export class GitReadError extends Error {
  readonly why: 'missing' | 'failed' | 'timed_out' | 'too_much';

  constructor(why: GitReadError['why'], message: string) {
    super(message);
    this.name = 'GitReadError';
    this.why = why;
  }
}

/**
 * Reads repositories by the *observe* profile (R12): argument vectors, no shell, nothing run that the repository names, a
 * time limit and an output limit on each call. @throws GitReadError from everything but `describe`.
 */
export interface GitObserver {
  /** Whether a directory is inside a working tree, and of which repository. */
  describe(path: string): Promise<Described>;
  head(repository: Repository): Promise<Head>;
  worktrees(repository: Repository): Promise<readonly Worktree[]>;
  /** Files that differ from HEAD or are untracked; a renamed file is two. Contents of submodules are not looked at. */
  status(repository: Repository): Promise<StatusOutput>;
  /** Paths that two commits have differently. */
  differences(repository: Repository, from: string, to: string): Promise<readonly TreeDifference[]>;
  /**
   * Tracked paths, then untracked ones that are not ignored, each once and relative to the top; as many as fit into `bytesMax`.
   * Names that are not UTF-8 are left out, since nobody could type them.
   */
  paths(repository: Repository, bytesMax: number): Promise<readonly string[]>;
  /** Which of the given paths git tracks, or would list as untracked. */
  known(repository: Repository, paths: readonly string[]): Promise<ReadonlySet<string>>;
}

export function createGitObserver(deps: { readonly runner: GitRunner }): GitObserver {
  const call = (
    repository: Repository,
    args: readonly string[],
    blanks: readonly ConfigEntry[] = [],
  ): Promise<GitEnd> =>
    deps.runner.run({
      args,
      directory: repository.top,
      environment: observeEnvironment(repository, blanks),
      timeoutMs: limits.gitReadMsMax,
      outputBytesMax: limits.gitOutputBytesMax,
    });
  const read = async (
    repository: Repository,
    args: readonly string[],
    blanks?: readonly ConfigEntry[],
  ): Promise<Buffer> => outputOf(await call(repository, args, blanks), args, repository);

  /** Read anew for each call that may look at contents: a driver named a moment ago is blanked too. */
  const blanksOf = async (repository: Repository): Promise<readonly ConfigEntry[]> => {
    const names = await read(repository, ['config', '--list', '--includes', '--name-only', '-z']);
    return programKeys(nulParts(names).map((name) => name.toString('utf8')));
  };

  return {
    describe: (path) => describe(deps.runner, path),

    async head(repository) {
      const branch = await call(repository, ['symbolic-ref', '--quiet', 'HEAD']);
      const oid = await call(repository, ['rev-parse', '--quiet', '--verify', 'HEAD^{commit}']);
      // Both exit with 1, silently, for "detached" and "unborn"; anything above is a real failure.
      const text = (end: GitEnd): string | null =>
        end.kind === 'exited' && end.code === 1
          ? null
          : outputOf(end, ['rev-parse'], repository).toString('utf8').trimEnd();
      return { branch: text(branch)?.replace(/^refs\/heads\//, '') ?? null, oid: text(oid) };
    },

    async worktrees(repository) {
      return parseWorktrees(await read(repository, ['worktree', 'list', '--porcelain', '-z']));
    },

    async status(repository) {
      const args = [
        'status',
        '--porcelain=v2',
        '--branch',
        '--no-ahead-behind',
        '--untracked-files=all',
        '--ignore-submodules=dirty',
        '--no-renames',
        '-z',
      ];
      return parseStatus(await read(repository, args, await blanksOf(repository)));
    },

    async differences(repository, from, to) {
      const args = [
        'diff-tree',
        '-r',
        '--raw',
        '--no-abbrev',
        '--no-renames',
        '--no-ext-diff',
        '--no-textconv',
        '-z',
        objectName(from),
        objectName(to),
        '--',
      ];
      return parseRawDifferences(await read(repository, args));
    },

    async paths(repository, bytesMax) {
      const listed = new Set<string>();
      let bytes = 0;
      for (const which of [['--cached'], ['--others', '--exclude-standard']]) {
        const end = await call(repository, ['ls-files', '-z', ...which]);
        const output =
          end.kind === 'too_much' ? end.stdout : outputOf(end, ['ls-files'], repository);
        for (const part of nulParts(output)) {
          const text = part.toString('utf8');
          if (listed.has(text) || !Buffer.from(text, 'utf8').equals(part)) continue;
          bytes += part.length + 4;
          if (bytes > bytesMax) return [...listed];
          listed.add(text);
        }
      }
      return [...listed];
    },

    async known(repository, paths) {
      const inside = paths.filter((path) => path !== '' && !path.startsWith('..'));
      if (inside.length === 0) return new Set();
      const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--'];
      const output = await read(repository, [...args, ...inside]);
      return new Set(nulParts(output).map((part) => part.toString('utf8')));
    },
  };
}

/** An object id and nothing else, so that no argument is ever taken for an option or an expression. */
function objectName(oid: string): string {
  if (!/^[0-9a-f]{40}([0-9a-f]{24})?$/.test(oid))
    throw new TypeError(`expected 40 or 64 hexadecimal digits, got ${JSON.stringify(oid)}`);
  return oid;
}

function outputOf(end: GitEnd, args: readonly string[], repository: Repository): Buffer {
  const what = `git ${args[0] ?? ''} in ${repository.top}`;
  switch (end.kind) {
    case 'exited':
      if (end.code === 0) return end.stdout;
      throw new GitReadError(
        'failed',
        `${what} ended with ${String(end.code)}: ${end.stderr.trim()}`,
      );
    case 'too_much':
      throw new GitReadError(
        'too_much',
        `${what} gave more than ${String(limits.gitOutputBytesMax)} bytes.`,
      );
    case 'timed_out':
      throw new GitReadError(
        'timed_out',
        `${what} took longer than ${String(limits.gitReadMsMax / 1000)} s.`,
      );
    case 'not_started':
      throw new GitReadError('missing', `${what} could not be started: ${end.message}`);
    default:
      return assertNever(end);
  }
}

async function describe(runner: GitRunner, path: string): Promise<Described> {
  let directory: string;
  try {
    directory = await realpath(path);
    if (!(await stat(directory)).isDirectory())
      return { kind: 'none', message: `Expected a directory, ${path} is a file.` };
  } catch (error) {
    return { kind: 'none', message: `Expected a directory at ${path}: ${reasonOf(error)}` };
  }
  const answers: string[] = [];
  for (const question of ['--show-toplevel', '--absolute-git-dir', '--git-common-dir']) {
    const end = await runner.run({
      args: ['rev-parse', '--path-format=absolute', question],
      directory,
      environment: discoveryEnvironment(),
      timeoutMs: limits.gitReadMsMax,
      outputBytesMax: 64 * 1024,
    });
    if (end.kind !== 'exited' || end.code !== 0)
      return { kind: 'none', message: refusal(path, end) };
    answers.push(end.stdout.toString('utf8').replace(/\r?\n$/, ''));
  }
  const [top, gitDir, commonDir] = await Promise.all(answers.map((answer) => realpath(answer)));
  if (top === undefined || gitDir === undefined || commonDir === undefined)
    return { kind: 'none', message: `Git did not say where the repository of ${path} is.` };
  if (!isInside(top, directory))
    return {
      kind: 'none',
      message: `The repository of ${path} names another working tree, ${top}. Nothing is read there.`,
    };
  return { kind: 'repository', repository: { top, gitDir, commonDir } };
}

function refusal(path: string, end: GitEnd): string {
  if (end.kind === 'not_started') return `Git could not be started: ${end.message}`;
  if (end.kind !== 'exited') return `Git did not say within its limits what ${path} is.`;
  if (/not a git repository/.test(end.stderr)) return `${path} is not in a git repository.`;
  if (/must be run in a work tree/.test(end.stderr))
    return `${path} is a bare repository; one with a working tree is needed.`;
  return `Git refuses ${path}: ${end.stderr.trim()}`;
}

/** Whether `path` is `top` or below it; both canonical. */
export function isInside(top: string, path: string): boolean {
  const way = relative(top, path);
  return way === '' || (!isAbsolute(way) && way !== '..' && !/^\.\.[\\/]/.test(way));
}
