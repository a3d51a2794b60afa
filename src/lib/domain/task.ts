import * as z from 'zod/mini';
import type { PersonId, SessionId, TaskId } from './ids.ts';

export const taskStates = ['open', 'doing', 'done'] as const;
export const taskStateSchema = z.enum(taskStates);
export type TaskState = z.infer<typeof taskStateSchema>;

/** A task as views read it. Title and body are shared texts; the rest are keys of their own, so edits apart both survive. */
export interface Task {
  readonly id: TaskId;
  readonly title: string;
  readonly body: string;
  readonly state: TaskState;
  /** Fractional index; order is by (rank, hash of id). */
  readonly rank: string;
  readonly assignee: PersonId | null;
  readonly sessionId: SessionId | null;
  readonly createdBy: PersonId | null;
  /** Device time, for display. */
  readonly createdAt: number;
}

/** The state after this one, for the key that steps through them. */
export function nextTaskState(state: TaskState): TaskState {
  const index = taskStates.indexOf(state);
  return taskStates[(index + 1) % taskStates.length] ?? 'open';
}
