import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { limits } from '#lib/domain/limits.ts';
import { StartFailure } from '../../start-failure.ts';
import type { GitObserver } from '../git/git-observer.ts';
import type { GitRunner } from '../git/git-runner.ts';
import { playgroundFiles } from './playground-files.ts';

/**
 * A small repository to try things in, inside the data directory. One that is there already is left as it is.
 *
 * @returns its path
 * @throws StartFailure when it cannot be made
 */
export async function ensurePlayground(deps: {
  readonly runner: GitRunner;
  readonly observer: GitObserver;
  readonly dataDirectory: string;
}): Promise<string> {
  const path = join(deps.dataDirectory, 'playground');
  const found = await deps.observer.describe(path);
  if (found.kind === 'repository') return path;

  for (const [name, text] of playgroundFiles) {
    await mkdir(dirname(join(path, name)), { recursive: true });
    await writeFile(join(path, name), text);
  }
  const git = async (...args: string[]): Promise<void> => {
    const end = await deps.runner.run({
      args,
      directory: path,
      environment: ownGit,
      timeoutMs: limits.gitReadMsMax,
      outputBytesMax: limits.gitOutputBytesMax,
    });
    if (end.kind === 'exited' && end.code === 0) return;
    const said = end.kind === 'exited' ? end.stderr.trim() : end.kind;
    throw new StartFailure(`The playground repository at ${path} could not be made: ${said}`);
  };
  // An empty template directory: no hook of the machine gets into a repository that nobody asked for.
  await git('init', '--quiet', '--template=', '--initial-branch=main');
  await git('add', '--all');
  await git(
    '-c',
    'user.name=Rejoin',
    '-c',
    'user.email=playground@localhost',
    '-c',
    'commit.gpgsign=false',
    '-c',
    'core.hooksPath=/dev/null',
    'commit',
    '--quiet',
    '--message=A small program to try things on',
  );
  return path;
}

/** Our own repository, made the same way everywhere: the user's configuration takes no part in it. */
const ownGit = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: process.platform === 'win32' ? 'NUL' : '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C',
};
