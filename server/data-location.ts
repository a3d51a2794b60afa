import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StartFailure } from './start-failure.ts';

/**
 * Keeps the bridge's data out of repositories, where an agent or a `git add` would reach it.
 *
 * @throws StartFailure when the directory, or where its links lead, has a `.git` at or above it
 */
export function refuseDataInsideRepository(directory: string): void {
  for (const place of [directory, whereLinksLead(directory)]) {
    const top = repositoryAround(place);
    if (top !== null)
      throw new StartFailure(
        `The data directory ${directory} is inside the repository ${top}. Give one outside with --data, so that neither git nor an agent touches it.`,
      );
  }
}

/** The canonical path of what exists of it. */
function whereLinksLead(path: string): string {
  if (existsSync(path)) return realpathSync(path);
  const parent = dirname(path);
  return parent === path ? path : whereLinksLead(parent);
}

function repositoryAround(path: string): string | null {
  if (existsSync(join(path, '.git'))) return path;
  const parent = dirname(path);
  return parent === path ? null : repositoryAround(parent);
}
