import * as Y from 'yjs';
import {
  personIdSchema,
  sessionIdSchema,
  taskIdSchema,
  type PersonId,
  type SessionId,
  type TaskId,
} from '#lib/domain/ids.ts';
import { taskStateSchema, type Task, type TaskState } from '#lib/domain/task.ts';
import { LocalEdit } from './origins.ts';
import { byRank, rankBetween } from './rank.ts';
import { sharedText, type SharedText } from './shared-text.ts';
import type { Source } from './source.ts';

/**
 * Room `tasks`. Root map `tasks`: task id → Y.Map { title: Y.Text, body: Y.Text, state, rank, assignee, session, createdBy,
 * createdAt, deleted }. The nested types are made in the creating transaction under a random id, so no other device can make
 * the same key; fields edited apart are keys apart.
 */
export interface TasksDocument {
  readonly tasks: Source<readonly Task[]>;
  create(task: NewTask): void;
  setState(id: TaskId, state: TaskState): void;
  assign(id: TaskId, person: PersonId | null): void;
  link(id: TaskId, session: SessionId | null): void;
  /** Puts the task between two others of the wanted order; `null` is the end of the list. */
  move(id: TaskId, before: TaskId | null, after: TaskId | null): void;
  /** Hides the task; `restore` brings it back whole. */
  remove(id: TaskId): void;
  restore(id: TaskId): void;
  /** The title as shared text; `null` for a task that this device does not have. */
  title(id: TaskId): SharedText | null;
  body(id: TaskId): SharedText | null;
}

export interface NewTask {
  readonly id: TaskId;
  readonly title: string;
  readonly body?: string;
  readonly state?: TaskState;
  readonly sessionId: SessionId | null;
  readonly assignee?: PersonId | null;
  readonly createdBy: PersonId;
  readonly createdAt: number;
}

export function tasksDocument(doc: Y.Doc): TasksDocument {
  const root = doc.getMap<Y.Map<unknown>>('tasks');
  let sorted: readonly Task[] | null = null;
  root.observeDeep(() => {
    sorted = null;
  });

  const readAll = (): readonly Task[] => {
    if (sorted !== null) return sorted;
    const tasks: Task[] = [];
    for (const [key, fields] of root) {
      const task = readTask(key, fields);
      if (task !== null) tasks.push(task);
    }
    sorted = tasks.sort(byRank);
    return sorted;
  };

  const edit = (id: TaskId, change: (fields: Y.Map<unknown>) => void): void => {
    const fields = root.get(id);
    if (!(fields instanceof Y.Map)) return;
    doc.transact(
      () => {
        change(fields);
      },
      new LocalEdit({ kind: 'task', entity: id, text: textOf(fields.get('title')) }),
    );
  };
  const textField = (id: TaskId, field: 'title' | 'body'): SharedText | null => {
    const text = root.get(id)?.get(field);
    if (!(text instanceof Y.Text)) return null;
    return sharedText(text, (change) => {
      edit(id, change);
    });
  };
  const rankOf = (id: TaskId | null): string | null => {
    const rank = id === null ? undefined : root.get(id)?.get('rank');
    return typeof rank === 'string' ? rank : null;
  };

  return {
    tasks: {
      read: readAll,
      subscribe(listener) {
        const handler = (): void => {
          listener();
        };
        root.observeDeep(handler);
        return () => {
          root.unobserveDeep(handler);
        };
      },
    },
    create(task) {
      const last = readAll().at(-1);
      doc.transact(
        () => {
          const fields = new Y.Map<unknown>();
          fields.set('title', new Y.Text(task.title));
          fields.set('body', new Y.Text(task.body ?? ''));
          fields.set('state', task.state ?? 'open');
          fields.set('rank', rankBetween(last?.rank ?? null, null));
          fields.set('assignee', task.assignee ?? null);
          fields.set('session', task.sessionId);
          fields.set('createdBy', task.createdBy);
          fields.set('createdAt', task.createdAt);
          root.set(task.id, fields);
        },
        new LocalEdit({ kind: 'task', entity: task.id, text: task.title }),
      );
    },
    setState: (id, state) => {
      edit(id, (fields) => fields.set('state', state));
    },
    assign: (id, person) => {
      edit(id, (fields) => fields.set('assignee', person));
    },
    link: (id, session) => {
      edit(id, (fields) => fields.set('session', session));
    },
    move: (id, before, after) => {
      edit(id, (fields) => fields.set('rank', rankBetween(rankOf(before), rankOf(after))));
    },
    remove: (id) => {
      edit(id, (fields) => fields.set('deleted', true));
    },
    restore: (id) => {
      edit(id, (fields) => {
        fields.delete('deleted');
      });
    },
    title: (id) => textField(id, 'title'),
    body: (id) => textField(id, 'body'),
  };
}

const textOf = (value: unknown): string => (value instanceof Y.Text ? value.toString() : '');

function readTask(key: string, fields: unknown): Task | null {
  if (!(fields instanceof Y.Map) || fields.get('deleted') === true) return null;
  const id = taskIdSchema.safeParse(key);
  if (!id.success) return null;
  const rank: unknown = fields.get('rank');
  const createdAt: unknown = fields.get('createdAt');
  return {
    id: id.data,
    title: textOf(fields.get('title')),
    body: textOf(fields.get('body')),
    state: taskStateSchema.safeParse(fields.get('state')).data ?? 'open',
    rank: typeof rank === 'string' ? rank : '',
    assignee: personIdSchema.safeParse(fields.get('assignee')).data ?? null,
    sessionId: sessionIdSchema.safeParse(fields.get('session')).data ?? null,
    createdBy: personIdSchema.safeParse(fields.get('createdBy')).data ?? null,
    createdAt: typeof createdAt === 'number' ? createdAt : 0,
  };
}
