import type { AgentInfo } from '#lib/domain/agent.ts';
import type { AgentId } from '#lib/domain/ids.ts';
import type { BridgeRecord } from '../../journal/session-record.ts';
import type { AgentRow } from '../../storage/contract.ts';
import { AgentError, type AgentLaunch } from '../agents/contract.ts';
import type { Agent, OwnersAgent } from '../agents/discovery.ts';

/** The agents that sessions may name: built in, found on PATH, and those that an owner added or changed (R11). */
export interface AgentCatalogue {
  knows(id: AgentId): boolean;
  get(id: AgentId): AgentInfo | null;
  list(): readonly AgentInfo[];
  /** Whether an owner may change it: what is built in is part of the bridge. */
  mayChange(id: AgentId): boolean;
  /** Looks anew, so that what was installed a moment ago is found. @throws AgentError `not_found` */
  launchOf(id: AgentId): Promise<AgentLaunch>;
  /** Takes an owner's entry, or with `launch: null` takes it back. */
  set(row: AgentRow): void;
  /** Looks for all agents and publishes what changed. */
  refresh(): Promise<void>;
}

export function createAgentCatalogue(deps: {
  readonly rows: readonly AgentRow[];
  readonly discover: (owners: readonly OwnersAgent[]) => Promise<readonly Agent[]>;
  readonly record: Pick<BridgeRecord, 'putAgent' | 'dropAgent'>;
}): AgentCatalogue {
  const rows = new Map(deps.rows.map((row) => [row.id, row]));
  let found: ReadonlyMap<AgentId, Agent> = new Map();
  const published = new Map<AgentId, string>();

  const owners = (): OwnersAgent[] =>
    [...rows.values()].flatMap(({ id, name, launch }) =>
      launch === null ? [] : [{ id, name, command: launch }],
    );

  const publish = (): void => {
    for (const [id, { info }] of found) {
      const text = JSON.stringify(info);
      if (published.get(id) === text) continue;
      published.set(id, text);
      deps.record.putAgent(info);
    }
    for (const id of published.keys()) {
      if (found.has(id)) continue;
      published.delete(id);
      deps.record.dropAgent(id);
    }
  };

  const refresh = async (): Promise<void> => {
    const agents = await deps.discover(owners());
    found = new Map(agents.map((agent) => [agent.info.id, agent]));
    publish();
  };

  return {
    knows: (id) => found.has(id) || owners().some((owned) => owned.id === id),
    get: (id) => found.get(id)?.info ?? null,
    list: () => [...found.values()].map(({ info }) => info),
    mayChange: (id) => found.get(id)?.info.source !== 'built-in',
    async launchOf(id) {
      await refresh();
      const agent = found.get(id);
      if (agent === undefined)
        throw new AgentError(
          'not_found',
          'The agent of this session was taken out of the settings. Add it again, or begin a session with another.',
        );
      const { info, launch } = agent;
      if (info.found) return launch;
      const install = info.install === undefined ? '' : ` To install it: ${info.install}`;
      throw new AgentError(
        'not_found',
        `${info.name} was not found on the bridge’s PATH (${info.commandLine}).${install}`,
      );
    },
    set(row) {
      rows.set(row.id, row);
    },
    refresh,
  };
}
