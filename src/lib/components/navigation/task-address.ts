import {
  personIdSchema,
  projectIdSchema,
  sessionIdSchema,
  taskIdSchema,
  type TaskId,
} from '#lib/domain/ids.ts';
import type { TaskFilter } from '#lib/views/tasks.svelte.ts';

/** What of the tasks page can be linked to. */
export interface TaskAddress {
  readonly view: 'board' | 'list';
  readonly task: TaskId | null;
  readonly filter: TaskFilter;
}

/** Reads the address; what it cannot be counts as not said. */
export function taskAddressOf({ searchParams }: URL): TaskAddress {
  const person = searchParams.get('person');
  const session = searchParams.get('session');
  return {
    view: searchParams.get('view') === 'list' ? 'list' : 'board',
    task: taskIdSchema.safeParse(searchParams.get('task')).data ?? null,
    filter: {
      projectId: projectIdSchema.safeParse(searchParams.get('project')).data ?? null,
      person: person === 'nobody' ? person : (personIdSchema.safeParse(person).data ?? null),
      sessionId: session === 'none' ? session : (sessionIdSchema.safeParse(session).data ?? null),
      text: searchParams.get('q') ?? '',
    },
  };
}

/** The address of the same page in another state. */
export function withTaskAddress({ pathname }: URL, { view, task, filter }: TaskAddress): string {
  const params = new URLSearchParams();
  if (view === 'list') params.set('view', view);
  if (task !== null) params.set('task', task);
  if (filter.projectId !== null) params.set('project', filter.projectId);
  if (filter.person !== null) params.set('person', filter.person);
  if (filter.sessionId !== null) params.set('session', filter.sessionId);
  if (filter.text !== '') params.set('q', filter.text);
  const query = params.toString();
  return query === '' ? pathname : `${pathname}?${query}`;
}
