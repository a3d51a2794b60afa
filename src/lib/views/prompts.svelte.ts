import type { RankedPrompt } from '#lib/crdt/session-document.ts';
import { textHash } from '#lib/crdt/rank.ts';
import type { Scheduler } from '#lib/domain/clock.ts';
import { promptIdSchema, type PersonId, type PromptId } from '#lib/domain/ids.ts';
import { sameMessage, type Prompt, type PromptPlace, type Receipt } from '#lib/domain/prompt.ts';
import type { Identity, PresenceState, StorageState, WaitingChange } from '#lib/sync/contract.ts';
import { sourceOf, type SessionDocuments } from './documents.ts';
import { observe, type Observed } from './observe.svelte.ts';

/** Where a prompt that nobody handed over yet is kept. */
export type QueuePlace = 'on_device' | 'on_bridge' | 'disk_full' | 'this_tab';

export interface QueuedPrompt {
  readonly prompt: Prompt;
  readonly place: QueuePlace;
  /** Who has it open in an editor now, so that the bridge holds it. */
  readonly editedBy: readonly PersonId[];
}

/** A prompt whose hand-over did not settle it: it may be sent again as a new one. */
export interface OfferedPrompt {
  readonly prompt: Prompt;
  readonly receipt: Receipt;
  readonly why: Extract<PromptPlace, 'differs' | 'interrupted'>;
}

/** A withdrawn prompt and where it stood, for bringing it back. */
export interface Withdrawn {
  readonly prompt: Prompt;
  readonly before: PromptId | null;
  readonly after: PromptId | null;
}

/** The id of a prompt made of a draft: the same text of one draft is one prompt, on whatever devices it was sent. */
export const promptIdOf = (draftId: string, text: string): PromptId =>
  promptIdSchema.parse(`${draftId}-${textHash(text).toString(36)}`);

/** As `newName` makes them; a prompt's id begins with its draft's. */
const draftIdChars = 22;

/** The prompts of a session that are not settled: queued ones in the order of hand-over, and those that are offered again. */
export class PromptsView {
  readonly #session: SessionDocuments['session'];
  readonly #identity: Identity;
  readonly #prompts: Observed<readonly RankedPrompt[]>;
  readonly #receipts: Observed<ReadonlyMap<string, Receipt>>;
  readonly #waiting: Observed<readonly WaitingChange[]>;
  readonly #storage: Observed<StorageState>;
  readonly #others: Observed<readonly PresenceState[]>;

  constructor({ session, state, presence }: SessionDocuments, identity: Identity) {
    this.#session = session;
    this.#identity = identity;
    this.#prompts = observe(sourceOf(session, (document) => document.prompts));
    this.#receipts = observe(sourceOf(state, (document) => document.receipts));
    this.#waiting = observe(session.replica.waiting);
    this.#storage = observe(session.replica.storage);
    this.#others = observe(presence.others);
  }

  get queued(): readonly QueuedPrompt[] {
    const receipts = this.#receipts.current;
    const others = this.#others.current;
    return this.#prompts.current.flatMap(({ prompt }) =>
      receipts.has(prompt.id)
        ? []
        : [
            {
              prompt,
              place: this.#placeOf(prompt.id),
              editedBy: others
                .filter((other) => other.editing === prompt.id)
                .map((other) => other.personId),
            },
          ],
    );
  }

  get offered(): readonly OfferedPrompt[] {
    const receipts = this.#receipts.current;
    return this.#prompts.current.flatMap(({ prompt }) => {
      const receipt = receipts.get(prompt.id);
      if (receipt === undefined) return [];
      const why = offerOf(prompt, receipt);
      return why === null ? [] : [{ prompt, receipt, why }];
    });
  }

  /** The bridge's word on a prompt that was handed over; `null` when it is no longer needed, or not handed over. */
  receiptOf(id: PromptId): Receipt | null {
    return this.#receipts.current.get(id) ?? null;
  }

  /** Rewrites the prompt; one that went from the queue meanwhile comes back, and after its hand-over is offered as a new one. */
  keep(prompt: Prompt, text: string): void {
    const known = this.#find(prompt.id);
    if (known === null || known.text !== text)
      this.#session.document.putPrompt({ ...(known ?? prompt), text });
  }

  /** Puts the prompt at that position among the queued ones, 0 being next. */
  move(id: PromptId, position: number): void {
    const others = this.queued.map(({ prompt }) => prompt.id).filter((other) => other !== id);
    const at = Math.max(0, Math.min(position, others.length));
    this.#session.document.movePrompt(id, others[at - 1] ?? null, others[at] ?? null);
  }

  /** @returns what `restore` needs to bring it back; `null` when it is gone already */
  withdraw(id: PromptId): Withdrawn | null {
    const prompt = this.#find(id);
    if (prompt === null) return null;
    const order = this.queued.map((queued) => queued.prompt.id);
    const at = order.indexOf(id);
    this.#session.document.withdrawPrompt(id);
    return { prompt, before: order[at - 1] ?? null, after: order[at + 1] ?? null };
  }

  restore({ prompt, before, after }: Withdrawn): void {
    this.#session.document.putPrompt(prompt);
    this.#session.document.movePrompt(prompt.id, before, after);
  }

  /** Sends an offered prompt as a new one. Its id follows from the old one, so that two devices that do it make one prompt. */
  sendAgain({ prompt, receipt }: OfferedPrompt, writtenAt: number): void {
    const { personId, deviceId } = this.#identity;
    const draftId = prompt.id.slice(0, draftIdChars);
    const id = promptIdOf(draftId, `${receipt.itemId} ${prompt.text}`);
    this.#session.document.putPrompt({ ...prompt, id, personId, deviceId, writtenAt });
    this.#session.document.clearPrompts([prompt.id]);
  }

  /** Lets go of an offer: what the agent got stays in the transcript. */
  dismiss({ prompt }: OfferedPrompt): void {
    this.#session.document.clearPrompts([prompt.id]);
  }

  #find(id: PromptId): Prompt | null {
    return this.#prompts.current.find(({ prompt }) => prompt.id === id)?.prompt ?? null;
  }

  #placeOf(id: PromptId): QueuePlace {
    const change = this.#waiting.current.find(
      ({ label }) => label.kind === 'prompt' && label.entity === id,
    );
    if (change === undefined) return 'on_bridge';
    if (change.onDevice) return 'on_device';
    const storage = this.#storage.current.kind;
    return storage === 'full' ? 'disk_full' : storage === 'memory_only' ? 'this_tab' : 'on_device';
  }
}

function offerOf(prompt: Prompt, receipt: Receipt): OfferedPrompt['why'] | null {
  if (!sameMessage(prompt, receipt)) return 'differs';
  return receipt.state === 'interrupted' ? 'interrupted' : null;
}

/**
 * Takes prompts out of the session's document once the bridge no longer lists the receipts that this device saw: they are
 * settled for good (DESIGN 4.1). Writes outside of the change that it was told of. @returns its end
 */
export function clearSettledPrompts(
  { session, state }: SessionDocuments,
  scheduler: Scheduler,
): () => void {
  const receipts = sourceOf(state, (document) => document.receipts);
  let known = { of: state.document, receipts: receipts.read() };
  return receipts.subscribe(() => {
    const now = receipts.read();
    const before = known;
    known = { of: state.document, receipts: now };
    // A new epoch begins with an empty document: what it does not list is not settled by that.
    if (before.of !== known.of) return;
    const gone = [...before.receipts.values()].filter((receipt) => !now.has(receipt.promptId));
    if (gone.length === 0) return;
    scheduler.after(0, () => {
      const prompts = session.document.prompts.read().map(({ prompt }) => prompt);
      // One that was edited after its hand-over is nobody's to throw away: it stays until a person decides.
      const settled = gone.filter((receipt) =>
        prompts.some((prompt) => prompt.id === receipt.promptId && sameMessage(prompt, receipt)),
      );
      session.document.clearPrompts(settled.map((receipt) => receipt.promptId));
    });
  });
}
