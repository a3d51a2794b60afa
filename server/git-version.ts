import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findGit } from './bridge/git/find-git.ts';
import { StartFailure } from './start-failure.ts';

/** Older ones lack fixes of flaws that a hostile repository can use, unless the distribution has brought them in. */
const wanted = { major: 2, minor: 45 };

/**
 * Looks for git.
 *
 * @returns where it is, and a warning for people when it is old
 * @throws StartFailure when there is none on PATH
 */
export async function requireGit(
  pathVariable: string | undefined,
): Promise<{ readonly git: string; readonly warning: string | null }> {
  const git = await findGit(pathVariable);
  if (git === null)
    throw new StartFailure(
      'git was not found on PATH. Install git (https://git-scm.com/downloads), then start again.',
    );
  const { stdout } = await promisify(execFile)(git, ['--version']);
  return { git, warning: warningFor(stdout) };
}

/** @param output what `git --version` printed */
export function warningFor(output: string): string | null {
  const found = /\b(\d+)\.(\d+)(\.\d+)*/.exec(output);
  if (found === null) return `git did not tell its version, but "${output.trim()}".`;
  const [version, major, minor] = found;
  const isOld =
    Number(major) < wanted.major ||
    (Number(major) === wanted.major && Number(minor) < wanted.minor);
  return isOld
    ? `git ${version} is older than ${String(wanted.major)}.${String(wanted.minor)}: unless your system patched it, a hostile repository can use flaws that were fixed since.`
    : null;
}
