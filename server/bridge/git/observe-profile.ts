/**
 * The *observe* profile: git reads a repository and runs nothing that the repository names (R12, security.md 5).
 *
 * Source of each line: the measured table of what git executes from a repository's own configuration (security.md 2.2). The
 * user's own configuration is kept (excludes, safe.directory); what the repository's could start is switched off on the command scope,
 * which wins over every file.
 */

/** A repository as it was when it was registered. Both directories are always given to git, so that nothing is discovered. */
export interface Repository {
  /** Canonical path of the working tree's top. */
  readonly top: string;
  /** Of this working tree: for a linked worktree `<common>/worktrees/<name>`. */
  readonly gitDir: string;
  /** Shared by all working trees of the repository: where refs are. */
  readonly commonDir: string;
}

export type ConfigEntry = readonly [key: string, value: string];

const switchedOff: readonly ConfigEntry[] = [
  ['core.fsmonitor', 'false'],
  ['core.hooksPath', '/dev/null'],
  ['core.pager', 'cat'],
  ['diff.external', ''],
  ['core.sshCommand', 'false'],
  ['core.askPass', 'false'],
  ['core.gitProxy', ''],
  ['credential.helper', ''],
  ['safe.bareRepository', 'explicit'],
  ['submodule.recurse', 'false'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['protocol.allow', 'never'],
  ['log.showSignature', 'false'],
  ['status.submoduleSummary', 'false'],
];

const fixed: Readonly<Record<string, string>> = {
  GIT_OPTIONAL_LOCKS: '0',
  GIT_TERMINAL_PROMPT: '0',
  GIT_ASKPASS: 'false',
  SSH_ASKPASS: 'false',
  GIT_PAGER: 'cat',
  GIT_EDITOR: 'false',
  GIT_LITERAL_PATHSPECS: '1',
  GIT_NO_LAZY_FETCH: '1',
  GIT_ALLOW_PROTOCOL: '',
  LC_ALL: 'C',
};

/** Environment of a call that finds out whether a directory is in a repository; the only one without explicit directories. */
export const discoveryEnvironment = (): Record<string, string> => ({
  ...fixed,
  ...asVariables(switchedOff),
});

/** Environment of every other call. `blanks` come from {@link programKeys}. */
export const observeEnvironment = (
  repository: Repository,
  blanks: readonly ConfigEntry[] = [],
): Record<string, string> => ({
  ...fixed,
  ...asVariables([...switchedOff, ...blanks]),
  GIT_DIR: repository.gitDir,
  GIT_WORK_TREE: repository.top,
  GIT_CEILING_DIRECTORIES: repository.top,
});

/** Configuration by GIT_CONFIG_COUNT: keys may hold any character, also `=`, which `-c` could not carry. */
function asVariables(entries: readonly ConfigEntry[]): Record<string, string> {
  const variables: Record<string, string> = { GIT_CONFIG_COUNT: String(entries.length) };
  for (const [index, [key, value]] of entries.entries()) {
    variables[`GIT_CONFIG_KEY_${String(index)}`] = key;
    variables[`GIT_CONFIG_VALUE_${String(index)}`] = value;
  }
  return variables;
}

/**
 * Of the names that `git config --list --name-only -z` gave: entries that blank every program-valued driver. A filter is also made
 * not required, or git would refuse to read the file at all.
 */
export function programKeys(names: readonly string[]): readonly ConfigEntry[] {
  const blanks = new Map<string, string>();
  for (const name of names) {
    const filter = /^filter\.(.*)\.(clean|smudge|process|required)$/s.exec(name);
    if (filter !== null) {
      const driver = filter[1] ?? '';
      for (const program of ['clean', 'smudge', 'process'])
        blanks.set(`filter.${driver}.${program}`, '');
      blanks.set(`filter.${driver}.required`, 'false');
    } else if (/^(diff\..*\.(textconv|command)|merge\..*\.driver)$/s.test(name)) {
      blanks.set(name, '');
    }
  }
  return [...blanks];
}
