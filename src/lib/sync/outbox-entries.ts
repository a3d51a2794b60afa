import type { CommandId } from '#lib/domain/ids.ts';
import type { Failure } from '#lib/domain/failure.ts';
import { isSettled, type Operation } from '#lib/domain/operation.ts';
import { isUndelivered, type OutboxEntry } from '#lib/domain/outbox.ts';
import type { Answer } from './bridge-http.ts';
import type { CommandResponse } from './wire/http.ts';

/*
 * What becomes of an outbox entry, as pure functions. `sending` means that the bridge may have it: an attempt without an answer
 * stays `sending`, so that nothing is taken back that may already run.
 */

/** What an attempt came to. `held`: nothing was decided about the entry (this device has no credential just now). */
export type Attempted =
  | { readonly kind: 'delivered'; readonly entry: OutboxEntry }
  | { readonly kind: 'refused'; readonly entry: OutboxEntry }
  | { readonly kind: 'again'; readonly entry: OutboxEntry }
  | { readonly kind: 'held'; readonly entry: OutboxEntry };

/**
 * @param retryInMs the wait before the next attempt given how many failed, `null` when it waits for a person or a connection
 */
export function afterAttempt(
  entry: OutboxEntry,
  answer: Answer<CommandResponse>,
  now: number,
  retryInMs: (attempts: number) => number | null,
): Attempted {
  if (answer.kind === 'answer') {
    const { message, state } = answer.value;
    return {
      kind: 'delivered',
      entry: {
        ...entry,
        state: isSettled(state) ? 'settled' : 'accepted',
        lastError: null,
        nextAttemptAt: null,
        operationState: state,
        message,
      },
    };
  }
  const later = (state: 'waiting' | 'sending', why: string): Attempted => {
    const attempts = entry.attempts + 1;
    const wait = retryInMs(attempts);
    const nextAttemptAt = wait === null ? null : now + wait;
    return {
      kind: 'again',
      entry: { ...entry, state, attempts, lastError: why, nextAttemptAt },
    };
  };
  if (answer.kind === 'no_answer') return later('sending', answer.why);
  const { failure } = answer;
  if (failure.code === 'unauthorized')
    return { kind: 'held', entry: { ...entry, state: 'waiting', lastError: failure.message } };
  if (isTransient(failure)) return later('waiting', failure.message);
  return {
    kind: 'refused',
    entry: {
      ...entry,
      state: 'refused',
      lastError: failure.message,
      nextAttemptAt: null,
      message: failure.message,
    },
  };
}

/** Whether the bridge may answer otherwise without a change of the command. */
const isTransient = (failure: Failure): boolean => failure.retryable || failure.code === 'internal';

/** The next to deliver: the first that the bridge may not have; entries go in order, so a later one never overtakes. */
export const nextToDeliver = (entries: readonly OutboxEntry[]): OutboxEntry | null =>
  entries.find(isUndelivered) ?? null;

/** A person or a new connection asks: the plan of delays begins anew. */
export const askedAgain = (entry: OutboxEntry): OutboxEntry =>
  isUndelivered(entry) ? { ...entry, attempts: 0, nextAttemptAt: null } : entry;

/** What the bridge's feed says of an entry; `null` when nothing new. */
export function afterOperation(entry: OutboxEntry, operation: Operation): OutboxEntry | null {
  const state = isSettled(operation.state) ? 'settled' : 'accepted';
  if (
    entry.state === state &&
    entry.operationState === operation.state &&
    entry.message === operation.message
  )
    return null;
  return {
    ...entry,
    state,
    lastError: null,
    nextAttemptAt: null,
    operationState: operation.state,
    message: operation.message,
  };
}

/**
 * In a new epoch the bridge may not know what it accepted before: what was not settled is sent again, and it answers with what
 * became of it (the same id and payload are accepted once).
 */
export const inNewEpoch = (entry: OutboxEntry): OutboxEntry =>
  entry.state === 'accepted'
    ? { ...entry, state: 'sending', attempts: 0, nextAttemptAt: null }
    : entry;

/**
 * Makes room for one more: settled entries leave first, in the order in which they came.
 *
 * @returns ids to remove, or `null` when all places hold what is not settled
 */
export function toMakeRoom(
  entries: readonly OutboxEntry[],
  max: number,
): readonly CommandId[] | null {
  const tooMany = entries.length + 1 - max;
  if (tooMany <= 0) return [];
  const settled = entries.filter((entry) => entry.state === 'settled').slice(0, tooMany);
  return settled.length < tooMany ? null : settled.map((entry) => entry.command.id);
}

/** Only what was never attempted, or definitely not taken, is still on this device only. */
export const mayBeTakenBack = (entry: OutboxEntry): boolean => entry.state === 'waiting';
