import type { ItemId, PromptId, SessionId, Sha256 } from '#lib/domain/ids.ts';
import type { Receipt } from '#lib/domain/prompt.ts';
import type { TranscriptItem } from '#lib/domain/transcript.ts';
import type { PromptQueue, QueuedPrompt, SessionRecord } from '../../journal/session-record.ts';
import type { Storage } from '../../storage/contract.ts';
import type { Turn } from './session-machine.ts';

/** What the queue says now. `blobs`: the first prompt waits for contents that are not on the bridge yet. */
export type Next =
  | { readonly kind: 'ready'; readonly queued: QueuedPrompt }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'held' }
  | { readonly kind: 'blobs' }
  /** What is there was there when the session came to rest; a person has to act. */
  | { readonly kind: 'person' };

/**
 * Which prompts were handed over, and which is next: in the order of the queue, each at most once for ever. The first one
 * that waits holds up those behind it, so that the order people made is kept.
 */
export interface HandoverBook {
  /** What earlier lives of the bridge handed over; before this, nothing is next. */
  open(receipts: readonly Receipt[]): Promise<void>;
  next(): Promise<Next>;
  /** From now on only a prompt that was not seen before, or `release`, lets the queue go on. */
  hold(): void;
  /** As `hold`, also for what arrived before the first look. */
  holdAll(): Promise<void>;
  release(): void;
  /** Writes the receipt; the caller waits until it is on disk before the agent gets anything. */
  sign(turn: Turn, queued: QueuedPrompt, itemId: ItemId): void;
  /** What became of the prompt of a turn. */
  settle(turn: Turn, state: 'answered' | 'interrupted'): void;
  /** Receipts that no device needs any more are dropped; that they were handed over stays known. */
  forgetBefore(time: number): void;
}

export function createHandoverBook(deps: {
  readonly sessionId: SessionId;
  readonly record: Pick<SessionRecord, 'putReceipt' | 'dropReceipt'>;
  readonly prompts: PromptQueue;
  readonly storage: Pick<Storage, 'handedOver' | 'hasBlob' | 'items'>;
}): HandoverBook {
  const { record, sessionId } = deps;
  const receipts = new Map<PromptId, Receipt>();
  const handed = new Set<PromptId>();
  let seen: ReadonlySet<PromptId> = new Set();
  let held: ReadonlySet<PromptId> | null = null;

  const reissued = new Set<PromptId>();

  /**
   * A prompt in the queue that was handed over lacks its receipt where devices read it: the disk took it not, or it was
   * dropped after its time and a device brings the prompt back. It is put there again, so that views hide the prompt.
   */
  const reissue = async ({ prompt, author, arrivedAt }: QueuedPrompt): Promise<void> => {
    if (reissued.has(prompt.id)) return;
    reissued.add(prompt.id);
    const known =
      receipts.get(prompt.id) ??
      receiptFromItems(await deps.storage.items(sessionId, 0, Number.MAX_SAFE_INTEGER), prompt.id);
    if (known === null) return;
    const receipt: Receipt = { ...known, author, arrivedAt };
    receipts.set(prompt.id, receipt);
    record.putReceipt(receipt);
  };

  const queue = async (): Promise<readonly QueuedPrompt[]> => {
    const queued = await deps.prompts.queued(sessionId);
    const waiting: QueuedPrompt[] = [];
    for (const entry of queued)
      if (handed.has(entry.prompt.id)) await reissue(entry);
      else waiting.push(entry);
    return waiting;
  };

  const allThere = async (blobs: readonly Sha256[]): Promise<boolean> => {
    for (const sha256 of blobs) if (!(await deps.storage.hasBlob(sha256))) return false;
    return true;
  };

  const look = async (): Promise<readonly QueuedPrompt[]> => {
    const waiting = await queue();
    seen = new Set(waiting.map(({ prompt }) => prompt.id));
    return waiting;
  };

  return {
    async open(known) {
      for (const receipt of known) {
        receipts.set(receipt.promptId, receipt);
        handed.add(receipt.promptId);
      }
      for (const promptId of await deps.storage.handedOver(sessionId)) handed.add(promptId);
    },
    async next() {
      const waiting = await look();
      const [first] = waiting;
      if (first === undefined) return { kind: 'nothing' };
      if (held !== null && waiting.every(({ prompt }) => held?.has(prompt.id)))
        return { kind: 'person' };
      held = null;
      if (first.held) return { kind: 'held' };
      if (!(await allThere(first.prompt.blobs))) return { kind: 'blobs' };
      return { kind: 'ready', queued: first };
    },
    hold() {
      held = seen;
    },
    async holdAll() {
      await look();
      held = seen;
    },
    release() {
      held = null;
    },
    sign(turn, { prompt, author, arrivedAt }, itemId) {
      const receipt: Receipt = {
        v: 1,
        promptId: prompt.id,
        text: prompt.text,
        blobs: prompt.blobs,
        author,
        writtenAt: prompt.writtenAt,
        arrivedAt,
        turnId: turn.turnId,
        itemId,
        state: 'handed',
      };
      handed.add(prompt.id);
      receipts.set(prompt.id, receipt);
      record.putReceipt(receipt);
    },
    settle({ promptId }, state) {
      const receipt = receipts.get(promptId);
      if (receipt === undefined) return;
      reissued.delete(promptId);
      const settled: Receipt = { ...receipt, state };
      receipts.set(promptId, settled);
      record.putReceipt(settled);
    },
    forgetBefore(time) {
      for (const [promptId, receipt] of receipts) {
        if (receipt.state === 'handed' || receipt.arrivedAt >= time) continue;
        receipts.delete(promptId);
        record.dropReceipt(promptId);
      }
    },
  };
}

/** The receipt of a prompt as the transcript tells it; `null` when it has no item. */
function receiptFromItems(items: readonly TranscriptItem[], promptId: PromptId): Receipt | null {
  for (const item of items) {
    if (item.kind !== 'prompt' || item.promptId !== promptId || item.turnId === null) continue;
    const { text, blobs, author, writtenAt, arrivedAt, turnId, id } = item;
    const end = items.find((other) => other.kind === 'turn_end' && other.turnId === turnId);
    const interrupted = end?.kind !== 'turn_end' || end.stopReason === 'interrupted';
    return {
      v: 1,
      promptId,
      text,
      blobs,
      author,
      writtenAt,
      arrivedAt,
      turnId,
      itemId: id,
      state: interrupted ? 'interrupted' : 'answered',
    };
  }
  return null;
}
