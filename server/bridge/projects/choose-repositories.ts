import type { GitObserver } from '../git/git-observer.ts';
import type { GitRunner } from '../git/git-runner.ts';
import { ensurePlayground } from './playground-repository.ts';
import type { RepositoryChoice } from './projects.ts';

/**
 * What a start serves: the repositories that were named; with none, the one around the current directory; with none there,
 * the playground.
 *
 * @throws StartFailure when the playground cannot be made
 */
export async function chooseRepositories(deps: {
  readonly observer: GitObserver;
  readonly runner: GitRunner;
  readonly named: readonly string[];
  readonly currentDirectory: string;
  readonly dataDirectory: string;
}): Promise<readonly RepositoryChoice[]> {
  if (deps.named.length > 0) return deps.named.map((path) => ({ path, playground: false }));
  const here = await deps.observer.describe(deps.currentDirectory);
  if (here.kind === 'repository') return [{ path: here.repository.top, playground: false }];
  return [{ path: await ensurePlayground(deps), playground: true }];
}
