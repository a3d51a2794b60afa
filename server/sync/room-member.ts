import type { DeviceId, PersonId } from '#lib/domain/ids.ts';

export interface MemberIdentity {
  readonly deviceId: DeviceId;
  readonly personId: PersonId;
}

/** Something that a device sent and that was not taken; `code` is what a stock client is closed with. */
export interface Refusal {
  readonly code: number;
  readonly reason: string;
}

/** One connection's place in a room: what it may do and what it is told. */
export interface RoomMember {
  /** Who it is, from the credential; `null` once the device is no longer known. */
  identity(): MemberIdentity | null;
  /** Asked for each update, so that a role that is lowered holds at once. */
  mayWrite(): boolean;
  /** What somebody else brought is on disk: frames of updates, in order. */
  committed(frames: readonly Uint8Array[]): void;
  /** Presence of others. */
  presence(frame: Uint8Array): void;
  /** Nothing that this member brought waits for predecessors any more. */
  heldEnded(): void;
  /** What was held for this member may not be written after all. */
  refused(refusal: Refusal): void;
  /** The document is there again after it had to be read anew: what arrived meanwhile may be given. */
  resumed(): void;
  /** The room is closed to this member. */
  closed(code: number, reason: string): void;
}
