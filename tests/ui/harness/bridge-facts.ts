import { putInBridgeDocument } from '#lib/crdt/bridge-document.ts';
import type { AgentInfo } from '#lib/domain/agent.ts';
import { permissionIdSchema, ruleIdSchema } from '#lib/domain/ids.ts';
import type { Operation } from '#lib/domain/operation.ts';
import type { PermissionRule } from '#lib/domain/permission.ts';
import type { ProjectInfo } from '#lib/domain/project.ts';
import type * as Y from 'yjs';
import { agents, commandIdOf, projects, sessionIdOf } from './ids.ts';
import { byIlse, byMara, day, devices, here, hour, minute, people, storyTime } from './people.ts';

const project = (
  id: ProjectInfo['id'],
  branch: string,
  worktrees: readonly string[] = [],
): ProjectInfo => ({
  v: 1,
  id,
  name: id,
  path: `/home/ilse/code/${id}`,
  playground: id === projects.playground,
  status: {
    kind: 'read',
    branch,
    head: '41d0c3e9f2a7b6c5d4e3f2a1b0c9d8e7f6a5b4c3',
    changedFiles: 4,
    worktrees: [
      { path: `/home/ilse/code/${id}`, branch, main: true },
      ...worktrees.map((name) => ({
        path: `/home/ilse/code/${id}-${name}`,
        branch: `fix/${name}`,
        main: false,
      })),
    ],
    readAt: storyTime,
  },
});

export const knownProjects: readonly ProjectInfo[] = [
  project(projects.api, 'main', ['retry-after']),
  project(projects.web, 'main', ['focus']),
  project(projects.dotfiles, 'main'),
];

export const playgroundProject = project(projects.playground, 'main');

const agent = (fields: Omit<AgentInfo, 'v' | 'envNames'> & Partial<AgentInfo>): AgentInfo => ({
  v: 1,
  envNames: [],
  ...fields,
});

export const knownAgents: readonly AgentInfo[] = [
  agent({
    id: agents.claude,
    name: 'Claude Code',
    source: 'path',
    found: true,
    commandLine: 'claude-code-acp',
    version: '2.1.14',
  }),
  agent({
    id: agents.gemini,
    name: 'Gemini CLI',
    source: 'path',
    found: false,
    commandLine: 'gemini --acp',
    install: 'npm install -g @google/gemini-cli',
  }),
  agent({
    id: agents.codex,
    name: 'Codex',
    source: 'owner',
    found: true,
    commandLine: '/opt/codex/bin/codex acp',
    envNames: ['CODEX_HOME'],
  }),
  agent({
    id: agents.playground,
    name: 'Playground agent',
    source: 'built-in',
    found: true,
    commandLine: '',
  }),
];

const operation = (
  number: number,
  fields: Pick<Operation, 'kind' | 'summary' | 'state'> & Partial<Operation>,
): Operation => ({
  v: 1,
  id: commandIdOf(number),
  seq: number,
  number,
  projectId: projects.api,
  sessionId: sessionIdOf(1),
  author: byIlse,
  writtenAt: storyTime - 40 * minute,
  acceptedAt: storyTime - 38 * minute,
  settledAt: null,
  message: null,
  after: [],
  ...fields,
});

export const knownOperations: readonly Operation[] = [
  operation(209, {
    kind: 'session.start',
    summary: 'Start the agent of “Upgrade to Vite 8”',
    state: 'failed',
    settledAt: storyTime - 3 * hour,
    message: 'Agent process ended (code 137).',
    sessionId: sessionIdOf(6),
  }),
  operation(211, {
    kind: 'permission.answer',
    summary: 'Allow “npm test” once',
    state: 'done',
    settledAt: storyTime - 50 * minute,
    author: byMara,
  }),
  operation(212, {
    kind: 'permission.answer',
    summary: 'Allow “npm publish” once',
    state: 'refused',
    settledAt: storyTime - 30 * minute,
    message: 'Answered by Mara Lindqvist on MacBook Air: reject.',
  }),
  operation(214, {
    kind: 'session.create',
    summary: 'Start a session with Claude Code in parcel-api',
    state: 'running',
  }),
  operation(215, {
    kind: 'session.start',
    summary: 'Start the agent of “Split CLI flags from config”',
    state: 'waiting',
    after: [commandIdOf(214)],
    author: byMara,
  }),
];

const rule: PermissionRule = {
  v: 1,
  id: ruleIdSchema.parse('rule-1'),
  projectId: projects.api,
  agentId: agents.claude,
  toolKind: 'execute',
  command: 'npm test -- --run src/http',
  directory: '/home/ilse/code/parcel-api',
  by: byIlse,
  madeAt: storyTime - 2 * day,
  madeBy: commandIdOf(150),
};

export const permissionId = permissionIdSchema.parse('permission-1');

/** What the bridge says of itself, its people, projects and agents. */
export function fillBridge(
  doc: Y.Doc,
  facts: { readonly projects: readonly ProjectInfo[]; readonly busy: boolean },
): void {
  putInBridgeDocument(doc, 'info', 'bridge', {
    v: 1,
    name: here.bridgeName,
    version: '0.1.0',
    epoch: here.epoch,
    paused: false,
  });
  for (const one of people) putInBridgeDocument(doc, 'people', one.id, one);
  for (const one of devices) putInBridgeDocument(doc, 'devices', one.id, one);
  for (const one of facts.projects) putInBridgeDocument(doc, 'projects', one.id, one);
  for (const one of knownAgents) putInBridgeDocument(doc, 'agents', one.id, one);
  if (!facts.busy) return;
  for (const one of knownOperations) putInBridgeDocument(doc, 'operations', one.id, one);
  putInBridgeDocument(doc, 'rules', rule.id, rule);
}
