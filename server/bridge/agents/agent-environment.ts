export type Environment = Readonly<Record<string, string | undefined>>;

/** What a program needs to find itself, its user and its language. No agent of keys, no token, no setting of the bridge. */
const passedNames: ReadonlySet<string> = new Set([
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LANGUAGE',
  'TMPDIR',
  'TZ',
  'XDG_CACHE_HOME',
  'XDG_CONFIG_HOME',
  'XDG_DATA_HOME',
  'XDG_RUNTIME_DIR',
  'XDG_STATE_HOME',
]);

/**
 * The whole environment of an agent's process: of the bridge's own only what is on the list and what the agent is known to
 * read, then the agent's fixed values, then the owner's, which come first in a conflict.
 */
export function agentEnvironment(
  base: Environment,
  agent: {
    readonly envNames: readonly string[];
    readonly fixed: Readonly<Record<string, string>>;
    readonly owner: Readonly<Record<string, string>>;
  },
): Record<string, string> {
  const wanted = new Set(agent.envNames);
  const passed = Object.entries(base).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined &&
      (passedNames.has(entry[0]) || entry[0].startsWith('LC_') || wanted.has(entry[0])),
  );
  return { ...Object.fromEntries(passed), TERM: 'dumb', ...agent.fixed, ...agent.owner };
}
