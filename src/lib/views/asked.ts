import type { Command } from '#lib/domain/command.ts';
import type { CommandId } from '#lib/domain/ids.ts';
import { isUndelivered, type OutboxEntry } from '#lib/domain/outbox.ts';

/** What became, so far, of a change that this device asked for. */
export type AskedState =
  | { readonly kind: 'on_device' }
  | { readonly kind: 'on_bridge' }
  | { readonly kind: 'denied'; readonly message: string | null };

/** A change that this device asked the bridge for and that is not made, told beside the thing it would change. */
export interface Asked<Change> {
  readonly id: CommandId;
  readonly change: Change;
  readonly state: AskedState;
}

/**
 * The newest of them for a thing; `null` once it was done, or dismissed after a "no".
 *
 * @param changeOf what a command would change of the thing; `null` for commands about something else
 */
export function newestAsked<Change>(
  entries: readonly OutboxEntry[],
  changeOf: (command: Command) => Change | null,
): Asked<Change> | null {
  for (const entry of entries.toReversed()) {
    const change = changeOf(entry.command);
    if (change === null) continue;
    // The newest says what became of it: an older "no" is of the past then.
    const state = stateOf(entry);
    return state === null ? null : { id: entry.command.id, change, state };
  }
  return null;
}

function stateOf(entry: OutboxEntry): AskedState | null {
  if (isUndelivered(entry)) return { kind: 'on_device' };
  if (entry.state === 'accepted') return { kind: 'on_bridge' };
  if (entry.state === 'settled' && entry.operationState === 'done') return null;
  return { kind: 'denied', message: entry.message };
}
