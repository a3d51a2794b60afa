import type { ItemId, PromptId, SessionId, Sha256 } from '#lib/domain/ids.ts';
import type { Receipt } from '#lib/domain/prompt.ts';
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
  readonly storage: Pick<Storage, 'handedOver' | 'hasBlob'>;
}): HandoverBook {
  const { record, sessionId } = deps;
  const receipts = new Map<PromptId, Receipt>();
  const handed = new Set<PromptId>();
  let seen: ReadonlySet<PromptId> = new Set();
  let held: ReadonlySet<PromptId> | null = null;

  const queue = async (): Promise<readonly QueuedPrompt[]> => {
    const queued = await deps.prompts.queued(sessionId);
    return queued.filter(({ prompt }) => !handed.has(prompt.id));
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
