import type { Command, CommandKind, CommandOf } from '#lib/domain/command.ts';
import type { CommandId, SessionId } from '#lib/domain/ids.ts';
import type { Operation, OperationState } from '#lib/domain/operation.ts';
import type { Author } from '#lib/domain/prompt.ts';
import type { Principal } from '#lib/domain/role.ts';
import type { Write } from '../storage/contract.ts';

/** What a control command does: `writes` go into the accepting transaction, `effect` runs once after it is on disk. */
export interface ControlOutcome {
  readonly state: Extract<OperationState, 'done' | 'refused' | 'failed'>;
  /** A sentence for people: what happened, or what was expected and what came; `null` when "done" says it all. */
  readonly message: string | null;
  readonly writes: readonly Write[];
  readonly effect?: () => void;
}

export interface ControlContext {
  readonly author: Author;
  readonly principal: Principal;
  readonly at: number;
}

/**
 * Decides a control command against the present state, without waiting: nothing else runs between the decision and the
 * queueing of its writes, so the first valid answer wins.
 */
export type ControlHandler<K extends CommandKind> = (
  command: CommandOf<K>,
  context: ControlContext,
) => ControlOutcome;

/** Handlers of a part of the bridge; all parts together have {@link AllControlHandlers}. */
export type ControlHandlers = { readonly [K in CommandKind]?: ControlHandler<K> };

export type AllControlHandlers = { readonly [K in CommandKind]: ControlHandler<K> };

/** One line for people about a command: "Start a session with Playground agent". */
export type Summarize = (command: Command) => string;

/** The bridge's crash-safe record of commands (R2): accepted at most once, settled by the bridge, readable by all. */
export interface Journal {
  /**
   * Accepts a command or answers with what became of it.
   *
   * @throws FailureError `conflict` (same id, other payload), `forbidden`, `missing_blob`, `disk_full`
   */
  accept(command: Command, principal: Principal): Promise<Operation>;
  get(id: CommandId): Promise<Operation | null>;
  after(
    seq: number,
    limit: number,
  ): Promise<{ readonly operations: readonly Operation[]; readonly next: number }>;
}

/** Where settled operations become visible: implemented by the projector. */
export interface OperationBoard {
  show(operation: Operation): void;
  /** Operations of a trashed session stay on the board until they leave first in, first out. */
  readonly shown?: (sessionId: SessionId) => readonly Operation[];
}
