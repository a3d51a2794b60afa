import { putInBridgeDocument } from '#lib/crdt/bridge-document.ts';
import { personDocument } from '#lib/crdt/person-document.ts';
import { sessionDocument } from '#lib/crdt/session-document.ts';
import { tasksDocument, type NewTask } from '#lib/crdt/tasks-document.ts';
import { workspaceDocument } from '#lib/crdt/workspace-document.ts';
import { noteIdSchema, promptIdSchema, taskIdSchema } from '#lib/domain/ids.ts';
import type { TaskState } from '#lib/domain/task.ts';
import { fillBridge, knownProjects, playgroundProject } from './bridge-facts.ts';
import { fillConversation, fillIdle } from './conversation.ts';
import { sessionIdOf } from './ids.ts';
import type { MemoryWorkspace } from './memory-workspace.ts';
import { ilse, laptop, mara, macbook, minute, phone, storyTime } from './people.ts';
import { fillQueue } from './queue-story.ts';
import { knownSessions } from './sessions.ts';

/** What a spec opens the app over, by name. */
export const scenarios = {
  /** Ten sessions in every state, tasks, notes, operations. */
  busy(workspace: MemoryWorkspace): void {
    const bridge = workspace.replica({ kind: 'bridge' }).doc;
    fillBridge(bridge, { projects: knownProjects, busy: true });
    for (const info of knownSessions) {
      putInBridgeDocument(bridge, 'sessions', info.id, info);
      const state = workspace.replica({ kind: 'state', sessionId: info.id }).doc;
      const transcript = workspace.replica({
        kind: 'transcript',
        sessionId: info.id,
        segment: 0,
      }).doc;
      if (info.id === sessionIdOf(1)) fillConversation({ state, transcript }, info);
      else fillIdle(state, info);
    }
    const labels = workspaceDocument(workspace.replica({ kind: 'workspace' }).doc);
    labels.archive(sessionIdOf(9), true);
    const person = personDocument(workspace.replica({ kind: 'person', personId: ilse }).doc);
    for (const { id, lastSeq } of knownSessions)
      person.markRead(id, id === sessionIdOf(3) ? lastSeq - 5 : lastSeq);
    fillTasks(workspace);
    fillNotesAndPrompts(workspace);
    workspace.maraIsHere();
  },
  /** As busy, on a device that comes back from the train: something in every group of the queue. */
  away(workspace: MemoryWorkspace): void {
    scenarios.busy(workspace);
    fillQueue(workspace);
  },
  /** Paired, and nothing was done yet: the playground repository only. */
  first(workspace: MemoryWorkspace): void {
    fillBridge(workspace.replica({ kind: 'bridge' }).doc, {
      projects: [playgroundProject],
      busy: false,
    });
  },
  /** A browser that no bridge knows. */
  unpaired(workspace: MemoryWorkspace): void {
    workspace.identity.set(null);
  },
};
export type Scenario = keyof typeof scenarios;

function fillTasks(workspace: MemoryWorkspace): void {
  const tasks = tasksDocument(workspace.replica({ kind: 'tasks' }).doc);
  const add = (n: number, title: string, state: TaskState, more: Partial<NewTask> = {}): void => {
    tasks.create({
      id: taskIdSchema.parse(`task-${String(n)}`),
      title,
      state,
      sessionId: sessionIdOf(1),
      createdBy: ilse,
      createdAt: storyTime - n * minute,
      assignee: ilse,
      ...more,
    });
  };
  add(1, 'HTTP-date form of Retry-After', 'doing');
  add(2, 'Ask Tom whether the gateway sends dates at all', 'open');
  add(3, 'Same bug in deliver.ts?', 'open', { assignee: mara });
  add(4, 'Reproduce with a failing test', 'done');
  add(5, 'Find the caller', 'done');
  add(6, 'Constant-time compare in verify.ts', 'doing', {
    sessionId: sessionIdOf(2),
    assignee: mara,
  });
  add(7, 'Document what jitter does to tests', 'open', { sessionId: null, assignee: null });
  add(8, 'Move fixtures out of the package', 'open', {
    sessionId: sessionIdOf(6),
    assignee: null,
  });
}

function fillNotesAndPrompts(workspace: MemoryWorkspace): void {
  const sessionId = sessionIdOf(1);
  const session = sessionDocument(workspace.replica({ kind: 'session', sessionId }).doc);
  session.putNote({
    v: 1,
    id: noteIdSchema.parse('note-1'),
    text: 'The gateway team says dates do occur, about one in a thousand.',
    personId: mara,
    deviceId: macbook,
    writtenAt: storyTime - 12 * minute,
    editedAt: null,
  });
  const prompts = [
    'Bump to 4.2.1 and write the changelog entry',
    'Then squash to one commit, keep my message',
  ];
  for (const [index, text] of prompts.entries())
    session.putPrompt({
      v: 1,
      id: promptIdSchema.parse(`prompt-q${String(index)}`),
      text,
      blobs: [],
      personId: ilse,
      deviceId: index === 0 ? laptop : phone,
      writtenAt: storyTime - (8 - index) * minute,
    });
}
