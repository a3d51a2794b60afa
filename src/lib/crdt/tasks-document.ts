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
import { foreignEntries, type ForeignEntry } from './foreign-entries.ts';
import { LocalEdit } from './origins.ts';
import { derived, valuesOf, versionOf, type Entry } from './plain-values.ts';
import { byRank, rankBehind, rankBetween } from './rank.ts';
import { sharedText, type SharedText } from './shared-text.ts';
import type { Source } from './source.ts';

/**
 * Room `tasks`. Root map `tasks`: task id → Y.Map { title: Y.Text, body: Y.Text, state, rank, assignee, session, createdBy,
 * createdAt, deleted }. The nested types are made in the creating transaction under a random id, so no other device can make
 * the same key; fields edited apart are keys apart.
 */
export interface TasksDocument {
  readonly tasks: Source<readonly Task[]>;
  /** Tasks that a newer version wrote or that cannot be read: shown as such, and not edited here. */
  readonly foreign: Source<readonly ForeignEntry[]>;
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
  const root = doc.getMap<unknown>('tasks');
  let known: readonly Entry<Task>[] | null = null;
  root.observeDeep(() => {
    known = null;
  });
  const entries: Source<readonly Entry<Task>[]> = {
    read: () => (known ??= [...root].flatMap(([key, fields]) => taskEntry(key, fields))),
    subscribe(listener) {
      const handler = (): void => {
        listener();
      };
      root.observeDeep(handler);
      return () => {
        root.unobserveDeep(handler);
      };
    },
  };
  const tasks = derived([entries], () => valuesOf(entries.read()).sort(byRank));

  const fieldsOf = (id: TaskId): Y.Map<unknown> | null => {
    const fields = root.get(id);
    return fields instanceof Y.Map ? fields : null;
  };
  const edit = (id: TaskId, change: (fields: Y.Map<unknown>) => void): void => {
    const fields = fieldsOf(id);
    if (fields === null) return;
    doc.transact(
      () => {
        change(fields);
      },
      new LocalEdit({ kind: 'task', entity: id, text: textOf(fields.get('title')) }),
    );
  };
  const textField = (id: TaskId, field: 'title' | 'body'): SharedText | null => {
    const text = fieldsOf(id)?.get(field);
    if (!(text instanceof Y.Text)) return null;
    return sharedText(text, (change) => {
      edit(id, change);
    });
  };
  const rankOf = (id: TaskId | null): string | null => {
    const rank = id === null ? undefined : fieldsOf(id)?.get('rank');
    return typeof rank === 'string' ? rank : null;
  };

  return {
    tasks,
    foreign: foreignEntries({ tasks: entries }),
    create(task) {
      const rank = rankBehind(tasks.read());
      doc.transact(
        () => {
          const fields = new Y.Map<unknown>();
          fields.set('title', new Y.Text(task.title));
          fields.set('body', new Y.Text(task.body ?? ''));
          fields.set('state', task.state ?? 'open');
          fields.set('rank', rank);
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

/** @returns nothing for a task that was removed */
function taskEntry(key: string, fields: unknown): readonly Entry<Task>[] {
  const v = versionOf(fields instanceof Y.Map ? { v: fields.get('v') } : fields);
  if (v !== null && v > 1) return [{ kind: 'newer', key, v, raw: fields }];
  const id = taskIdSchema.safeParse(key);
  if (!(fields instanceof Y.Map) || !id.success) return [{ kind: 'unreadable', key, raw: fields }];
  if (fields.get('deleted') === true) return [];
  const rank: unknown = fields.get('rank');
  const createdAt: unknown = fields.get('createdAt');
  const task: Task = {
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
  return [{ kind: 'value', key, value: task }];
}
