import { putInBridgeDocument } from '#lib/crdt/bridge-document.ts';
import { sessionDocument } from '#lib/crdt/session-document.ts';
import { tasksDocument } from '#lib/crdt/tasks-document.ts';
import { commandSchema, type Command } from '#lib/domain/command.ts';
import { promptIdSchema, taskIdSchema } from '#lib/domain/ids.ts';
import type { Operation } from '#lib/domain/operation.ts';
import type { OutboxEntry } from '#lib/domain/outbox.ts';
import { roomName } from '#lib/domain/room.ts';
import { agents, commandIdOf, projects, sessionIdOf } from './ids.ts';
import type { MemoryWorkspace } from './memory-workspace.ts';
import { byIlse, byMara, here, hour, ilse, laptop, minute, storyTime } from './people.ts';

type Asked = Pick<Command, 'kind' | 'params'> & Partial<Pick<Command, 'sessionId' | 'projectId'>>;

/** One entry of this device's outbox; `n` names its command and gives its place. */
export function outboxEntry(
  n: number,
  asked: Asked,
  summary: string,
  fields: Partial<OutboxEntry> = {},
): OutboxEntry {
  return {
    v: 1,
    order: n,
    command: commandSchema.parse({
      v: 1,
      id: commandIdOf(n),
      expects: [],
      seen: { epoch: here.epoch, seq: 1 },
      createdAt: storyTime - (420 - n) * minute,
      ...asked,
    }),
    summary,
    state: 'waiting',
    attempts: 0,
    lastError: null,
    nextAttemptAt: null,
    operationState: null,
    message: null,
    ...fields,
  };
}

const startOf = (n: number): Asked => ({
  kind: 'session.start',
  params: {},
  sessionId: sessionIdOf(n),
});

/** The outbox of a device that was away: each state an entry can be in. */
export const outboxStory: readonly OutboxEntry[] = [
  outboxEntry(400, startOf(3), 'Start the agent of “Split CLI flags from config”', {
    state: 'settled',
    operationState: 'expired',
    message:
      'Written against a state that is more than 7 days old. Look at the present state and send it again if it still should happen.',
  }),
  outboxEntry(
    401,
    { kind: 'mode.set', params: { modeId: 'edit' }, sessionId: sessionIdOf(4) },
    'Set the mode “Accept edits”: Why is cold start 900 ms?',
    {
      state: 'refused',
      lastError: 'Expected a mode that the agent offers, got “edit”. Nothing was done.',
      message: 'Expected a mode that the agent offers, got “edit”. Nothing was done.',
    },
  ),
  outboxEntry(402, startOf(6), 'Start the agent of “Upgrade to Vite 8”', {
    state: 'sending',
    attempts: 2,
    lastError: 'no answer within 30 s',
    nextAttemptAt: storyTime + 8000,
  }),
  outboxEntry(
    403,
    {
      kind: 'session.create',
      projectId: projects.web,
      params: {
        sessionId: sessionIdOf(41),
        agentId: agents.claude,
        worktree: { kind: 'in_place' },
        title: 'Print styles for the invoice page',
      },
    },
    'Start a session with Claude Code in parcel-web',
  ),
  outboxEntry(
    404,
    {
      kind: 'agent.set',
      params: {
        agentId: agents.codex,
        name: 'Codex',
        launch: {
          command: '/opt/codex/bin/codex',
          args: ['acp'],
          env: { CODEX_HOME: '/home/ilse/.codex', OPENAI_API_KEY: 'sk-never-shown' },
        },
      },
    },
    'Change the agent Codex',
  ),
];

/** What the bridge settled over time, newest last; alternates states, sessions and authors. */
export const operationStory = (count: number): readonly Operation[] =>
  Array.from({ length: count }, (_, index): Operation => {
    const kinds = [
      ['permission.answer', 'Allow “npm test -- --run src/http” once'],
      ['turn.cancel', 'Stop the turn: Retry-After is read as milliseconds'],
      ['session.stop', 'Stop the agent: Upgrade to Vite 8'],
      ['mode.set', 'Set the mode ask: Split CLI flags from config'],
    ] as const;
    const [kind, summary] = kinds[index % kinds.length] ?? kinds[0];
    const at = storyTime - (count - index) * 3 * hour;
    const refused = index % 7 === 3;
    return {
      v: 1,
      id: commandIdOf(1000 + index),
      seq: index,
      number: index + 1,
      kind,
      projectId: projects.api,
      sessionId: sessionIdOf((index % 5) + 1),
      summary,
      author: index % 3 === 0 ? byMara : byIlse,
      writtenAt: at - (index % 4 === 0 ? 65 * minute : 400),
      acceptedAt: at,
      settledAt: at,
      state: refused ? 'refused' : 'done',
      message: refused ? 'Answered by Mara Lindqvist on MacBook Air: reject.' : null,
      after: [],
    };
  });

/** A device that comes back from the train: something in every group of the queue. */
export function fillQueue(workspace: MemoryWorkspace): void {
  const bridge = workspace.replica({ kind: 'bridge' }).doc;
  for (const one of operationStory(60)) putInBridgeDocument(bridge, 'operations', one.id, one);
  for (const entry of outboxStory) workspace.outbox.put(entry);
  workspace.notAccepted.set([
    {
      id: 'copy-1',
      room: roomName({ kind: 'session', sessionId: sessionIdOf(1) }),
      reason: 'a transaction of 310 kB is larger than 256 kB',
      at: storyTime - 12 * minute,
      changes: [
        {
          kind: 'prompt',
          entity: 'prompt-9',
          text: 'Here is the whole log of last night’s run. Find the first request that waited 2 ms instead of 2 s.\n\n2026-05-13T22:04:11Z GET /v1/parcels 429 retry-after=2',
        },
        { kind: 'mark', entity: 'mark-1', text: '' },
      ],
      update: 'AQPA3q2+AAA=',
    },
  ]);
}

/** Edits of documents that only this device has: shown while there is no connection. */
export function writeOffline(workspace: MemoryWorkspace): void {
  const sessionId = sessionIdOf(1);
  sessionDocument(workspace.replica({ kind: 'session', sessionId }).doc).putPrompt({
    v: 1,
    id: promptIdSchema.parse('prompt-offline'),
    text: 'Commit what is there and push it to the branch',
    blobs: [],
    personId: ilse,
    deviceId: laptop,
    writtenAt: storyTime - 3 * minute,
  });
  tasksDocument(workspace.replica({ kind: 'tasks' }).doc).setState(
    taskIdSchema.parse('task-3'),
    'done',
  );
}
