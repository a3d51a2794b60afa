import type { SessionInfo } from '#lib/domain/session.ts';
import { agents, projects, sessionIdOf } from './ids.ts';
import { day, hour, ilse, minute, storyTime } from './people.ts';

const session = (
  n: number,
  fields: Pick<SessionInfo, 'title' | 'projectId'> & Partial<SessionInfo>,
): SessionInfo => ({
  v: 1,
  id: sessionIdOf(n),
  agentId: agents.claude,
  directory: `/home/ilse/code/${fields.projectId}`,
  branch: 'main',
  createdBy: ilse,
  createdAt: storyTime - 2 * day,
  lastActivityAt: storyTime,
  lastSeq: 40,
  run: 'idle',
  endedMessage: null,
  openPermissions: 0,
  needs: null,
  doing: null,
  trashedAt: null,
  ...fields,
});

/** The sessions of the story, one in each state that a list shows. */
export const knownSessions: readonly SessionInfo[] = [
  session(1, {
    title: 'Retry-After is read as milliseconds',
    projectId: projects.api,
    branch: 'fix/retry-after',
    lastActivityAt: storyTime - 2 * minute,
    run: 'running',
    openPermissions: 1,
    needs: 'Wants to run a command',
  }),
  session(2, {
    title: 'Constant-time compare for webhook signatures',
    projectId: projects.api,
    run: 'running',
    doing: 'Editing src/webhooks/verify.ts',
    lastActivityAt: storyTime - 10_000,
  }),
  session(3, {
    title: 'Split CLI flags from config',
    projectId: projects.api,
    lastActivityAt: storyTime - hour,
    lastSeq: 90,
  }),
  session(4, {
    title: 'Why is cold start 900 ms?',
    projectId: projects.api,
    agentId: agents.gemini,
    lastActivityAt: storyTime - 2 * day,
  }),
  session(5, {
    title: 'Empty state for the tracking page',
    projectId: projects.web,
    lastActivityAt: storyTime - 8 * minute,
  }),
  session(6, {
    title: 'Upgrade to Vite 8',
    projectId: projects.web,
    lastActivityAt: storyTime - 3 * hour,
    run: 'ended',
    endedMessage: 'Agent process ended (code 137)',
  }),
  session(7, {
    title: 'Keyboard trap in the date picker',
    projectId: projects.web,
    agentId: agents.codex,
    branch: 'fix/focus',
    lastActivityAt: storyTime - 3 * day,
  }),
  session(8, {
    title: 'zsh prompt is slow in big repositories',
    projectId: projects.dotfiles,
    lastActivityAt: storyTime - 12 * day,
  }),
  session(9, {
    title: 'Notes on the old importer',
    projectId: projects.web,
    lastActivityAt: storyTime - 30 * day,
  }),
  session(10, {
    title: 'Try out the playground',
    projectId: projects.dotfiles,
    lastActivityAt: storyTime - 20 * day,
    trashedAt: storyTime - 2 * day,
  }),
];
