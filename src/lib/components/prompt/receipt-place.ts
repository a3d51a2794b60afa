import type { Receipt } from '#lib/domain/prompt.ts';
import type { StopReason } from '#lib/domain/transcript.ts';
import type { QueuePlace } from '#lib/views/prompts.svelte.ts';

/** All that a prompt's mark can say. */
export type ReceiptPlace = QueuePlace | 'with_agent' | 'answered' | 'interrupted' | 'unverified';

/** Where a prompt of the transcript is: by the end of its turn, where that is known, else by its receipt. */
export function handedPlace(
  receipt: Receipt | null,
  stopReason: StopReason | null,
): Extract<ReceiptPlace, 'with_agent' | 'answered' | 'interrupted'> {
  if (stopReason === 'interrupted') return 'interrupted';
  if (stopReason !== null) return 'answered';
  return receipt === null || receipt.state === 'handed' ? 'with_agent' : receipt.state;
}
