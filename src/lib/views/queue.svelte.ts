import type { CommandId, SessionId } from '#lib/domain/ids.ts';
import { isSettled, type Operation } from '#lib/domain/operation.ts';
import { isUndelivered, type OutboxEntry } from '#lib/domain/outbox.ts';
import type { NotAccepted, Workspace } from '#lib/sync/contract.ts';
import { sourceOf, type Documents } from './documents.ts';
import { observe, type Observed } from './observe.svelte.ts';

/** A command or operation, wherever it is; one entry each, however many places know of it. */
export type QueueEntry =
  | { readonly place: 'device'; readonly id: CommandId; readonly entry: OutboxEntry }
  /** Answered "no", or accepted but not yet seen in the bridge's list. */
  | { readonly place: 'answered'; readonly id: CommandId; readonly entry: OutboxEntry }
  | {
      readonly place: 'bridge';
      readonly id: CommandId;
      readonly operation: Operation;
      /** The number of the operation that holds it back; `null` when none does. */
      readonly heldBy: number | null;
    };

/** What the queue lists. Open: what is not at its end, and what was refused and nobody has seen to. */
export class Queue {
  readonly #workspace: Workspace;
  readonly #entries: Observed<readonly OutboxEntry[]>;
  readonly #operations: Observed<readonly Operation[]>;
  readonly #notAccepted: Observed<readonly NotAccepted[]>;

  constructor(workspace: Workspace, documents: Documents) {
    this.#workspace = workspace;
    this.#entries = observe(workspace.outbox.entries);
    this.#operations = observe(sourceOf(documents.bridge, (document) => document.operations));
    this.#notAccepted = observe(workspace.notAccepted);
  }

  /** In order of writing. */
  get onDevice(): readonly QueueEntry[] {
    return this.#entries.current
      .filter(isUndelivered)
      .map((entry) => ({ place: 'device', id: entry.command.id, entry }));
  }

  /** Conflicts and effects that could not be decided: somebody has to look. */
  get needsYou(): readonly QueueEntry[] {
    return this.#onBridge(({ state }) => state === 'conflict' || state === 'unknown');
  }

  /** What this device asked for and was answered "no" or "too late", until it is dismissed. */
  get refused(): readonly QueueEntry[] {
    return this.#entries.current
      .filter(
        ({ state, operationState }) =>
          state === 'refused' ||
          (state === 'settled' && (operationState === 'refused' || operationState === 'expired')),
      )
      .map((entry) => ({ place: 'answered', id: entry.command.id, entry }));
  }

  get onBridge(): readonly QueueEntry[] {
    const listed = this.#onBridge(({ state }) => state === 'waiting' || state === 'running');
    const operations = this.#operations.current;
    const justAccepted = this.#entries.current
      .filter(
        ({ state, command }) =>
          state === 'accepted' && !operations.some(({ id }) => id === command.id),
      )
      .map((entry) => ({ place: 'answered', id: entry.command.id, entry }) as const);
    return [...listed, ...justAccepted];
  }

  /** Newest first. */
  get settled(): readonly QueueEntry[] {
    return this.#onBridge(({ state }) => isSettled(state));
  }

  get notAccepted(): readonly NotAccepted[] {
    return this.#notAccepted.current;
  }

  /** How many entries are open, for the badge. */
  get open(): number {
    return (
      this.onDevice.length +
      this.onBridge.length +
      this.needsYou.length +
      this.refused.length +
      this.notAccepted.length
    );
  }

  /** Entries of one session, what is open first. */
  ofSession(sessionId: SessionId): {
    readonly open: readonly QueueEntry[];
    readonly settled: readonly QueueEntry[];
  } {
    const mine = (entry: QueueEntry): boolean => sessionOf(entry) === sessionId;
    const open = [...this.needsYou, ...this.refused, ...this.onBridge, ...this.onDevice];
    return { open: open.filter(mine), settled: this.settled.filter(mine) };
  }

  /** @returns false when it had left this device already */
  cancel(id: CommandId): Promise<boolean> {
    return this.#workspace.outbox.cancel(id);
  }

  dismiss(id: CommandId): Promise<void> {
    return this.#workspace.outbox.dismiss(id);
  }

  offerAgain(id: CommandId): Promise<CommandId | null> {
    return this.#workspace.outbox.offerAgain(id);
  }

  dismissNotAccepted(id: string): Promise<void> {
    return this.#workspace.dismissNotAccepted(id);
  }

  tryNow(): void {
    this.#workspace.tryNow();
  }

  #onBridge(wanted: (operation: Operation) => boolean): readonly QueueEntry[] {
    const all = this.#operations.current;
    return all.filter(wanted).map((operation) => ({
      place: 'bridge',
      id: operation.id,
      operation,
      heldBy:
        operation.state === 'waiting'
          ? (all.find(({ id, state }) => operation.after.includes(id) && !isSettled(state))
              ?.number ?? null)
          : null,
    }));
  }
}

export function sessionOf(entry: QueueEntry): SessionId | null {
  if (entry.place === 'bridge') return entry.operation.sessionId;
  const { command } = entry.entry;
  if (command.sessionId !== undefined) return command.sessionId;
  return command.kind === 'session.create' ? command.params.sessionId : null;
}
