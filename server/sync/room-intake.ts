import * as Y from 'yjs';
import { InvalidUpdate, readUpdate, type UpdateContent } from '#lib/crdt/update-content.ts';
import { limits } from '#lib/domain/limits.ts';
import { closeCodes } from '#lib/sync/wire/protocol.ts';
import { HeldUpdates } from './held-updates.ts';
import type { Refusal, RoomMember } from './room-member.ts';
import { applicability, newClients } from './update-check.ts';
import { bringsNews } from './update-news.ts';

/** How an update was taken. `dropped`: too much waits for predecessors, so what waited is gone and must be asked for again. */
export type Taken =
  | { readonly kind: 'applied' | 'nothing_new' | 'held' | 'dropped' }
  | ({ readonly kind: 'refused' } & Refusal);

/** The document that updates are taken into. */
export interface IntakeTarget {
  doc(): Y.Doc;
  /** False while the document is read anew. */
  ready(): boolean;
  /** Bytes of the room as stored. */
  storedBytes(): number;
  isBridgeClient(clientId: number): boolean;
  /**
   * Applies an update that was found good.
   *
   * @param clients those of whose content it has something new
   * @throws InvalidUpdate when Yjs cannot apply it after all
   */
  integrate(update: Uint8Array, clients: ReadonlySet<number>, member: RoomMember): void;
}

/** Decides about each update that a device sends: nothing new, refused, applied, or held until its predecessors are there. */
export class RoomIntake {
  readonly #target: IntakeTarget;
  readonly #held = new HeldUpdates();

  constructor(target: IntakeTarget) {
    this.#target = target;
  }

  /** @param divisible a SyncStep2: what of it lacks predecessors must not hold up the rest */
  take(update: Uint8Array, member: RoomMember, divisible: boolean): Taken {
    const taken = this.#takeOne(update, member, divisible);
    if (taken.kind === 'applied') this.retryHeld();
    return taken;
  }

  holdsFor(member: RoomMember): boolean {
    return this.#held.has(member);
  }

  drop(member: RoomMember): void {
    this.#held.drop(member);
  }

  clear(): void {
    this.#held.clear();
  }

  /** Tries what is held, as long as that brings anything; members of whom nothing is held any more are told. */
  retryHeld(): void {
    for (let progress = true; progress && this.#target.ready();) {
      progress = false;
      for (const member of this.#held.members) {
        for (const { update, divisible } of this.#held.take(member)) {
          const taken = this.#takeOne(update, member, divisible);
          if (taken.kind === 'applied') progress = true;
          if (taken.kind === 'refused') member.refused(taken);
        }
        if (!this.#held.has(member)) member.heldEnded();
      }
    }
  }

  #takeOne(update: Uint8Array, member: RoomMember, divisible: boolean): Taken {
    if (!this.#target.ready()) return this.#hold(update, member, divisible);
    try {
      const content = readUpdate(update);
      if (!bringsNews(this.#target.doc(), content)) return { kind: 'nothing_new' };
      const refusal = this.#refusalOf(content, update.length, member);
      if (refusal !== null) return { kind: 'refused', ...refusal };
      return this.#place(update, content, member, divisible);
    } catch (error) {
      if (!(error instanceof InvalidUpdate)) throw error;
      return { kind: 'refused', code: closeCodes.notAllowed, reason: error.message };
    }
  }

  #refusalOf(content: UpdateContent, bytes: number, member: RoomMember): Refusal | null {
    const doc = this.#target.doc();
    if (!member.mayWrite())
      return { code: closeCodes.notAllowed, reason: 'this device may read here, not write' };
    for (const client of newClients(doc, content))
      if (this.#target.isBridgeClient(client))
        return {
          code: closeCodes.notAllowed,
          reason: `client id ${String(client)} is the bridge’s own`,
        };
    if (this.#target.storedBytes() + bytes <= limits.documentBytesMax) return null;
    const present = Y.encodeStateAsUpdate(doc).length;
    if (present + bytes <= limits.documentBytesMax) return null;
    return {
      code: closeCodes.tooLarge,
      reason: `a document holds at most ${String(limits.documentBytesMax)} bytes; with this change it would hold ${String(present + bytes)}`,
    };
  }

  #place(
    update: Uint8Array,
    content: UpdateContent,
    member: RoomMember,
    divisible: boolean,
  ): Taken {
    const doc = this.#target.doc();
    const applicable = applicability(doc, content);
    if (applicable.kind === 'whole') {
      this.#target.integrate(update, newClients(doc, content), member);
      return { kind: 'applied' };
    }
    if (!divisible) return this.#hold(update, member, false);
    if (applicable.now !== null) {
      const now = readUpdate(applicable.now);
      if (bringsNews(doc, now)) {
        this.#target.integrate(applicable.now, newClients(doc, now), member);
        this.retryHeld();
      }
    }
    return this.#hold(applicable.rest, member, true);
  }

  #hold(update: Uint8Array, member: RoomMember, divisible: boolean): Taken {
    const kept = this.#held.add(member, { update: update.slice(), divisible });
    return { kind: kept ? 'held' : 'dropped' };
  }
}
