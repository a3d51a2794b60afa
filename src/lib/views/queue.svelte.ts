import { createContext } from 'svelte';
import type { Source } from '#lib/crdt/source.ts';
import type { ConnectionState } from '#lib/domain/connection.ts';
import type { CommandId, SessionId } from '#lib/domain/ids.ts';
import { isSettled, type Operation } from '#lib/domain/operation.ts';
import { isUndelivered, type OutboxEntry } from '#lib/domain/outbox.ts';
import type { NotAccepted, RoomExchange, Workspace } from '#lib/sync/contract.ts';
import { sourceOf, type Documents } from './documents.ts';
import { observe, type Observed } from './observe.svelte.ts';

export type NotAcceptedCopy = NotAccepted;

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

/** All that this device knows of a command: its own entry, the bridge's operation, or both. */
export interface KnownEntry {
  readonly entry: OutboxEntry | null;
  readonly operation: Operation | null;
  readonly heldBy: number | null;
}

export type ListedAs =
  | { readonly kind: 'now' }
  | { readonly kind: 'as_of'; readonly at: number | null }
  /** Not one exchange: that nothing is listed says nothing. */
  | { readonly kind: 'never' };

/** What the queue lists. Open: what is not at its end, and what was refused and nobody has seen to. */
export class Queue {
  readonly #workspace: Workspace;
  readonly #entries: Observed<readonly OutboxEntry[]>;
  readonly #operations: Observed<readonly Operation[]>;
  readonly #notAccepted: Observed<readonly NotAccepted[]>;
  readonly #connection: Observed<ConnectionState>;
  readonly #loaded: Observed<boolean>;
  readonly #exchange: Observed<RoomExchange>;

  /** @param operations where the bridge lists them: its own room, unless only one session's may be read */
  constructor(
    workspace: Workspace,
    documents: Documents,
    operations: Source<readonly Operation[]> = sourceOf(
      documents.bridge,
      (document) => document.operations,
    ),
  ) {
    this.#workspace = workspace;
    this.#entries = observe(workspace.outbox.entries);
    this.#operations = observe(operations);
    this.#notAccepted = observe(workspace.notAccepted);
    this.#connection = observe(workspace.connection);
    this.#loaded = observe(documents.bridge.replica.loaded);
    this.#exchange = observe(documents.bridge.replica.exchange);
  }

  /** Whether what this device holds of the bridge's list was read. */
  get loaded(): boolean {
    return this.#loaded.current;
  }

  /** How the bridge's list is known: as of now, as it was then, or not at all in this browser's life. */
  get listed(): ListedAs {
    const exchange = this.#exchange.current;
    if (exchange.kind === 'never') return { kind: 'never' };
    if (this.#connection.current.kind === 'online') return { kind: 'now' };
    return { kind: 'as_of', at: exchange.kind === 'held' ? exchange.asOf : null };
  }

  /** In order of writing; what the bridge lists already is there, even if its answer was lost. */
  get onDevice(): readonly QueueEntry[] {
    const operations = this.#operations.current;
    return this.#entries.current
      .filter(
        (entry) => isUndelivered(entry) && !operations.some(({ id }) => id === entry.command.id),
      )
      .map((entry) => ({ place: 'device', id: entry.command.id, entry }));
  }

  /** Conflicts and effects that could not be decided: somebody has to look. */
  get needsYou(): readonly QueueEntry[] {
    return this.#onBridge(({ state }) => state === 'conflict' || state === 'unknown');
  }

  /** What this device asked for and did not get (refused, too late, failed), until it is dismissed. */
  get refused(): readonly QueueEntry[] {
    return this.#entries.current
      .filter(wasDenied)
      .map((entry) => ({ place: 'answered', id: entry.command.id, entry }));
  }

  /** In the order in which they were accepted. */
  get onBridge(): readonly QueueEntry[] {
    const listed = this.#onBridge(
      ({ state }) => state === 'waiting' || state === 'running',
    ).toReversed();
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

  /** A command or operation by its id, wherever it is known; `null` when this device does not hold it. */
  find(id: string): KnownEntry | null {
    const entry = this.#entries.current.find(({ command }) => command.id === id) ?? null;
    const operation = this.#operations.current.find((each) => each.id === id) ?? null;
    if (entry === null && operation === null) return null;
    return { entry, operation, heldBy: operation === null ? null : this.#heldBy(operation) };
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
    return this.#operations.current.filter(wanted).map((operation) => ({
      place: 'bridge',
      id: operation.id,
      operation,
      heldBy: this.#heldBy(operation),
    }));
  }

  #heldBy({ state, after }: Operation): number | null {
    if (state !== 'waiting') return null;
    const holder = this.#operations.current.find(
      (each) => after.includes(each.id) && !isSettled(each.state),
    );
    return holder?.number ?? null;
  }
}

const wasDenied = ({ state, operationState }: OutboxEntry): boolean =>
  state === 'refused' ||
  (state === 'settled' &&
    (operationState === 'refused' || operationState === 'expired' || operationState === 'failed'));

export function sessionOf(entry: QueueEntry): SessionId | null {
  if (entry.place === 'bridge') return entry.operation.sessionId;
  const { command } = entry.entry;
  if (command.sessionId !== undefined) return command.sessionId;
  return command.kind === 'session.create' ? command.params.sessionId : null;
}

export const [getQueue, setQueue] = createContext<Queue>();
