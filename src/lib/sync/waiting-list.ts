import type { WaitingChange } from './contract.ts';
import type { DirtyMark } from './dirty-marks.ts';
import { changeKey } from './pending-changes.ts';

/**
 * All that is not acknowledged on this device: what this tab holds, and what the rows of other tabs and earlier lives name.
 * An entry that several of them name is one change, with its newest time and with "on this device" only where all agree.
 */
export function waitingChanges(
  own: readonly WaitingChange[],
  rows: readonly DirtyMark[],
): readonly WaitingChange[] {
  const found = new Map<string, WaitingChange>();
  const add = (change: WaitingChange): void => {
    const key = `${change.room} ${changeKey(change.label)}`;
    const known = found.get(key);
    found.set(
      key,
      known === undefined
        ? change
        : {
            ...known,
            at: Math.max(known.at, change.at),
            onDevice: known.onDevice && change.onDevice,
          },
    );
  };
  for (const change of own) add(change);
  for (const { room, changes } of rows)
    for (const { label, at } of changes) add({ room, label, at, onDevice: true });
  return [...found.values()].sort((a, b) => a.at - b.at);
}
