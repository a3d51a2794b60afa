import { acpStarter } from '../bridge/agents/acp-starter.ts';
import { discoverAgents } from '../bridge/agents/discovery.ts';
import { createGitObserver } from '../bridge/git/git-observer.ts';
import { createProcessGitRunner } from '../bridge/git/git-runner.ts';
import { chooseRepositories } from '../bridge/projects/choose-repositories.ts';
import { createProjects, type RepositoryChoice } from '../bridge/projects/projects.ts';
import { createSessionEngine } from '../bridge/sessions/session-engine.ts';
import { deviceRoleHandler } from '../identity/device-role.ts';
import { bridgeReleaseHandler } from '../journal/bridge-release.ts';
import type { Journal } from '../journal/contract.ts';
import { ControlJournal } from '../journal/control-journal.ts';
import { summarizer } from '../journal/summaries.ts';
import type { Assembly } from './assembly.ts';
import type { Foundation } from './foundation.ts';
import type { SharedDocuments } from './shared-documents.ts';

/** Repositories, agents and the journal of what they are asked for. */
export interface Work {
  readonly journal: Journal;
  /**
   * Registers the repositories, then takes up sessions and prompts.
   *
   * @returns the repositories that were chosen
   * @throws StartFailure when one of them is none
   */
  begin(): Promise<readonly RepositoryChoice[]>;
}

export async function openWork(
  { config, ambient, log, version, parts }: Assembly,
  { storage, identity: { directory }, git }: Foundation,
  { projector, prompts, publishBridge }: SharedDocuments,
): Promise<Work> {
  const runner = createProcessGitRunner({
    gitPath: git,
    scheduler: ambient.scheduler,
    environment: process.env,
  });
  const observer = createGitObserver({ runner });
  const projects = createProjects({ observer, storage, record: projector, ...ambient });
  parts.defer(() => projects.stop());
  const engine = await createSessionEngine({
    storage,
    record: projector,
    prompts,
    starter: acpStarter({ ...ambient, log, clientVersion: version }),
    discover: (owners) =>
      discoverAgents({ environment: process.env, node: process.execPath, owners }),
    observer,
    projects,
    personName: (id) => directory.person(id)?.name ?? 'Somebody',
    ...ambient,
    log,
  });
  parts.defer(() => engine.stop());
  const journal = await ControlJournal.open({
    storage,
    handlers: {
      ...engine.handlers,
      'device.role': deviceRoleHandler(directory),
      'bridge.release': bridgeReleaseHandler(storage, () => {
        publishBridge();
        engine.released();
      }),
    },
    board: projector,
    summarize: summarizer({
      agent: (id) => engine.agentName(id),
      session: (id) => engine.sessionTitle(id),
      device: (id) => directory.device(id)?.name ?? null,
    }),
    principalOf: (id) => directory.principalOf(id),
    clock: ambient.clock,
    log,
  });
  return {
    journal,
    async begin() {
      const { repositories: named, currentDirectory, dataDirectory } = config;
      const chosen = await chooseRepositories({
        observer,
        runner,
        named,
        currentDirectory,
        dataDirectory,
      });
      await projects.start(chosen);
      await engine.start();
      return chosen;
    },
  };
}
