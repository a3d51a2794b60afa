import type { ChangeLabel } from '#lib/crdt/origins.ts';
import type { WaitingChange } from '#lib/sync/contract.ts';

/** The entries of one kind that have an edit which the bridge has not acknowledged. */
export function waitingEntities(
  changes: readonly WaitingChange[],
  kind: ChangeLabel['kind'],
): ReadonlySet<string> {
  return new Set(
    changes.filter(({ label }) => label.kind === kind).map(({ label }) => label.entity),
  );
}
