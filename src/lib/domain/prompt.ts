import * as z from 'zod/mini';
import {
  deviceIdSchema,
  itemIdSchema,
  personIdSchema,
  promptIdSchema,
  sha256Schema,
  turnIdSchema,
} from './ids.ts';

/**
 * A message to the agent that is not yet handed over: one plain value in `session/<id>`.
 *
 * `personId` and `deviceId` are what the writer claims; whether that is so, only the bridge can say (see {@link receiptSchema}).
 * `writtenAt` is the device's clock, for display only (R7).
 */
export const promptSchema = z.object({
  v: z.literal(1),
  id: promptIdSchema,
  text: z.string(),
  blobs: z.array(sha256Schema),
  personId: personIdSchema,
  deviceId: deviceIdSchema,
  writtenAt: z.number(),
});
export type Prompt = z.infer<typeof promptSchema>;

/** Who brought an entry, as the bridge saw it: `claimed` differs from `by` when somebody wrote in another's name. */
export const authorSchema = z.object({
  personId: personIdSchema,
  deviceId: deviceIdSchema,
  verified: z.boolean(),
});
export type Author = z.infer<typeof authorSchema>;

/**
 * The bridge's word that a prompt was handed over; committed before the agent gets it (at most once).
 *
 * `handed` turns into `answered` when its turn ends, or into `interrupted` when the bridge or agent died in between: then the
 * prompt is offered again.
 */
export const receiptSchema = z.object({
  v: z.literal(1),
  promptId: promptIdSchema,
  text: z.string(),
  blobs: z.array(sha256Schema),
  author: authorSchema,
  writtenAt: z.number(),
  arrivedAt: z.number(),
  turnId: turnIdSchema,
  itemId: itemIdSchema,
  state: z.enum(['handed', 'answered', 'interrupted']),
});
export type Receipt = z.infer<typeof receiptSchema>;

/** Where a prompt is, seen from one device. `differs`: edited after its hand-over, so offered as a new prompt. */
export type PromptPlace =
  'on_device' | 'on_bridge' | 'with_agent' | 'answered' | 'interrupted' | 'differs';

/** Whether prompt and receipt carry the same message; if not, the late edit is offered as a new prompt. */
export function sameMessage(prompt: Prompt, receipt: Receipt): boolean {
  return (
    prompt.text === receipt.text &&
    prompt.blobs.length === receipt.blobs.length &&
    prompt.blobs.every((blob, index) => blob === receipt.blobs[index])
  );
}
