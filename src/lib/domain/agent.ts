import * as z from 'zod/mini';
import { agentIdSchema } from './ids.ts';

/** How an agent's process is started; set by an owner's command only and kept on the bridge (R11). */
export const agentCommandSchema = z.strictObject({
  command: z.string().check(z.minLength(1), z.maxLength(4096)),
  args: z.array(z.string().check(z.maxLength(4096))).check(z.maxLength(64)),
  env: z.record(
    z.string().check(z.regex(/^[A-Za-z_][A-Za-z0-9_]*$/)),
    z.string().check(z.maxLength(32_768)),
  ),
});
export type AgentCommand = z.infer<typeof agentCommandSchema>;

export const agentSourceSchema = z.enum(['built-in', 'path', 'owner']);

/**
 * An agent as every device may see it (room `bridge`): *names* of variables, never their values.
 *
 * `found` is false for a known agent that is not on the bridge's PATH; `install` says how to get it.
 */
export const agentInfoSchema = z.object({
  v: z.literal(1),
  id: agentIdSchema,
  name: z.string(),
  source: agentSourceSchema,
  found: z.boolean(),
  commandLine: z.string(),
  envNames: z.array(z.string()),
  version: z.optional(z.string()),
  description: z.optional(z.string()),
  install: z.optional(z.string()),
});
export type AgentInfo = z.infer<typeof agentInfoSchema>;
