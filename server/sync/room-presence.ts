import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import type { Clock, Scheduler } from '#lib/domain/clock.ts';
import type { DeviceId } from '#lib/domain/ids.ts';
import { limits } from '#lib/domain/limits.ts';
import { PresenceRate } from './presence-rate.ts';
import { awarenessFrame } from './room-frames.ts';
import type { RoomMember } from './room-member.ts';

interface Entry {
  readonly member: RoomMember;
  readonly deviceId: DeviceId;
  readonly clock: number;
  readonly state: Readonly<Record<string, unknown>>;
}

export interface PresentState {
  readonly deviceId: DeviceId;
  /** Whether the device may write in the room, now. */
  readonly mayWrite: boolean;
  readonly state: Readonly<Record<string, unknown>>;
}

/**
 * Who is in a room now (y-protocols awareness), told by the bridge: the identity in each state is that of the credential, a
 * connection speaks for one client id, and clocks are the bridge's, so that nobody can speak for or over another.
 */
export class RoomPresence {
  readonly #clock: Clock;
  readonly #rate: PresenceRate;
  readonly #members: () => Iterable<RoomMember>;
  readonly #entries = new Map<number, Entry>();
  readonly #clients = new Map<RoomMember, number>();
  readonly #listeners = new Set<() => void>();
  #lastClock = 0;

  constructor(clock: Clock, scheduler: Scheduler, members: () => Iterable<RoomMember>) {
    this.#clock = clock;
    this.#rate = new PresenceRate(clock, scheduler);
    this.#members = members;
  }

  states(): readonly PresentState[] {
    return [...this.#entries.values()].map(({ member, deviceId, state }) => ({
      deviceId,
      mayWrite: member.mayWrite(),
      state,
    }));
  }

  /** Calls back after each change; returns the end of it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Everybody's state in one frame; `null` when nobody is here. */
  frame(): Uint8Array | null {
    if (this.#entries.size === 0) return null;
    return entriesFrame(
      [...this.#entries].map(([client, { clock, state }]) => ({ client, clock, state })),
    );
  }

  /**
   * Takes an awareness update of a member. Stock clients send again what they heard of others: only the member's own entry
   * counts, and the first client id that it speaks for stays its own.
   *
   * @throws Error when it is no awareness update
   */
  receive(member: RoomMember, update: Uint8Array): void {
    for (const { client, clock, json } of readEntries(update)) {
      if (isOurs(clock) || !this.#speaksFor(member, client, json)) continue;
      this.#clients.set(member, client);
      const state = stateOf(json);
      this.#rate.admit(member, () => {
        this.#set(member, client, state);
      });
      return;
    }
  }

  leave(member: RoomMember): void {
    const client = this.#clients.get(member);
    this.#clients.delete(member);
    this.#rate.forget(member);
    if (client !== undefined && this.#entries.get(client)?.member === member) this.#remove(client);
  }

  #speaksFor(member: RoomMember, client: number, json: string): boolean {
    const own = this.#clients.get(member);
    if (own !== undefined) return own === client;
    const present = this.#entries.get(client);
    if (json === 'null') return false;
    // The same device again, on a new connection, before the old one was found dead.
    return present === undefined || present.deviceId === member.identity()?.deviceId;
  }

  #set(member: RoomMember, client: number, state: Record<string, unknown> | null): void {
    const identity = member.identity();
    if (state === null || identity === null) {
      if (this.#entries.get(client)?.member === member) this.#remove(client);
      return;
    }
    const entry = {
      member,
      deviceId: identity.deviceId,
      clock: this.#nextClock(),
      state: { ...state, ...identity },
    };
    this.#entries.set(client, entry);
    this.#tell(member, client, entry.clock, entry.state);
  }

  #remove(client: number): void {
    const entry = this.#entries.get(client);
    if (entry === undefined) return;
    this.#entries.delete(client);
    this.#tell(entry.member, client, this.#nextClock(), null);
  }

  #tell(from: RoomMember, client: number, clock: number, state: object | null): void {
    const frame = entriesFrame([{ client, clock, state }]);
    for (const member of this.#members()) if (member !== from) member.presence(frame);
    for (const listener of this.#listeners) listener();
  }

  /** Grows over restarts too: clients keep the clocks of those who left. */
  #nextClock(): number {
    const now = Math.floor(this.#clock.now()) * clockStep;
    this.#lastClock = Math.max(this.#lastClock + clockStep, now);
    return this.#lastClock;
  }
}

/**
 * Clocks that the bridge gives are multiples of a step and far above what a client counts to, so that a state that comes back
 * from a client that only heard it is told apart from one of its own (which goes on by ones, even from a clock of ours).
 */
const clockStep = 1024;
const isOurs = (clock: number): boolean => clock >= 2 ** 40 && clock % clockStep === 0;

function readEntries(
  update: Uint8Array,
): readonly { client: number; clock: number; json: string }[] {
  const decoder = decoding.createDecoder(update);
  const count = decoding.readVarUint(decoder);
  const entries: { client: number; clock: number; json: string }[] = [];
  for (let index = 0; index < count; index += 1) {
    const client = decoding.readVarUint(decoder);
    const clock = decoding.readVarUint(decoder);
    entries.push({ client, clock, json: decoding.readVarString(decoder) });
  }
  return entries;
}

/** @returns `null` for a state that says "gone", is no object or is too large to be passed on */
function stateOf(json: string): Record<string, unknown> | null {
  if (json.length > limits.awarenessBytesMax) return null;
  const state: unknown = JSON.parse(json);
  return typeof state === 'object' && state !== null && !Array.isArray(state) ? { ...state } : null;
}

function entriesFrame(
  entries: readonly { client: number; clock: number; state: object | null }[],
): Uint8Array {
  return awarenessFrame(
    encoding.encode((encoder) => {
      encoding.writeVarUint(encoder, entries.length);
      for (const { client, clock, state } of entries) {
        encoding.writeVarUint(encoder, client);
        encoding.writeVarUint(encoder, clock);
        encoding.writeVarString(encoder, JSON.stringify(state));
      }
    }),
  );
}
