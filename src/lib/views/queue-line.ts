import type { CommandId, SessionId } from '#lib/domain/ids.ts';
import type { Operation, OperationState } from '#lib/domain/operation.ts';
import { isUndelivered, type OutboxEntry } from '#lib/domain/outbox.ts';
import type { IdentityView, ShownAuthor } from './identity.svelte.ts';
import type { KnownEntry, Queue, QueueEntry } from './queue.svelte.ts';

/** Where a command is. `on_device` ends only with an answer of the bridge (R6). */
export type LineState =
  | { readonly kind: 'on_device' }
  | { readonly kind: 'accepted' }
  | { readonly kind: 'held'; readonly by: number }
  | { readonly kind: Exclude<OperationState, 'waiting'> };

/** The way of a command that the bridge has not answered. */
export interface Delivery {
  /** Attempts that failed since a person or a connection last asked. */
  readonly attempts: number;
  readonly lastError: string | null;
  /** Device time; `null`: at once, or with the next connection. */
  readonly nextAttemptAt: number | null;
  /** An attempt without an answer: the bridge may have it, so it cannot be taken back. */
  readonly mayHaveArrived: boolean;
  /** Delivery goes in order of writing: another one goes before it. */
  readonly isBehind: boolean;
}

/** A command or operation as lists and details show it. */
export interface QueueLine {
  readonly id: CommandId;
  /** The bridge's number; `null` before it gave one. */
  readonly number: number | null;
  readonly kind: string;
  readonly summary: string;
  readonly sessionId: SessionId | null;
  readonly state: LineState;
  readonly author: ShownAuthor;
  /** The author's clock. */
  readonly writtenAt: number;
  /** The bridge's clock, as the next one. */
  readonly arrivedAt: number | null;
  readonly settledAt: number | null;
  /** Why not, or what it did. */
  readonly message: string | null;
  readonly delivery: Delivery | null;
  /** This device's own entry: it can be taken back, offered again or dismissed. */
  readonly own: OutboxEntry | null;
}

/** The lines of a queue, with names instead of ids. */
export class QueueLines {
  readonly #queue: Queue;
  readonly #identity: IdentityView;

  constructor(queue: Queue, identity: IdentityView) {
    this.#queue = queue;
    this.#identity = identity;
  }

  of(entries: readonly QueueEntry[]): readonly QueueLine[] {
    return entries.flatMap(({ id }) => this.find(id) ?? []);
  }

  find(id: string): QueueLine | null {
    const known = this.#queue.find(id);
    return known === null ? null : this.#line(known);
  }

  #line({ entry, operation, heldBy }: KnownEntry): QueueLine | null {
    if (operation !== null)
      return {
        ...fromOperation(operation, heldBy),
        author: this.#identity.author(operation.author),
        own: entry,
      };
    if (entry === null) return null;
    const isBehind = this.#queue.onDevice[0]?.id !== entry.command.id;
    return { ...fromEntry(entry, isBehind), author: this.#identity.here, own: entry };
  }
}

function fromOperation(
  operation: Operation,
  heldBy: number | null,
): Omit<QueueLine, 'author' | 'own'> {
  const { state } = operation;
  return {
    id: operation.id,
    number: operation.number,
    kind: operation.kind,
    summary: operation.summary,
    sessionId: operation.sessionId,
    state: state === 'waiting' ? waiting(heldBy) : { kind: state },
    writtenAt: operation.writtenAt,
    arrivedAt: operation.acceptedAt,
    settledAt: operation.settledAt,
    message: operation.message,
    delivery: null,
  };
}

function fromEntry(entry: OutboxEntry, isBehind: boolean): Omit<QueueLine, 'author' | 'own'> {
  const { command } = entry;
  return {
    id: command.id,
    number: null,
    kind: command.kind,
    summary: entry.summary,
    sessionId:
      command.kind === 'session.create' ? command.params.sessionId : (command.sessionId ?? null),
    state: stateOfEntry(entry),
    writtenAt: command.createdAt,
    arrivedAt: null,
    settledAt: null,
    message: entry.message,
    delivery: isUndelivered(entry)
      ? {
          attempts: entry.attempts,
          lastError: entry.lastError,
          nextAttemptAt: entry.nextAttemptAt,
          mayHaveArrived: entry.state === 'sending',
          isBehind,
        }
      : null,
  };
}

function stateOfEntry({ state, operationState }: OutboxEntry): LineState {
  if (state === 'waiting' || state === 'sending') return { kind: 'on_device' };
  if (state === 'refused') return { kind: 'refused' };
  if (operationState === null || operationState === 'waiting') return { kind: 'accepted' };
  return { kind: operationState };
}

const waiting = (heldBy: number | null): LineState =>
  heldBy === null ? { kind: 'accepted' } : { kind: 'held', by: heldBy };
