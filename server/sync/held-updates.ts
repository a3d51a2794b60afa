import { limits } from '#lib/domain/limits.ts';
import type { RoomMember } from './room-member.ts';

/** An update that waits; the rest of a SyncStep2 may be taken in parts, an edit only whole. */
export interface HeldUpdate {
  readonly update: Uint8Array;
  readonly divisible: boolean;
}

/**
 * Updates that lack predecessors, per member that brought them: bounded, not acknowledged, tried again after each change of
 * the document. Nothing here is in the document or on disk, so nobody else ever sees it.
 */
export class HeldUpdates {
  readonly #byMember = new Map<RoomMember, HeldUpdate[]>();

  /** @returns false when the bound is reached: everything held for this member is dropped and must be asked for again */
  add(member: RoomMember, held: HeldUpdate): boolean {
    const all = [...(this.#byMember.get(member) ?? []), held];
    const bytes = all.reduce((sum, { update }) => sum + update.length, 0);
    if (bytes > limits.heldUpdateBytesMax) {
      this.#byMember.delete(member);
      return false;
    }
    this.#byMember.set(member, all);
    return true;
  }

  has(member: RoomMember): boolean {
    return this.#byMember.has(member);
  }

  drop(member: RoomMember): void {
    this.#byMember.delete(member);
  }

  clear(): void {
    this.#byMember.clear();
  }

  get members(): readonly RoomMember[] {
    return [...this.#byMember.keys()];
  }

  /** Takes out what is held for a member, to be tried again. */
  take(member: RoomMember): readonly HeldUpdate[] {
    const held = this.#byMember.get(member) ?? [];
    this.#byMember.delete(member);
    return held;
  }
}
