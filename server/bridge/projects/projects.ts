import type { Cancel, Clock, Scheduler } from '#lib/domain/clock.ts';
import type { ProjectId } from '#lib/domain/ids.ts';
import { limits } from '#lib/domain/limits.ts';
import type { ProjectInfo } from '#lib/domain/project.ts';
import type { BridgeRecord } from '../../journal/session-record.ts';
import type { ProjectRow, Storage } from '../../storage/contract.ts';
import { StartFailure } from '../../start-failure.ts';
import type { GitObserver } from '../git/git-observer.ts';
import type { Repository } from '../git/observe-profile.ts';
import { projectIdOf, projectNameFor } from './project-names.ts';
import { goneMessage, missing, readProjectStatus, sameStatus } from './project-status.ts';

/** What is to be served, from the command line or made by the bridge. */
export interface RepositoryChoice {
  readonly path: string;
  readonly playground: boolean;
}

/**
 * The repositories that the bridge may touch. Once served, one stays known with its sessions, also when a later start names
 * others; it is published as it is now, or as missing.
 */
export interface Projects {
  /**
   * Takes up what earlier starts served, registers `choices`, publishes all and begins to look after them.
   *
   * @throws StartFailure when a choice is no repository with a working tree
   */
  start(choices: readonly RepositoryChoice[]): Promise<void>;
  stop(): Promise<void>;
  get(id: ProjectId): ProjectInfo | null;
  list(): readonly ProjectInfo[];
  /** `null` while the repository is missing. */
  repositoryOf(id: ProjectId): Repository | null;
  /** Reads the repository again and publishes what changed; several calls at once share one reading. */
  refresh(id: ProjectId): Promise<void>;
}

interface Served {
  readonly row: ProjectRow;
  repository: Repository | null;
  info: ProjectInfo;
  reading: Promise<void> | null;
}

export function createProjects(deps: {
  readonly observer: GitObserver;
  readonly storage: Pick<Storage, 'projects' | 'commit'>;
  readonly record: Pick<BridgeRecord, 'putProject'>;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
}): Projects {
  const { observer, storage, record, clock, scheduler } = deps;
  const served = new Map<ProjectId, Served>();
  let cancelTimer: Cancel = () => undefined;
  let phase: 'starting' | 'serving' | 'stopped' = 'starting';

  const take = (row: ProjectRow): Served => {
    const { id, name, path, playground } = row;
    const status = missing('Not read yet.', clock.now(), null);
    const entry: Served = {
      row,
      repository: null,
      info: { v: 1, id, name, path, playground, status },
      reading: null,
    };
    served.set(id, entry);
    return entry;
  };

  const register = async (choice: RepositoryChoice): Promise<void> => {
    const found = await observer.describe(choice.path);
    if (found.kind === 'none') throw new StartFailure(found.message);
    const path = found.repository.top;
    const known = served.get(projectIdOf(path));
    if (known !== undefined) return;
    const row: ProjectRow = {
      id: projectIdOf(path),
      name: projectNameFor(path, new Set([...served.values()].map((entry) => entry.row.name))),
      path,
      playground: choice.playground,
      addedAt: clock.now(),
    };
    await storage.commit([{ kind: 'project', row }]);
    take(row);
  };

  const read = async (entry: Served): Promise<void> => {
    const before = entry.info.status;
    // Described only while missing: what was found once is read where it was found, whatever `.git` says meanwhile.
    entry.repository ??= await describe(entry.row.path);
    const status =
      entry.repository === null
        ? missing(goneMessage(entry.row.path), clock.now(), before)
        : await readProjectStatus(observer, clock, entry.repository, before);
    if (status.kind === 'missing') entry.repository = null;
    entry.info = { ...entry.info, status };
    if (phase === 'serving' && !sameStatus(status, before)) record.putProject(entry.info);
  };

  const describe = async (path: string): Promise<Repository | null> => {
    const found = await observer.describe(path);
    return found.kind === 'repository' && found.repository.top === path ? found.repository : null;
  };

  const refresh = (entry: Served): Promise<void> =>
    (entry.reading ??= read(entry).finally(() => {
      entry.reading = null;
    }));

  const lookAgainLater = (): void => {
    cancelTimer = scheduler.after(limits.projectRefreshMs, () => {
      void Promise.all([...served.values()].map(refresh)).finally(() => {
        if (phase === 'serving') lookAgainLater();
      });
    });
  };

  return {
    async start(choices) {
      for (const row of await storage.projects()) take(row);
      for (const choice of choices) await register(choice);
      await Promise.all([...served.values()].map(refresh));
      for (const entry of served.values()) record.putProject(entry.info);
      phase = 'serving';
      lookAgainLater();
    },
    async stop() {
      phase = 'stopped';
      cancelTimer();
      await Promise.all([...served.values()].map(async (entry) => entry.reading));
    },
    get: (id) => served.get(id)?.info ?? null,
    list: () => [...served.values()].map((entry) => entry.info),
    repositoryOf: (id) => served.get(id)?.repository ?? null,
    async refresh(id) {
      const entry = served.get(id);
      if (entry !== undefined) await refresh(entry);
    },
  };
}
