import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, isAbsolute, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AgentCommand, AgentInfo } from '#lib/domain/agent.ts';
import { agentIdSchema, type AgentId } from '#lib/domain/ids.ts';
import { agentEnvironment, type Environment } from './agent-environment.ts';
import type { AgentLaunch } from './contract.ts';
import { knownAgents } from './known-agents.ts';
import { shellLine } from './shell-quoting.ts';
import { madeVisible } from './visible-text.ts';

/** An agent that can be offered, and how to start it once it is found. */
export interface Agent {
  readonly info: AgentInfo;
  readonly launch: AgentLaunch;
}

/** An agent that the owner added, or a known one whose command or variables the owner set. */
export interface OwnersAgent {
  readonly id: AgentId;
  readonly name: string;
  readonly command: AgentCommand;
}

export interface DiscoveryParts {
  /** The bridge's own environment; its PATH is searched. */
  readonly environment: Environment;
  /** The Node that runs the bridge, for the playground agent. */
  readonly node: string;
  readonly owners: readonly OwnersAgent[];
}

export const playgroundAgentId: AgentId = agentIdSchema.parse('playground');

/**
 * The agents of this machine: the playground agent, the known ones, found or not, and the owner's. Looks for files only; nothing
 * that is found is run.
 */
export async function discoverAgents(parts: DiscoveryParts): Promise<Agent[]> {
  const { environment, owners } = parts;
  const byOwner = new Map(owners.map((agent) => [agent.id, agent]));
  const fromTable = knownAgents.filter((agent) => !byOwner.has(agent.id));
  const path = environment['PATH'] ?? '';
  return [
    playgroundAgent(parts),
    ...(await Promise.all(
      fromTable.map(async (agent): Promise<Agent> => {
        const found = await findProgram(agent.command, path);
        const { id, name, args, install, envNames, description } = agent;
        const command = found ?? agent.command;
        return {
          info: {
            v: 1,
            id,
            name,
            source: 'path',
            found: found !== null,
            commandLine: shownLine([agent.command, ...args]),
            envNames: [...envNames],
            description,
            install,
          },
          launch: {
            agentId: id,
            name,
            command,
            args,
            env: agentEnvironment(environment, { envNames, fixed: agent.env, owner: {} }),
          },
        };
      }),
    )),
    ...(await Promise.all(owners.map((agent) => ownersAgent(agent, environment)))),
  ];
}

function playgroundAgent({ environment, node }: DiscoveryParts): Agent {
  const name = 'Playground agent';
  const args = [fileURLToPath(new URL('playground/main.ts', import.meta.url))];
  return {
    info: {
      v: 1,
      id: playgroundAgentId,
      name,
      source: 'built-in',
      found: true,
      commandLine: shownLine([node, ...args]),
      envNames: [],
      description: 'Playground agent — no model: follows plain instructions',
    },
    launch: {
      agentId: playgroundAgentId,
      name,
      command: node,
      args,
      env: agentEnvironment(environment, { envNames: ['PLAYGROUND_PACE'], fixed: {}, owner: {} }),
    },
  };
}

async function ownersAgent(agent: OwnersAgent, environment: Environment): Promise<Agent> {
  const { command, args, env } = agent.command;
  const ofTable = knownAgents.find((known) => known.id === agent.id);
  const path = env['PATH'] ?? environment['PATH'] ?? '';
  const found = await findProgram(command, path);
  const envNames = ofTable?.envNames ?? [];
  const fixed = ofTable?.env ?? {};
  return {
    info: {
      v: 1,
      id: agent.id,
      name: agent.name,
      source: 'owner',
      found: found !== null,
      commandLine: shownLine([command, ...args]),
      envNames: [...new Set([...envNames, ...Object.keys(env)])],
      ...(ofTable && { description: ofTable.description, install: ofTable.install }),
    },
    launch: {
      agentId: agent.id,
      name: agent.name,
      command: found ?? command,
      args,
      env: agentEnvironment(environment, { envNames, fixed, owner: env }),
    },
  };
}

/**
 * The file that a command names: as it is when it has a directory, else the first executable file of that name on `path`.
 * Entries of `path` that are not absolute are passed over, since a repository could put programs there.
 */
export async function findProgram(command: string, path: string): Promise<string | null> {
  const candidates = command.includes(sep)
    ? [command]
    : path
        .split(delimiter)
        .filter(isAbsolute)
        .map((directory) => join(directory, command));
  for (const candidate of candidates) {
    if (isAbsolute(candidate) && (await isProgram(candidate))) return candidate;
  }
  return null;
}

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}

const shownLine = (words: readonly string[]): string => madeVisible(shellLine(words));
