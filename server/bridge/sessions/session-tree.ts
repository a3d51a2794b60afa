import { limits } from '#lib/domain/limits.ts';
import { GitReadError, type GitObserver, type Head } from '../git/git-observer.ts';
import type { Repository } from '../git/observe-profile.ts';
import {
  changedSince,
  reportedPath,
  takeSnapshot,
  type TreeSnapshot,
} from '../git/tree-snapshot.ts';

/**
 * The working tree that a session works in, as git tells it. What cannot be read is `null`: a session goes on without figures
 * rather than not at all.
 */
export interface SessionTree {
  snapshot(): Promise<TreeSnapshot | null>;
  /** How many files a turn changed; `null` when that cannot be told. */
  changedFiles(before: TreeSnapshot | null, reported: readonly string[]): Promise<number | null>;
  head(): Promise<Head | null>;
  /** For mentions; `null` when it cannot be read. */
  paths(): Promise<readonly string[] | null>;
}

export function createSessionTree(deps: {
  readonly observer: GitObserver;
  readonly directory: string;
  /** The project's repository, of which the directory must be a working tree; `null` while it is missing. */
  readonly projectRepository: () => Repository | null;
  readonly onProblem: (error: unknown) => void;
}): SessionTree {
  const { observer, directory } = deps;
  let known: Repository | null = null;

  /** Found once; a `.git` that is swapped later is not followed, and one of another repository never. */
  const repository = async (): Promise<Repository | null> => {
    const project = deps.projectRepository();
    if (project === null) return null;
    if (project.top === directory) return project;
    if (known !== null) return known;
    const found = await observer.describe(directory);
    if (found.kind === 'none' || found.repository.commonDir !== project.commonDir) return null;
    known = found.repository;
    return known;
  };

  const read = async <T>(what: (tree: Repository) => Promise<T | null>): Promise<T | null> => {
    try {
      const tree = await repository();
      return tree === null ? null : await what(tree);
    } catch (error) {
      if (!(error instanceof GitReadError)) throw error;
      deps.onProblem(error);
      return null;
    }
  };

  return {
    snapshot: () => read((tree) => takeSnapshot(observer, tree)),
    changedFiles: (before, reported) =>
      read(async (tree) => {
        if (before === null) return null;
        const paths = reported.map((path) => reportedPath(directory, path));
        return (await changedSince(observer, tree, before, paths))?.length ?? null;
      }),
    head: () => read((tree) => observer.head(tree)),
    paths: () => read((tree) => observer.paths(tree, limits.mentionPathsBytesMax)),
  };
}
