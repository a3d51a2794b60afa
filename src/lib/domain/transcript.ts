import * as z from 'zod/mini';
import {
  itemIdSchema,
  permissionIdSchema,
  promptIdSchema,
  sha256Schema,
  turnIdSchema,
} from './ids.ts';
import {
  diffPreviewSchema,
  permissionOutcomeSchema,
  permissionSubjectSchema,
} from './permission.ts';
import { authorSchema } from './prompt.ts';

/** Why the agent stopped. The first five are ACP's; the others are the bridge's words. */
export const stopReasonSchema = z.enum([
  'end_turn',
  'max_tokens',
  'max_turn_requests',
  'refusal',
  'cancelled',
  'interrupted',
  'agent_failed',
]);
export type StopReason = z.infer<typeof stopReasonSchema>;

export const toolStatusSchema = z.enum([
  'pending',
  'in_progress',
  'completed',
  'failed',
  'cancelled',
]);

/** Output of a tool: short ones inline, long ones as a blob with head and tail to show at once. */
export const toolOutputSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('inline'), text: z.string() }),
  z.object({
    kind: z.literal('blob'),
    sha256: sha256Schema,
    bytes: z.number(),
    lines: z.number(),
    head: z.string(),
    tail: z.string(),
  }),
]);
export type ToolOutput = z.infer<typeof toolOutputSchema>;

export const toolCallSchema = z.object({
  toolCallId: z.string(),
  title: z.string(),
  /** ACP's read, edit, delete, move, search, execute, think, fetch, switch_mode, other; shown raw when unknown. */
  toolKind: z.string(),
  status: toolStatusSchema,
  command: z.nullable(z.string()),
  locations: z.array(z.object({ path: z.string(), line: z.nullable(z.number()) })),
  diffs: z.array(diffPreviewSchema),
  output: z.nullable(toolOutputSchema),
  exitCode: z.nullable(z.number()),
  startedAt: z.number(),
  endedAt: z.nullable(z.number()),
});
export type ToolCall = z.infer<typeof toolCallSchema>;

const common = {
  v: z.literal(1),
  id: itemIdSchema,
  /** The bridge's sequence number: the only order there is (R7). */
  seq: z.number(),
  turnId: z.nullable(turnIdSchema),
  at: z.number(),
};

/**
 * An entry of the bridge-written record of a session. Finished items never change; a later change of a tool call is a new
 * `tool` item with the same `toolCallId`, and the later one is shown.
 */
export const transcriptItemSchema = z.discriminatedUnion('kind', [
  z.object({
    ...common,
    kind: z.literal('prompt'),
    promptId: promptIdSchema,
    text: z.string(),
    blobs: z.array(sha256Schema),
    author: authorSchema,
    writtenAt: z.number(),
    arrivedAt: z.number(),
  }),
  z.object({ ...common, kind: z.literal('answer'), text: z.string(), cut: z.boolean() }),
  z.object({
    ...common,
    kind: z.literal('thought'),
    text: z.string(),
    cut: z.boolean(),
    endedAt: z.number(),
  }),
  z.object({ ...common, kind: z.literal('tool'), call: toolCallSchema }),
  z.object({
    ...common,
    kind: z.literal('permission'),
    permissionId: permissionIdSchema,
    subject: permissionSubjectSchema,
    outcome: permissionOutcomeSchema,
  }),
  z.object({
    ...common,
    kind: z.literal('turn_end'),
    number: z.number(),
    stopReason: stopReasonSchema,
    startedAt: z.number(),
    filesChanged: z.nullable(z.number()),
    message: z.nullable(z.string()),
  }),
  /** Something the bridge has to say: run started or ended, mode changed, agent's notice, login needed. */
  z.object({
    ...common,
    kind: z.literal('notice'),
    level: z.enum(['info', 'warning', 'error']),
    text: z.string(),
    detail: z.nullable(z.string()),
  }),
  /** A kind of update that this bridge does not know; kept and shown raw, never dropped. */
  z.object({ ...common, kind: z.literal('unknown'), source: z.string(), raw: z.string() }),
]);
export type TranscriptItem = z.infer<typeof transcriptItemSchema>;
export type TranscriptItemKind = TranscriptItem['kind'];

/** The head of an item that is still growing: its text is a Y.Text of the same id, or its tool call is replaced in place. */
export const liveItemSchema = z.discriminatedUnion('kind', [
  z.object({ ...common, kind: z.literal('answer') }),
  z.object({ ...common, kind: z.literal('thought') }),
  z.object({ ...common, kind: z.literal('tool'), call: toolCallSchema }),
]);
export type LiveItem = z.infer<typeof liveItemSchema>;

/** An entry of a segment manifest: an immutable run of finished items, fetched as a blob. */
export const sealedSegmentSchema = z.object({
  n: z.number(),
  sha256: sha256Schema,
  firstSeq: z.number(),
  lastSeq: z.number(),
  items: z.number(),
  bytes: z.number(),
});
export type SealedSegment = z.infer<typeof sealedSegmentSchema>;
