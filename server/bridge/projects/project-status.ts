import type { Clock } from '#lib/domain/clock.ts';
import { reasonOf } from '#lib/domain/failure.ts';
import type { ProjectStatus } from '#lib/domain/project.ts';
import { GitReadError, type GitObserver } from '../git/git-observer.ts';
import type { Repository } from '../git/observe-profile.ts';

/** Reads what every device may see of a repository; one that cannot be read is `missing`, with the reason in words. */
export async function readProjectStatus(
  observer: GitObserver,
  clock: Clock,
  repository: Repository,
  before: ProjectStatus | null,
): Promise<ProjectStatus> {
  try {
    const { branch, head, entries } = await observer.status(repository);
    const worktrees = [...(await observer.worktrees(repository))];
    return {
      kind: 'read',
      branch,
      head,
      changedFiles: entries.length,
      worktrees,
      readAt: clock.now(),
    };
  } catch (error) {
    return missing(messageFor(error, repository), clock.now(), before);
  }
}

/** `since` stays while the reason stays, so that nothing is published twice. */
export function missing(message: string, now: number, before: ProjectStatus | null): ProjectStatus {
  const since = before?.kind === 'missing' ? before.since : now;
  return { kind: 'missing', message, since };
}

function messageFor(error: unknown, repository: Repository): string {
  if (error instanceof GitReadError && (error.why === 'timed_out' || error.why === 'too_much'))
    return error.message;
  if (error instanceof GitReadError) return goneMessage(repository.top);
  return reasonOf(error);
}

export const goneMessage = (path: string): string =>
  `There is no readable repository at ${path} any more. Sessions and what was said in them stay.`;

/** Whether two readings say the same about the repository, whenever they were taken. */
export function sameStatus(one: ProjectStatus, other: ProjectStatus): boolean {
  return JSON.stringify({ ...one, readAt: 0 }) === JSON.stringify({ ...other, readAt: 0 });
}
