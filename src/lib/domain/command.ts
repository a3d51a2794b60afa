import * as z from 'zod/mini';
import { agentCommandSchema } from './agent.ts';
import {
  agentIdSchema,
  commandIdSchema,
  deviceIdSchema,
  epochSchema,
  permissionIdSchema,
  projectIdSchema,
  ruleIdSchema,
  sessionIdSchema,
  sha256Schema,
} from './ids.ts';
import { limits } from './limits.ts';
import { roleSchema } from './role.ts';
import { worktreeChoiceSchema } from './session.ts';

const oid = z.string().check(z.regex(/^[0-9a-f]{40}([0-9a-f]{24})?$/));
const path = z.string().check(z.minLength(1), z.maxLength(4096));

/** The state its author saw (R3). `absent` states that nothing was there. */
export const expectationSchema = z.union([
  z.strictObject({ ref: path, oid: z.union([oid, z.literal('absent')]) }),
  z.strictObject({ path, sha256: sha256Schema, mode: z.string() }),
  z.strictObject({ path, absent: z.literal(true) }),
  z.strictObject({ ref: path, resultOf: commandIdSchema }),
  z.strictObject({ path, resultOf: commandIdSchema }),
]);
export type Expectation = z.infer<typeof expectationSchema>;

const paramsOf = {
  'session.create': z.strictObject({
    sessionId: sessionIdSchema,
    agentId: agentIdSchema,
    worktree: worktreeChoiceSchema,
    title: z.optional(z.string().check(z.maxLength(limits.titleCharsMax))),
  }),
  'session.start': z.strictObject({}),
  'session.stop': z.strictObject({}),
  'session.trash': z.strictObject({}),
  'session.restore': z.strictObject({}),
  'turn.cancel': z.strictObject({ turnId: z.string() }),
  'mode.set': z.strictObject({ modeId: z.string().check(z.maxLength(200)) }),
  'permission.answer': z.strictObject({
    permissionId: permissionIdSchema,
    hash: z.string(),
    optionId: z.string().check(z.maxLength(200)),
    /** Told to the agent with the next prompt when it was a rejection. */
    reason: z.optional(z.string().check(z.maxLength(limits.reasonCharsMax))),
    /** Also make the bridge's own exact-match rule; only with an allowing option. */
    always: z.optional(z.boolean()),
  }),
  'agent.set': z.strictObject({
    agentId: agentIdSchema,
    name: z.string().check(z.minLength(1), z.maxLength(80)),
    launch: z.nullable(agentCommandSchema),
  }),
  'rule.revoke': z.strictObject({ ruleId: ruleIdSchema }),
  'device.role': z.strictObject({ deviceId: deviceIdSchema, role: roleSchema }),
  'bridge.release': z.strictObject({ epoch: epochSchema }),
} as const;

export type CommandKind = keyof typeof paramsOf;
export const commandKinds = Object.keys(paramsOf) as readonly CommandKind[];

const head = {
  v: z.literal(1),
  id: commandIdSchema,
  projectId: z.optional(projectIdSchema),
  sessionId: z.optional(sessionIdSchema),
  expects: z.array(expectationSchema).check(z.maxLength(10_000)),
  after: z.optional(z.array(commandIdSchema).check(z.maxLength(100))),
  /** The bridge's epoch and position the author had seen: the only age a command has (R7). */
  seen: z.strictObject({ epoch: epochSchema, seq: z.number().check(z.int(), z.nonnegative()) }),
  /** Device time, for display. */
  createdAt: z.number(),
  sig: z.optional(z.string().check(z.maxLength(512))),
};

const arm = <K extends CommandKind>(kind: K) =>
  z.strictObject({ ...head, kind: z.literal(kind), params: paramsOf[kind] });

/** One schema for both sides (DESIGN 4.2). A device's request: idempotent by `id`, never CRDT data (R2). */
export const commandSchema = z.discriminatedUnion('kind', [
  arm('session.create'),
  arm('session.start'),
  arm('session.stop'),
  arm('session.trash'),
  arm('session.restore'),
  arm('turn.cancel'),
  arm('mode.set'),
  arm('permission.answer'),
  arm('agent.set'),
  arm('rule.revoke'),
  arm('device.role'),
  arm('bridge.release'),
]);
export type Command = z.infer<typeof commandSchema>;
export type CommandOf<K extends CommandKind> = Extract<Command, { kind: K }>;

/** The head of any command, also of a kind that this build does not know: enough to answer it by id. */
export const commandHeadSchema = z.looseObject({
  v: z.number(),
  id: commandIdSchema,
  kind: z.string(),
});
