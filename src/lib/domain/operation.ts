import * as z from 'zod/mini';
import { commandIdSchema, projectIdSchema, sessionIdSchema } from './ids.ts';
import { authorSchema } from './prompt.ts';

export const operationStates = [
  'waiting',
  'running',
  'done',
  'failed',
  'conflict',
  'refused',
  'cancelled',
  'expired',
  'unknown',
] as const;
export const operationStateSchema = z.enum(operationStates);
export type OperationState = z.infer<typeof operationStateSchema>;

const terminal: ReadonlySet<OperationState> = new Set([
  'done',
  'failed',
  'refused',
  'cancelled',
  'expired',
]);

/** Whether the state is an end: nothing will happen by itself any more, and nobody is asked. */
export const isSettled = (state: OperationState): boolean => terminal.has(state);

const next: Record<OperationState, readonly OperationState[]> = {
  waiting: ['running', 'done', 'failed', 'conflict', 'refused', 'cancelled', 'expired'],
  running: ['done', 'failed', 'conflict', 'unknown', 'cancelled'],
  conflict: ['waiting', 'done', 'cancelled'],
  unknown: ['done', 'failed', 'cancelled'],
  done: [],
  failed: ['waiting'],
  refused: [],
  cancelled: [],
  expired: [],
};

/** The only transitions there are; the journal refuses every other one. */
export const mayBecome = (from: OperationState, to: OperationState): boolean =>
  next[from].includes(to);

/** An accepted command and what became of it, written by the bridge where all can read it (R2). */
export const operationSchema = z.object({
  v: z.literal(1),
  id: commandIdSchema,
  /** Position in the journal; the feed's cursor and the number that people see (#214). */
  seq: z.number(),
  number: z.number(),
  kind: z.string(),
  projectId: z.nullable(projectIdSchema),
  sessionId: z.nullable(sessionIdSchema),
  /** One line for people: "Start a session with Playground agent". */
  summary: z.string(),
  author: authorSchema,
  writtenAt: z.number(),
  acceptedAt: z.number(),
  settledAt: z.nullable(z.number()),
  state: operationStateSchema,
  /** Why it was refused or failed, or what it did; a sentence. */
  message: z.nullable(z.string()),
  after: z.array(commandIdSchema),
});
export type Operation = z.infer<typeof operationSchema>;
