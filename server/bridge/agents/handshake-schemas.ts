import * as z from 'zod/mini';
import { configOptionsSchema, modesSchema } from './update-schemas.ts';

const maybe = <T extends z.core.$ZodType>(schema: T) => z.optional(z.nullable(schema));

/** A way to log in, as agents describe it: ACP's `terminal` kind, the older `_meta["terminal-auth"]`, or the agent's own. */
export const authMethodSchema = z.object({
  id: maybe(z.string()),
  name: maybe(z.string()),
  description: maybe(z.string()),
  type: maybe(z.string()),
  args: maybe(z.array(z.string())),
  _meta: maybe(
    z.object({
      'terminal-auth': maybe(
        z.object({ command: maybe(z.string()), args: maybe(z.array(z.string())) }),
      ),
    }),
  ),
});
export type AuthMethod = z.infer<typeof authMethodSchema>;

export const initializedSchema = z.object({
  protocolVersion: z.number(),
  agentCapabilities: maybe(
    z.object({
      loadSession: maybe(z.boolean()),
      promptCapabilities: maybe(z.object({ image: maybe(z.boolean()) })),
      sessionCapabilities: maybe(z.object({ resume: maybe(z.looseObject({})) })),
    }),
  ),
  authMethods: maybe(z.array(authMethodSchema)),
});
export type Initialized = z.infer<typeof initializedSchema>;

/** What `session/new`, `session/resume` and `session/load` answer; the last two need not repeat the id. */
export const openedSchema = z.object({
  sessionId: maybe(z.string()),
  modes: maybe(modesSchema),
  configOptions: maybe(configOptionsSchema),
});
export type Opened = z.infer<typeof openedSchema>;

export const promptedSchema = z.object({ stopReason: z.string() });
export const configuredSchema = z.object({ configOptions: maybe(configOptionsSchema) });
