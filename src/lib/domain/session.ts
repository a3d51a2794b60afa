import * as z from 'zod/mini';
import {
  agentIdSchema,
  personIdSchema,
  projectIdSchema,
  sessionIdSchema,
  turnIdSchema,
} from './ids.ts';
import { planSchema } from './plan.ts';
import { sealedSegmentSchema } from './transcript.ts';

/** Modes offered by an agent; `asks` is the bridge's judgement whether it asks before it changes anything. */
export const agentModeSchema = z.object({
  id: z.string(),
  name: z.string(),
  description: z.nullable(z.string()),
  asks: z.boolean(),
});
export type AgentMode = z.infer<typeof agentModeSchema>;

/** The state of a session's agent, as the bridge knows it. */
export const runStateSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('none') }),
  z.object({ kind: z.literal('starting'), since: z.number() }),
  z.object({ kind: z.literal('idle'), since: z.number() }),
  z.object({
    kind: z.literal('running'),
    turnId: turnIdSchema,
    turn: z.number(),
    since: z.number(),
    /** When the agent last said anything, to the nearest 5 s; not a heartbeat. */
    progressAt: z.number(),
    stopping: z.boolean(),
  }),
  z.object({
    kind: z.literal('ended'),
    code: z.nullable(z.number()),
    signal: z.nullable(z.string()),
    message: z.string(),
    at: z.number(),
  }),
  z.object({ kind: z.literal('login_needed'), message: z.string(), at: z.number() }),
]);
export type RunState = z.infer<typeof runStateSchema>;

export const worktreeChoiceSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('in_place') }),
  z.strictObject({
    kind: z.literal('existing'),
    path: z.string().check(z.minLength(1), z.maxLength(4096)),
  }),
]);
export type WorktreeChoice = z.infer<typeof worktreeChoiceSchema>;

/** A session in the index of room `bridge`: what a list shows without opening the session. */
export const sessionInfoSchema = z.object({
  v: z.literal(1),
  id: sessionIdSchema,
  projectId: projectIdSchema,
  agentId: agentIdSchema,
  /** The title the bridge gave (first words of the first prompt); a title in `workspace` comes before it. */
  title: z.string(),
  directory: z.string(),
  branch: z.nullable(z.string()),
  createdBy: personIdSchema,
  createdAt: z.number(),
  lastActivityAt: z.number(),
  /** Sequence number of the newest transcript item, for "unread". */
  lastSeq: z.number(),
  run: z.enum(['none', 'starting', 'idle', 'running', 'ended', 'login_needed']),
  endedMessage: z.nullable(z.string()),
  openPermissions: z.number(),
  /** What needs a person, in a few words ("Wants to run a command"), or null. */
  needs: z.nullable(z.string()),
  doing: z.nullable(z.string()),
  trashedAt: z.nullable(z.number()),
});
export type SessionInfo = z.infer<typeof sessionInfoSchema>;

export const slashCommandSchema = z.object({
  name: z.string(),
  description: z.string(),
  hint: z.nullable(z.string()),
});
export type SlashCommand = z.infer<typeof slashCommandSchema>;

/** Single values of room `state/<id>`, each under its own key. Receipts, permissions and operations are maps beside it. */
export const sessionStateSchema = z.object({
  info: sessionInfoSchema,
  run: runStateSchema,
  plan: planSchema,
  mode: z.object({ current: z.nullable(z.string()), available: z.array(agentModeSchema) }),
  commands: z.array(slashCommandSchema),
  usage: z.nullable(z.object({ used: z.number(), size: z.number() })),
  segments: z.object({ open: z.number(), sealed: z.array(sealedSegmentSchema) }),
  paths: z.array(z.string()),
});
export type SessionState = z.infer<typeof sessionStateSchema>;
