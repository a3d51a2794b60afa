import * as z from 'zod/mini';
import {
  commandIdSchema,
  permissionIdSchema,
  ruleIdSchema,
  turnIdSchema,
  projectIdSchema,
  agentIdSchema,
  sha256Schema,
} from './ids.ts';
import { authorSchema } from './prompt.ts';

export const optionKindSchema = z.enum([
  'allow_once',
  'allow_always',
  'reject_once',
  'reject_always',
]);

/** An answer the agent offers. Two options of one kind occur: answer by `optionId`, show by `name`. */
export const permissionOptionSchema = z.object({
  optionId: z.string(),
  name: z.string(),
  kind: optionKindSchema,
});
export type PermissionOption = z.infer<typeof permissionOptionSchema>;

/**
 * A change of one file. Texts over `limits.diffPreviewBytesMax` are cut, which their last line says; `whole` then names the blob
 * with all of it (canonical JSON of `{path, oldText, newText}`).
 */
export const diffPreviewSchema = z.object({
  path: z.string(),
  oldText: z.nullable(z.string()),
  newText: z.string(),
  whole: z.optional(z.object({ sha256: sha256Schema, bytes: z.number() })),
});
export type DiffPreview = z.infer<typeof diffPreviewSchema>;

/**
 * What the agent wants to do, frozen when the request came: shown = answered (R4). A later change of the tool call makes a new
 * request with a new hash. `title` and `agentWords` are the agent's text and are shown apart, as such.
 */
export const permissionSubjectSchema = z.object({
  toolCallId: z.string(),
  toolKind: z.string(),
  title: z.string(),
  /** The whole command when the agent gave one; never shortened. */
  command: z.nullable(z.string()),
  directory: z.string(),
  diffs: z.array(diffPreviewSchema),
  /** The tool's raw input as indented JSON, when neither a command nor a diff says what would happen. */
  rawInput: z.nullable(z.string()),
  agentWords: z.nullable(z.string()),
});
export type PermissionSubject = z.infer<typeof permissionSubjectSchema>;

/** How a request ended. `gone`: the agent moved on, was stopped or died, and the request is void. */
export const permissionOutcomeSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('answered'),
    option: permissionOptionSchema,
    reason: z.nullable(z.string()),
    by: authorSchema,
    at: z.number(),
  }),
  z.object({
    kind: z.literal('by_rule'),
    option: permissionOptionSchema,
    ruleId: ruleIdSchema,
    at: z.number(),
  }),
  z.object({
    kind: z.literal('gone'),
    why: z.enum(['turn_ended', 'cancelled', 'agent_ended', 'bridge_restarted', 'replaced']),
    at: z.number(),
  }),
]);
export type PermissionOutcome = z.infer<typeof permissionOutcomeSchema>;

export const permissionRequestSchema = z.object({
  v: z.literal(1),
  id: permissionIdSchema,
  turnId: z.nullable(turnIdSchema),
  subject: permissionSubjectSchema,
  options: z.array(permissionOptionSchema),
  /** SHA-256 of the canonical JSON of `{subject, options}`: the name of exactly what is shown. */
  hash: z.string(),
  askedAt: z.number(),
  /** `null` while it is open. */
  outcome: z.nullable(permissionOutcomeSchema),
});
export type PermissionRequest = z.infer<typeof permissionRequestSchema>;

/**
 * "Always": the bridge's own rule, an exact match of agent, project, tool kind, command and directory. The agent itself is
 * only ever told "allow once". Never made for a request that carries diffs or neither command nor raw input.
 */
export const permissionRuleSchema = z.object({
  v: z.literal(1),
  id: ruleIdSchema,
  projectId: projectIdSchema,
  agentId: agentIdSchema,
  toolKind: z.string(),
  command: z.string(),
  directory: z.string(),
  by: authorSchema,
  madeAt: z.number(),
  madeBy: commandIdSchema,
});
export type PermissionRule = z.infer<typeof permissionRuleSchema>;

/** Whether an "always" rule can be made of a request: only an exact command can be matched exactly. */
export const canBeRule = (subject: PermissionSubject): boolean =>
  subject.command !== null && subject.diffs.length === 0;
