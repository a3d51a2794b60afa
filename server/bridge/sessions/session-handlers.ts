import type { CommandKind, CommandOf } from '#lib/domain/command.ts';
import type { SessionId } from '#lib/domain/ids.ts';
import type { AgentRow, SessionRow } from '../../storage/contract.ts';
import type { ControlContext, ControlHandler, ControlOutcome } from '../../journal/contract.ts';
import { done, refused } from './control-outcomes.ts';
import type { EngineParts } from './engine-parts.ts';
import type { SessionRunner } from './session-runner.ts';
import { untitled } from './session-title.ts';

/** The sessions that there are, in memory; they change only in effects and by the engine's own hand. */
export interface Sessions {
  get(id: SessionId): SessionRunner | null;
  all(): Iterable<SessionRunner>;
  add(row: SessionRow): void;
}

type Kinds =
  | 'session.create'
  | 'session.start'
  | 'session.stop'
  | 'session.trash'
  | 'session.restore'
  | 'turn.cancel'
  | 'mode.set'
  | 'permission.answer'
  | 'rule.revoke'
  | 'agent.set';

export type SessionHandlers = { readonly [K in Kinds]: ControlHandler<K> };

/** Decides the commands about sessions, against what is in memory and without waiting. */
export function createSessionHandlers(parts: EngineParts, sessions: Sessions): SessionHandlers {
  const within =
    <K extends CommandKind>(
      decide: (
        session: SessionRunner,
        command: CommandOf<K>,
        context: ControlContext,
      ) => ControlOutcome,
    ): ControlHandler<K> =>
    (command, context) => {
      const session = command.sessionId === undefined ? null : sessions.get(command.sessionId);
      return session === null
        ? refused(
            command.sessionId === undefined
              ? `Expected the session that ${command.kind} is for, none was named.`
              : 'The bridge does not know this session. Nothing was done.',
          )
        : decide(session, command, context);
    };
  const name = (context: ControlContext): string => parts.personName(context.author.personId);

  return {
    'session.create': (command, context) => create(parts, sessions, command, context),

    'session.start': within<'session.start'>((session) => {
      if (session.entry.info.trashedAt !== null)
        return refused('The session is in the trash. Restore it first, then start its agent.');
      return done({
        effect: () => {
          session.start();
        },
      });
    }),

    'session.stop': within<'session.stop'>((session, _command, context) => {
      const { kind } = session.phase;
      if (kind === 'none' || kind === 'ended' || kind === 'login_needed')
        return done({ message: 'No agent process was running.' });
      return done({
        effect: () => {
          session.stop(`Stopped by ${name(context)}.`);
        },
      });
    }),

    'session.trash': within<'session.trash'>((session, _command, context) => {
      if (session.entry.info.trashedAt !== null)
        return done({ message: 'The session was in the trash already.' });
      return done({
        writes: [session.entry.prepare({ trashedAt: context.at })],
        effect: () => {
          session.stop(`Stopped by ${name(context)}, who moved the session to the trash.`);
          session.entry.show();
        },
      });
    }),

    'session.restore': within<'session.restore'>((session) => {
      if (session.entry.info.trashedAt === null)
        return done({ message: 'The session was not in the trash.' });
      return done({
        writes: [session.entry.prepare({ trashedAt: null })],
        effect: () => {
          session.entry.show();
        },
      });
    }),

    'turn.cancel': within<'turn.cancel'>((session, { params }) => {
      const { phase } = session;
      const turn = phase.kind === 'running' || phase.kind === 'handing' ? phase.turn : null;
      if (turn?.turnId !== params.turnId) return done({ message: 'That turn was over already.' });
      return done({
        effect: () => {
          session.cancel();
        },
      });
    }),

    'mode.set': within<'mode.set'>((session, { params }) => {
      const { available } = session.mode;
      const mode = available.find(({ id }) => id === params.modeId);
      if (available.length > 0 && mode === undefined)
        return refused(
          `Expected one of this agent’s modes (${available.map((known) => known.name).join(', ')}), got “${params.modeId}”.`,
        );
      return done({
        ...(available.length === 0 ? { message: 'The mode is set when the agent starts.' } : {}),
        writes: [session.entry.prepare({}, { modeId: params.modeId })],
        effect: () => {
          session.setMode(params.modeId);
        },
      });
    }),

    'permission.answer': within<'permission.answer'>((session, command, context) =>
      session.desk.answer(command, context),
    ),

    'rule.revoke': ({ params: { ruleId } }) => {
      if (parts.rules.get(ruleId) === null)
        return done({ message: 'There was no such rule any more.' });
      return done({
        writes: [{ kind: 'rule_deleted', id: ruleId }],
        effect: () => {
          parts.rules.remove(ruleId);
        },
      });
    },

    'agent.set': (command, context) => setAgent(parts, sessions, command, context),
  };
}

/** Idempotent by the session's id: one that was begun offline is created once, whoever asks first. */
function create(
  parts: EngineParts,
  sessions: Sessions,
  command: CommandOf<'session.create'>,
  context: ControlContext,
): ControlOutcome {
  const { sessionId, agentId, worktree, title } = command.params;
  const projects = parts.projects.list();
  const project = projects.find(({ id }) => id === command.projectId);
  if (project === undefined)
    return refused(
      `Expected one of the projects of this bridge (${projects.map((known) => known.name).join(', ')}), got ${command.projectId ?? 'none'}. No session was made.`,
    );
  if (!parts.agents.knows(agentId))
    return refused(
      `Expected one of the agents of this bridge (${parts.agents
        .list()
        .map((known) => known.id)
        .join(', ')}), got “${agentId}”. No session was made.`,
    );
  const worktrees = project.status.kind === 'read' ? project.status.worktrees : [];
  const directory = worktree.kind === 'in_place' ? project.path : worktree.path;
  if (worktree.kind === 'existing' && !worktrees.some(({ path }) => path === directory))
    return refused(
      `Expected a worktree of ${project.name} (${worktrees.map(({ path }) => path).join(', ') || 'none can be read now'}), got ${directory}. No session was made.`,
    );

  const existing = sessions.get(sessionId)?.entry.info;
  if (existing !== undefined) {
    const same =
      existing.projectId === project.id &&
      existing.agentId === agentId &&
      existing.directory === directory;
    return same
      ? done({ message: 'The session was there already.' })
      : refused(
          `This session was begun before, in ${existing.directory} with ${existing.agentId}. It stays as it is.`,
        );
  }

  const row: SessionRow = {
    info: {
      v: 1,
      id: sessionId,
      projectId: project.id,
      agentId,
      title: title === undefined || title.trim() === '' ? untitled : title.trim(),
      directory,
      branch: worktrees.find(({ path }) => path === directory)?.branch ?? null,
      createdBy: context.author.personId,
      createdAt: context.at,
      lastActivityAt: context.at,
      lastSeq: 0,
      run: 'none',
      endedMessage: null,
      openPermissions: 0,
      needs: null,
      doing: null,
      trashedAt: null,
    },
    agentSessionId: null,
    modeId: null,
    turns: 0,
    openSegment: 0,
    sealed: [],
    deletedAt: null,
  };
  return done({
    writes: [{ kind: 'session', row }],
    effect: () => {
      sessions.add(row);
    },
  });
}

function setAgent(
  parts: EngineParts,
  sessions: Sessions,
  command: CommandOf<'agent.set'>,
  context: ControlContext,
): ControlOutcome {
  const { agentId, name, launch } = command.params;
  if (!parts.agents.mayChange(agentId))
    return refused('The playground agent is part of the bridge and cannot be changed.');
  const row: AgentRow = {
    id: agentId,
    name,
    launch,
    setBy: context.author.deviceId,
    setAt: context.at,
  };
  const who = parts.personName(context.author.personId);
  return done({
    message: 'It takes effect when the agent is started the next time.',
    writes: [{ kind: 'agent', row }],
    effect: () => {
      parts.agents.set(row);
      parts.agents.refresh().catch((error: unknown) => {
        parts.log.error({ err: error }, 'agents not looked for');
      });
      for (const session of sessions.all()) {
        const { kind } = session.phase;
        const running = kind !== 'none' && kind !== 'ended' && kind !== 'login_needed';
        if (session.entry.info.agentId === agentId && running)
          session.notice(
            'info',
            `${who} changed how ${name} is started. It takes effect at its next start.`,
          );
      }
    },
  });
}
