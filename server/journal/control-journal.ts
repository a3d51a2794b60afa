import { createHash } from 'node:crypto';
import { canonicalJson } from '#lib/domain/canonical.ts';
import type { Clock } from '#lib/domain/clock.ts';
import type { Command, CommandKind, CommandOf } from '#lib/domain/command.ts';
import { mayCommand } from '#lib/domain/command-policy.ts';
import { FailureError, reasonOf } from '#lib/domain/failure.ts';
import type { CommandId, DeviceId, SessionId } from '#lib/domain/ids.ts';
import { limits } from '#lib/domain/limits.ts';
import type { Operation } from '#lib/domain/operation.ts';
import type { Principal } from '#lib/domain/role.ts';
import type { OperationRow, Storage } from '../storage/contract.ts';
import type { Log } from '../storage/log.ts';
import type {
  AllControlHandlers,
  ControlContext,
  ControlHandler,
  ControlOutcome,
  Journal,
  OperationBoard,
  Summarize,
} from './contract.ts';

export interface JournalParts {
  readonly storage: Pick<
    Storage,
    | 'life'
    | 'position'
    | 'allocate'
    | 'commit'
    | 'operation'
    | 'operationsAfter'
    | 'recentOperations'
    | 'issuedAt'
  >;
  readonly handlers: AllControlHandlers;
  readonly board: OperationBoard;
  readonly summarize: Summarize;
  /** Who a device is at this moment: a role that was taken while a command waited its turn does not count any more. */
  readonly principalOf: (deviceId: DeviceId) => Principal | null;
  readonly clock: Clock;
  readonly log: Log;
}

/** Kinds that concern the bridge itself and so are accepted while a restored database waits for its release. */
const acceptedWhilePaused: ReadonlySet<CommandKind> = new Set(['bridge.release', 'device.role']);

/**
 * Control commands: decided against the bridge's present state and settled in the accepting transaction (DESIGN 4.2).
 *
 * Commands are accepted one after another, each after the effect of the one before. A handler may therefore decide by the
 * state in memory, which changes only in effects, and the first valid answer wins. People send commands, not machines; one
 * disk sync each is what they wait for anyway.
 *
 * A crash between commit and effect leaves the operation done and is harmless: an effect only carries what was written into
 * the memory of this process, and the next process begins from what was written. What an effect tells an agent needs no
 * repetition, since no agent outlives the bridge.
 */
export class ControlJournal implements Journal {
  readonly #parts: JournalParts;
  readonly #pending = new Map<
    CommandId,
    { readonly payloadHash: string; readonly operation: Promise<Operation> }
  >();
  #turn: Promise<unknown> = Promise.resolve();
  #lastNumber: number;

  private constructor(parts: JournalParts, lastNumber: number) {
    this.#parts = parts;
    this.#lastNumber = lastNumber;
  }

  /** Goes on where the last process stopped, and shows again what it may have committed without showing it. */
  static async open(parts: JournalParts): Promise<ControlJournal> {
    const recent = await parts.storage.recentOperations(limits.operationsKeptInBridgeRoom);
    for (const { operation } of recent.toReversed()) parts.board.show(operation);
    return new ControlJournal(parts, recent[0]?.operation.number ?? 0);
  }

  async accept(command: Command, principal: Principal): Promise<Operation> {
    const payloadHash = hashOfCommand(command);
    const pending = this.#pending.get(command.id);
    if (pending !== undefined) {
      if (pending.payloadHash !== payloadHash) throw otherPayload(command.id);
      return await pending.operation;
    }
    const operation = this.#turn.then(() => this.#accept(command, payloadHash, principal));
    this.#turn = operation.catch(() => undefined);
    this.#pending.set(command.id, { payloadHash, operation });
    try {
      return await operation;
    } finally {
      this.#pending.delete(command.id);
    }
  }

  async get(id: CommandId): Promise<Operation | null> {
    return (await this.#parts.storage.operation(id))?.operation ?? null;
  }

  async after(
    seq: number,
    limit: number,
  ): Promise<{ readonly operations: readonly Operation[]; readonly next: number }> {
    const rows = await this.#parts.storage.operationsAfter(seq, limit);
    const operations = rows.map((row) => row.operation);
    return { operations, next: operations.at(-1)?.seq ?? seq };
  }

  async #accept(command: Command, payloadHash: string, sender: Principal): Promise<Operation> {
    const known = await this.#parts.storage.operation(command.id);
    if (known !== null) return presentState(known, payloadHash, sender);
    const expiry = await this.#whyExpired(command);
    // From here to the queueing of the writes nothing is awaited.
    const principal = this.#authorize(command, sender);
    const at = this.#parts.clock.now();
    const author = {
      personId: principal.personId,
      deviceId: principal.deviceId,
      verified: true,
    };
    const outcome =
      expiry === null
        ? decide(this.#parts.handlers, command.kind, command, { author, principal, at })
        : expiredOutcome(expiry);
    const operation: Operation = {
      v: 1,
      id: command.id,
      seq: this.#parts.storage.allocate(),
      number: this.#lastNumber + 1,
      kind: command.kind,
      projectId: command.projectId ?? null,
      sessionId: sessionOf(command) ?? null,
      summary: this.#parts.summarize(command),
      author,
      writtenAt: command.createdAt,
      acceptedAt: at,
      settledAt: at,
      state: outcome.state,
      message: outcome.message,
      after: command.after ?? [],
    };
    const row: OperationRow = { operation, payloadHash, command: canonicalJson(command) };
    await this.#parts.storage.commit([{ kind: 'operation', row }, ...outcome.writes]);
    this.#lastNumber = operation.number;
    this.#afterCommit(operation, outcome);
    return operation;
  }

  #authorize(command: Command, sender: Principal): Principal {
    const principal = this.#parts.principalOf(sender.deviceId);
    if (principal === null)
      throw new FailureError('unauthorized', 'Access of this device was withdrawn.');
    if (!mayCommand(principal, command.kind, command.sessionId))
      throw new FailureError(
        'forbidden',
        `${command.kind} is not allowed to this device: it is ${principal.role} of ${
          principal.scope.kind === 'workspace' ? 'the workspace' : 'single sessions'
        }. Nothing was done.`,
      );
    if (this.#parts.storage.life.paused && !acceptedWhilePaused.has(command.kind))
      throw new FailureError(
        'unavailable',
        'The bridge is paused, since its database was restored. It accepts this once an owner has released it.',
      );
    return principal;
  }

  /** The age of a command is that of the newest position its author had seen, by this bridge's clock alone (R7). */
  async #whyExpired({ seen }: Command): Promise<string | null> {
    const { storage, clock } = this.#parts;
    if (seen.epoch !== storage.life.epoch)
      return 'Written before the bridge’s database was restored or begun anew. Look at the present state and send it again if it still should happen.';
    if (seen.seq > storage.position())
      return `Written after position ${String(seen.seq)}, which this bridge never issued. Look at the present state and send it again if it still should happen.`;
    const issuedAt = await storage.issuedAt(seen.seq);
    if (issuedAt === null || clock.now() - issuedAt <= limits.commandAgeMsMax) return null;
    return 'Written against a state that is more than 7 days old. Look at the present state and send it again if it still should happen.';
  }

  /** The operation is on disk: nothing that fails here takes it back. */
  #afterCommit(operation: Operation, { effect }: Decision): void {
    try {
      this.#parts.board.show(operation);
      effect?.();
    } catch (error) {
      this.#parts.log.error(
        { err: error, operation: operation.id, kind: operation.kind },
        `an operation is done, but its effect failed: ${reasonOf(error)}`,
      );
    }
  }
}

type Decision =
  | ControlOutcome
  | (Omit<ControlOutcome, 'state' | 'effect'> & {
      readonly state: 'expired';
      readonly effect?: never;
    });

const expiredOutcome = (message: string): Decision => ({ state: 'expired', message, writes: [] });

/** SHA-256 of the canonical JSON, hex: equal commands have equal hashes. */
const hashOfCommand = (command: Command): string =>
  createHash('sha256').update(canonicalJson(command)).digest('hex');

function presentState(row: OperationRow, payloadHash: string, sender: Principal): Operation {
  if (row.payloadHash !== payloadHash) throw otherPayload(row.operation.id);
  const { author, sessionId } = row.operation;
  const maySee =
    author.deviceId === sender.deviceId ||
    sender.scope.kind === 'workspace' ||
    (sessionId !== null && sender.scope.sessions.includes(sessionId));
  if (!maySee)
    throw new FailureError('forbidden', 'Another device sent this command, for another session.');
  return row.operation;
}

const otherPayload = (id: CommandId): FailureError =>
  new FailureError(
    'conflict',
    `Command ${id} was sent before with other contents. Nothing was done; a new command needs a new id.`,
  );

function decide<K extends CommandKind>(
  handlers: AllControlHandlers,
  kind: K,
  command: CommandOf<K>,
  context: ControlContext,
): ControlOutcome {
  const handler: ControlHandler<K> = handlers[kind];
  return handler(command, context);
}

const sessionOf = (command: Command): SessionId | undefined =>
  command.kind === 'session.create' ? command.params.sessionId : command.sessionId;
