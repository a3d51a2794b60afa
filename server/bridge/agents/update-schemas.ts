import * as z from 'zod/mini';
import { planEntrySchema } from '#lib/domain/plan.ts';

/**
 * What agents send, as far as this bridge reads it (ACP v1). Read with tolerance: fields we do not use are not checked, `null`
 * means absent, and what fits no schema is kept raw instead of being dropped.
 */
const maybe = <T extends z.core.$ZodType>(schema: T) => z.optional(z.nullable(schema));

export const textBlockSchema = z.object({ type: z.literal('text'), text: z.string() });
export const contentBlockSchema = z.union([
  textBlockSchema,
  z.object({
    type: z.literal('resource_link'),
    name: maybe(z.string()),
    uri: z.string(),
  }),
  z.object({
    type: z.literal('resource'),
    resource: z.object({ uri: z.string(), text: z.string() }),
  }),
  z.object({ type: z.enum(['image', 'audio']), mimeType: z.string() }),
]);
export type ContentBlock = z.infer<typeof contentBlockSchema>;

export const diffContentSchema = z.object({
  type: z.literal('diff'),
  path: z.string(),
  oldText: maybe(z.string()),
  newText: z.string(),
});

const toolStatusSchema = z.enum(['pending', 'in_progress', 'completed', 'failed']);

/** One odd field must not hide the rest of a tool call: that it failed, or what it is about to do. */
export const toolUpdateSchema = z.object({
  toolCallId: z.string(),
  title: z.catch(maybe(z.string()), undefined),
  kind: z.catch(maybe(z.string()), undefined),
  status: z.catch(maybe(toolStatusSchema), undefined),
  content: z.catch(maybe(z.array(z.unknown())), undefined),
  locations: z.catch(
    maybe(z.array(z.object({ path: z.string(), line: maybe(z.number()) }))),
    undefined,
  ),
  rawInput: z.optional(z.unknown()),
  rawOutput: z.optional(z.unknown()),
  _meta: z.optional(z.unknown()),
});
export type ToolUpdate = z.infer<typeof toolUpdateSchema>;

export const permissionParamsSchema = z.object({
  toolCall: toolUpdateSchema,
  options: z
    .array(z.object({ optionId: z.string(), name: z.string(), kind: z.string() }))
    .check(z.minLength(1), z.maxLength(64)),
});

const chunk = {
  content: contentBlockSchema,
  messageId: maybe(z.string()),
};

export const modesSchema = z.object({
  currentModeId: z.string(),
  availableModes: z.array(
    z.object({ id: z.string(), name: z.string(), description: maybe(z.string()) }),
  ),
});
export type ModesOnWire = z.infer<typeof modesSchema>;

const choiceSchema = z.object({
  value: z.string(),
  name: z.string(),
  description: maybe(z.string()),
});

/** The option that chooses the mode; others, booleans and kinds to come are no reason to refuse the list. */
export const modeOptionSchema = z.object({
  id: z.string(),
  category: z.literal('mode'),
  type: z.literal('select'),
  currentValue: z.string(),
  options: z.array(z.union([choiceSchema, z.object({ options: z.array(choiceSchema) })])),
});
export const configOptionsSchema = z.array(z.unknown());

export const updateSchema = z.discriminatedUnion('sessionUpdate', [
  z.object({ sessionUpdate: z.literal('user_message_chunk') }),
  z.object({ sessionUpdate: z.literal('agent_message_chunk'), ...chunk }),
  z.object({ sessionUpdate: z.literal('agent_thought_chunk'), ...chunk }),
  z.extend(toolUpdateSchema, { sessionUpdate: z.literal('tool_call') }),
  z.extend(toolUpdateSchema, { sessionUpdate: z.literal('tool_call_update') }),
  z.object({ sessionUpdate: z.literal('plan'), entries: z.array(planEntrySchema) }),
  z.object({
    sessionUpdate: z.literal('available_commands_update'),
    availableCommands: z.array(
      z.object({
        name: z.string(),
        description: maybe(z.string()),
        input: maybe(z.object({ hint: maybe(z.string()) })),
      }),
    ),
  }),
  z.object({ sessionUpdate: z.literal('current_mode_update'), currentModeId: z.string() }),
  z.object({
    sessionUpdate: z.literal('config_option_update'),
    configOptions: configOptionsSchema,
  }),
  z.object({ sessionUpdate: z.literal('session_info_update'), title: maybe(z.string()) }),
  z.object({ sessionUpdate: z.literal('usage_update'), used: z.number(), size: z.number() }),
  z.object({
    sessionUpdate: z.literal('notice'),
    severity: z.string(),
    title: z.string(),
    description: maybe(z.string()),
  }),
]);
export type Update = z.infer<typeof updateSchema>;

/** `session/update` with an update of any kind, known or not. */
export const updateParamsSchema = z.object({ sessionId: z.string(), update: z.unknown() });

/** The name of an update's kind, whether we know it or not. */
export const updateKindSchema = z.object({ sessionUpdate: z.string() });
