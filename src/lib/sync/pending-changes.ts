import type { ChangeLabel } from '#lib/crdt/origins.ts';
import type { RoomName } from '#lib/domain/room.ts';
import type { WaitingChange } from './contract.ts';
import { SettableSource } from './settable-source.ts';

interface Pending {
  readonly label: ChangeLabel;
  readonly at: number;
  /** Number of the last edit of it. */
  readonly edit: number;
  readonly onDevice: boolean;
}

/** Edits of one entry are one change. */
export const changeKey = (label: ChangeLabel): string => `${label.kind} ${label.entity}`;

/** The changes of one document that were made in this tab and are not acknowledged, by entry. */
export class PendingChanges {
  readonly waiting = new SettableSource<readonly WaitingChange[]>([]);
  readonly #room: RoomName;
  #changes = new Map<string, Pending>();

  constructor(room: RoomName) {
    this.#room = room;
  }

  get isEmpty(): boolean {
    return this.#changes.size === 0;
  }

  add(edit: number, label: ChangeLabel, at: number): void {
    this.#changes.set(changeKey(label), { label, at, edit, onDevice: false });
    this.#publish();
  }

  /** All edits up to this one are on this device's disk. */
  durable(edits: number): void {
    let changed = false;
    for (const [key, change] of this.#changes) {
      if (change.onDevice || change.edit > edits) continue;
      this.#changes.set(key, { ...change, onDevice: true });
      changed = true;
    }
    if (changed) this.#publish();
  }

  /** All edits up to this one are on the bridge. */
  acknowledged(edits: number): void {
    const left = [...this.#changes].filter(([, change]) => change.edit > edits);
    if (left.length === this.#changes.size) return;
    this.#changes = new Map(left);
    this.#publish();
  }

  #publish(): void {
    this.waiting.set(
      [...this.#changes.values()].map(({ label, at, onDevice }) => ({
        room: this.#room,
        label,
        at,
        onDevice,
      })),
    );
  }
}
