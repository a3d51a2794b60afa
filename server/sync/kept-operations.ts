import type { CommandId, SessionId } from '#lib/domain/ids.ts';
import { limits } from '#lib/domain/limits.ts';
import { isSettled, type Operation } from '#lib/domain/operation.ts';

/** Which operations a document keeps: all that are not settled, and of the others the newest ones. */
export class KeptOperations {
  readonly #operations = new Map<CommandId, Operation>();

  constructor(operations: readonly Operation[]) {
    for (const operation of operations) this.#operations.set(operation.id, operation);
  }

  /** @returns the operations that have to leave for it, first in, first out */
  put(operation: Operation): readonly CommandId[] {
    this.#operations.set(operation.id, operation);
    const settled = [...this.#operations.values()]
      .filter(({ state }) => isSettled(state))
      .sort((a, b) => a.number - b.number);
    const leaving = settled
      .slice(0, Math.max(0, settled.length - limits.operationsKeptInBridgeRoom))
      .map(({ id }) => id);
    for (const id of leaving) this.#operations.delete(id);
    return leaving;
  }

  of(sessionId: SessionId): readonly Operation[] {
    return [...this.#operations.values()].filter((operation) => operation.sessionId === sessionId);
  }
}
