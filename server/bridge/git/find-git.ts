import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';

/** Where git is, by the directories of PATH in order; `null` when there is none. Always absolute, so that no directory git is started in can shadow it. */
export async function findGit(pathVariable: string | undefined): Promise<string | null> {
  const names = process.platform === 'win32' ? ['git.exe'] : ['git'];
  for (const directory of (pathVariable ?? '').split(delimiter)) {
    if (directory === '') continue;
    for (const name of names) {
      const candidate = join(directory, name);
      try {
        await access(candidate, constants.X_OK);
        return candidate;
      } catch {
        // The next directory may have it.
      }
    }
  }
  return null;
}
