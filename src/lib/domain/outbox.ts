import * as z from 'zod/mini';
import { commandSchema } from './command.ts';
import { operationStateSchema } from './operation.ts';

/**
 * A command on its way, in this browser. `waiting` and `sending` are only on this device; `accepted` and `settled` are on the
 * bridge; `refused` was answered "no" and is kept, readable, until it is dismissed.
 */
export const outboxStateSchema = z.enum(['waiting', 'sending', 'accepted', 'settled', 'refused']);
export type OutboxState = z.infer<typeof outboxStateSchema>;

export const outboxEntrySchema = z.object({
  v: z.literal(1),
  /** Order of writing on this device; delivery goes in this order. */
  order: z.number(),
  command: commandSchema,
  summary: z.string(),
  state: outboxStateSchema,
  attempts: z.number(),
  lastError: z.nullable(z.string()),
  /** Device time before which it is not tried again; `null`: at once, or when the user or the next connection asks. */
  nextAttemptAt: z.nullable(z.number()),
  operationState: z.nullable(operationStateSchema),
  message: z.nullable(z.string()),
});
export type OutboxEntry = z.infer<typeof outboxEntrySchema>;

/** Whether the entry is known to this device only, so that nothing may evict it. */
export const isUndelivered = (entry: OutboxEntry): boolean =>
  entry.state === 'waiting' || entry.state === 'sending';
