import * as z from 'zod/mini';
import { epochSchema } from './ids.ts';

/** What the bridge says of itself in room `bridge`. `paused`: a restored database waits for a person to release it. */
export const bridgeInfoSchema = z.object({
  v: z.literal(1),
  name: z.string(),
  version: z.string(),
  epoch: epochSchema,
  paused: z.boolean(),
});
export type BridgeInfo = z.infer<typeof bridgeInfoSchema>;
