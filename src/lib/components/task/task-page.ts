import type { Blocked } from '#lib/components/shared/blocked.ts';
import type { PersonId, TaskId } from '#lib/domain/ids.ts';
import type { Task, TaskState } from '#lib/domain/task.ts';
import type { People } from '#lib/views/people.svelte.ts';
import type { Tasks } from '#lib/views/tasks.svelte.ts';

/** What board and list of the tasks page share. */
export interface TaskPage {
  readonly tasks: Tasks;
  readonly people: People;
  /** Those that pass the filters, in rank order. */
  readonly shown: readonly Task[];
  readonly waiting: ReadonlySet<string>;
  readonly me: PersonId;
  readonly open: TaskId | null;
  /** Why nothing may be changed here, or `null`. */
  readonly blocked: Blocked | null;
  sessionTitle(task: Task): string;
  onopen(id: TaskId | null): void;
  add(title: string, state: TaskState): void;
}
