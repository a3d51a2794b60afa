import type { RunState } from '#lib/domain/session.ts';
import type { QueuedPrompt } from '#lib/views/prompts.svelte.ts';
import type { TranscriptRow } from '#lib/views/transcript-row.ts';

/** What stands behind the last row: the agent's process, where it needs somebody, and prompts at the place they will have. */
export type TailEntry =
  | {
      readonly kind: 'run';
      readonly key: string;
      readonly run: Extract<RunState, { kind: 'ended' | 'login_needed' | 'starting' }>;
    }
  | { readonly kind: 'queued'; readonly key: string; readonly queued: QueuedPrompt };

export type ConversationEntry = TranscriptRow | TailEntry;

export const isTail = (entry: ConversationEntry): entry is TailEntry =>
  entry.kind === 'run' || entry.kind === 'queued';

export function tailEntries(
  run: RunState | null,
  queued: readonly QueuedPrompt[],
): readonly TailEntry[] {
  const ends =
    run !== null && (run.kind === 'ended' || run.kind === 'login_needed' || run.kind === 'starting')
      ? [{ kind: 'run' as const, key: `run ${run.kind}`, run }]
      : [];
  const prompts = queued.map((one) => ({
    kind: 'queued' as const,
    key: `queued ${one.prompt.id}`,
    queued: one,
  }));
  return [...ends, ...prompts];
}

/** How many entries were put before what was first shown, so that a list can keep its place by its end. */
export function countPrepended(
  before: readonly ConversationEntry[],
  after: readonly ConversationEntry[],
): number {
  const first = before.find((entry) => entry.kind !== 'away');
  if (first === undefined) return 0;
  const was = before.indexOf(first);
  const now = after.findIndex((entry) => entry.key === first.key);
  return Math.max(0, now - was);
}
