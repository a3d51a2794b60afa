import type { Cancel, Clock, Random, Scheduler } from '#lib/domain/clock.ts';
import { reasonOf } from '#lib/domain/failure.ts';
import type { AgentId, PersonId, SessionId } from '#lib/domain/ids.ts';
import { limits } from '#lib/domain/limits.ts';
import type { BridgeRecord, PromptQueue } from '../../journal/session-record.ts';
import type { SessionRow, Storage } from '../../storage/contract.ts';
import type { Log } from '../../storage/log.ts';
import type { AgentStarter } from '../agents/contract.ts';
import type { Agent, OwnersAgent } from '../agents/discovery.ts';
import type { GitObserver } from '../git/git-observer.ts';
import type { Projects } from '../projects/projects.ts';
import { createAgentCatalogue } from './agent-catalogue.ts';
import type { EngineParts } from './engine-parts.ts';
import { createPermissionRules } from './permission-rules.ts';
import { createSessionHandlers, type SessionHandlers, type Sessions } from './session-handlers.ts';
import { SessionRunner } from './session-runner.ts';

export interface SessionEngineDeps {
  readonly storage: Storage;
  readonly record: BridgeRecord;
  readonly prompts: PromptQueue;
  readonly starter: AgentStarter;
  /** Looks for agents; `owners` are those that an owner added or changed. */
  readonly discover: (owners: readonly OwnersAgent[]) => Promise<readonly Agent[]>;
  readonly observer: GitObserver;
  readonly projects: Projects;
  readonly personName: (personId: PersonId) => string;
  readonly clock: Clock;
  readonly random: Random;
  readonly scheduler: Scheduler;
  readonly log: Log;
}

/** Runs the sessions of a bridge: agents, prompts, permissions, and the record of it all. */
export interface SessionEngine {
  /** Closes what the last life left open, publishes agents, rules and sessions, and takes prompts from now on. */
  start(): Promise<void>;
  /** Interrupts what runs and ends every agent; resolves when the record is on disk and no process is left. */
  stop(): Promise<void>;
  readonly handlers: SessionHandlers;
  /** A person released a paused epoch: queues go on. */
  released(): void;
  /** Present names, for summaries of commands. */
  agentName(id: AgentId): string | null;
  sessionTitle(id: SessionId): string | null;
}

/** Reads what the storage holds; nothing runs before `start`. */
export async function createSessionEngine(deps: SessionEngineDeps): Promise<SessionEngine> {
  const { storage, record, projects, log } = deps;
  const [rows, rules, agentRows] = await Promise.all([
    storage.sessions(),
    storage.rules(),
    storage.agents(),
  ]);
  const parts: EngineParts = {
    ...deps,
    agents: createAgentCatalogue({ rows: agentRows, discover: deps.discover, record }),
    rules: createPermissionRules(rules, record),
    paused: () => storage.life.paused,
    afterTurn: (info) => {
      readProject(info.projectId);
    },
  };
  const runners = new Map<SessionId, SessionRunner>();
  let subscription: Cancel = () => undefined;
  let cancelTimer: Cancel = () => undefined;
  let stopped = false;

  const readProject = (id: SessionRow['info']['projectId']): void => {
    projects.refresh(id).catch((error: unknown) => {
      log.error({ project: id, reason: reasonOf(error) }, 'project not read');
    });
  };

  const sessions: Sessions = {
    get: (id) => runners.get(id) ?? null,
    all: () => runners.values(),
    add(row) {
      const runner = new SessionRunner(parts, row, 'created');
      runners.set(row.info.id, runner);
      runner.entry.show();
      runner.look();
      readProject(row.info.projectId);
    },
  };

  const newestFirst = (): SessionRunner[] =>
    [...runners.values()].sort((a, b) => b.entry.info.lastActivityAt - a.entry.info.lastActivityAt);

  /** One session that cannot be taken up now does not keep the bridge from serving the others. */
  const opened = async (runner: SessionRunner): Promise<void> => {
    try {
      await runner.open();
    } catch (error) {
      log.error({ session: runner.entry.info.id, reason: reasonOf(error) }, 'session not opened');
      runner.look();
    }
  };

  /** Reads every queue once, one after the other and behind everything else: some hold prompts of before the last stop. */
  const lookAtAll = async (): Promise<void> => {
    for (const runner of newestFirst()) {
      if (stopped) return;
      const queued = await deps.prompts.queued(runner.entry.info.id);
      if (queued.length > 0) runner.look();
    }
  };

  const forgetReceipts = (): void => {
    const oldest = deps.clock.now() - limits.receiptKeptMsMax;
    for (const runner of runners.values()) runner.forgetReceiptsBefore(oldest);
    cancelTimer = deps.scheduler.after(limits.timeMarkMs, forgetReceipts);
  };

  return {
    async start() {
      await parts.agents.refresh();
      for (const rule of rules) record.putRule(rule);
      for (const row of rows) {
        if (row.deletedAt !== null) continue;
        runners.set(row.info.id, new SessionRunner(parts, row, 'stored'));
        // Room `bridge` has the others as they were; one without a turn may be on disk without having been shown.
        if (row.turns === 0) record.putSession(row.info);
      }
      subscription = deps.prompts.onChange((id) => {
        runners.get(id)?.look();
      });
      // What ran when the last life ended is closed before anybody reads it.
      for (const runner of newestFirst()) if (wasAtWork(runner)) await opened(runner);
      lookAtAll().catch((error: unknown) => {
        log.error({ reason: reasonOf(error) }, 'queues not read');
      });
      forgetReceipts();
    },
    async stop() {
      stopped = true;
      subscription();
      cancelTimer();
      const ended = await Promise.allSettled(
        [...runners.values()].map((runner) => runner.shutDown()),
      );
      for (const end of ended)
        if (end.status === 'rejected')
          log.error({ reason: reasonOf(end.reason) }, 'session not closed');
    },
    handlers: createSessionHandlers(parts, sessions),
    released() {
      for (const runner of runners.values()) runner.look();
    },
    agentName: (id) => parts.agents.get(id)?.name ?? null,
    sessionTitle: (id) => runners.get(id)?.entry.info.title ?? null,
  };
}

const wasAtWork = ({ entry }: SessionRunner): boolean =>
  entry.info.run === 'starting' || entry.info.run === 'idle' || entry.info.run === 'running';
