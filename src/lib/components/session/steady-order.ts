import type { ListedSession, SessionGroup } from '#lib/views/session-list.svelte.ts';

/**
 * The groups in the order they had, with what their sessions say now. Sessions that came are left out and those that changed
 * their group stay where they were, until the order may change again; those that are gone are gone.
 */
export function steadied(
  before: readonly SessionGroup[],
  now: readonly SessionGroup[],
): readonly SessionGroup[] {
  const present = new Map<string, ListedSession>(
    now.flatMap(({ sessions }) => sessions.map((session) => [session.id, session] as const)),
  );
  return before.flatMap((group) => {
    const sessions = group.sessions.flatMap(({ id }) => present.get(id) ?? []);
    return sessions.length === 0 ? [] : [{ ...group, sessions }];
  });
}
