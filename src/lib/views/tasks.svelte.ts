import {
  newName,
  taskIdSchema,
  type PersonId,
  type ProjectId,
  type SessionId,
  type TaskId,
} from '#lib/domain/ids.ts';
import { nextTaskState, taskStates, type Task, type TaskState } from '#lib/domain/task.ts';
import type { Documents } from './documents.ts';
import { sourceOf } from './documents.ts';
import type { Environment } from './environment.ts';
import { observe } from './observe.svelte.ts';
import { editedText, type EditedText } from './shared-text.svelte.ts';
import { waitingEntities } from './waiting-entities.ts';

/** What is shown of all tasks; `null` is no restriction. */
export interface TaskFilter {
  readonly projectId: ProjectId | null;
  /** `nobody`: tasks without an assignee. */
  readonly person: PersonId | 'nobody' | null;
  /** `none`: tasks of no session. */
  readonly sessionId: SessionId | 'none' | null;
  readonly text: string;
}

export const everyTask: TaskFilter = { projectId: null, person: null, sessionId: null, text: '' };

/** The tasks of the workspace as views show them, and what people do with them. */
export class Tasks {
  readonly #documents: Documents;
  readonly #environment: Environment;
  readonly #tasks;
  readonly #waiting;
  readonly #sessions;

  constructor(documents: Documents, environment: Environment) {
    this.#documents = documents;
    this.#environment = environment;
    this.#tasks = observe(sourceOf(documents.tasks, (document) => document.tasks));
    this.#waiting = observe(documents.tasks.replica.waiting);
    this.#sessions = observe(sourceOf(documents.bridge, (document) => document.sessions));
  }

  /** In rank order. */
  get all(): readonly Task[] {
    return this.#tasks.current;
  }

  find(id: TaskId | null): Task | null {
    return this.all.find((task) => task.id === id) ?? null;
  }

  filtered(filter: TaskFilter): readonly Task[] {
    const words = filter.text
      .toLocaleLowerCase()
      .split(/\s+/u)
      .filter((word) => word !== '');
    return this.all.filter(
      (task) =>
        (filter.sessionId === null || (task.sessionId ?? 'none') === filter.sessionId) &&
        (filter.person === null || (task.assignee ?? 'nobody') === filter.person) &&
        (filter.projectId === null || this.projectOf(task) === filter.projectId) &&
        words.every((word) => `${task.title}\n${task.body}`.toLocaleLowerCase().includes(word)),
    );
  }

  projectOf(task: Task): ProjectId | null {
    if (task.sessionId === null) return null;
    return this.#sessions.current.find(({ id }) => id === task.sessionId)?.projectId ?? null;
  }

  /** Ids of tasks with an edit that the bridge has not acknowledged. */
  get waiting(): ReadonlySet<string> {
    return waitingEntities(this.#waiting.current, 'task');
  }

  create(
    title: string,
    place: { readonly state?: TaskState; readonly sessionId: SessionId | null },
  ): TaskId {
    const id = taskIdSchema.parse(newName(this.#environment.random));
    this.#verbs.create({
      id,
      title,
      state: place.state ?? 'open',
      sessionId: place.sessionId,
      createdBy: this.#documents.identity.personId,
      createdAt: this.#environment.clock.now(),
    });
    return id;
  }

  setState(id: TaskId, state: TaskState): void {
    this.#verbs.setState(id, state);
  }

  /** Open → doing → done → open. */
  step(task: Task): void {
    this.#verbs.setState(task.id, nextTaskState(task.state));
  }

  assign(id: TaskId, person: PersonId | null): void {
    this.#verbs.assign(id, person);
  }

  link(id: TaskId, session: SessionId | null): void {
    this.#verbs.link(id, session);
  }

  remove(id: TaskId): void {
    this.#verbs.remove(id);
  }

  restore(id: TaskId): void {
    this.#verbs.restore(id);
  }

  /**
   * Puts a task into a state's list.
   *
   * @param shown the list as it is shown, in order; the task itself may be in it
   * @param index its place among the others
   */
  place(id: TaskId, state: TaskState, shown: readonly Task[], index: number): void {
    const others = shown.filter((task) => task.id !== id);
    const at = Math.min(Math.max(index, 0), others.length);
    if (this.find(id)?.state !== state) this.#verbs.setState(id, state);
    this.#verbs.move(id, others[at - 1]?.id ?? null, others[at]?.id ?? null);
  }

  /** One step up or down in its list. */
  shift(task: Task, shown: readonly Task[], by: -1 | 1): void {
    const list = shown.filter(({ state }) => state === task.state);
    const index = list.findIndex(({ id }) => id === task.id);
    const target = index + by;
    if (index < 0 || target < 0 || target >= list.length) return;
    this.place(task.id, task.state, list, target);
  }

  /** To the end of the list before or after its own. */
  shiftState(task: Task, by: -1 | 1): void {
    const state = taskStates[taskStates.indexOf(task.state) + by];
    if (state !== undefined) this.#verbs.setState(task.id, state);
  }

  /** Title and body for inputs; `null` for a task that is not here. Opened once per editor. */
  texts(id: TaskId): { readonly title: EditedText; readonly body: EditedText } | null {
    const title = this.#verbs.title(id);
    const body = this.#verbs.body(id);
    return title === null || body === null
      ? null
      : { title: editedText(title), body: editedText(body) };
  }

  get #verbs() {
    return this.#documents.tasks.document;
  }
}

/** How many Markdown check boxes a body has, and how many are ticked; `null` when it has none. */
export function checkBoxes(body: string): { readonly done: number; readonly all: number } | null {
  const boxes = body.match(/^\s*[-*+] \[[ xX]\] /gmu) ?? [];
  if (boxes.length === 0) return null;
  return { done: boxes.filter((box) => /\[[xX]\]/u.test(box)).length, all: boxes.length };
}
