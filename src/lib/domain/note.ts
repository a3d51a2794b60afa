import * as z from 'zod/mini';
import { deviceIdSchema, noteIdSchema, personIdSchema } from './ids.ts';

/** A message to people in a session; never sent to the agent. One plain value; only its author rewrites it. */
export const noteSchema = z.object({
  v: z.literal(1),
  id: noteIdSchema,
  text: z.string(),
  personId: personIdSchema,
  deviceId: deviceIdSchema,
  writtenAt: z.number(),
  editedAt: z.nullable(z.number()),
});
export type Note = z.infer<typeof noteSchema>;
