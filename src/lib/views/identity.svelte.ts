import { createContext } from 'svelte';
import type { CommandKind } from '#lib/domain/command.ts';
import { mayCommand } from '#lib/domain/command-policy.ts';
import type { DeviceInfo } from '#lib/domain/device.ts';
import type { DeviceId, PersonId, SessionId } from '#lib/domain/ids.ts';
import type { Author } from '#lib/domain/prompt.ts';
import { mayWrite } from '#lib/domain/room.ts';
import type { Identity } from '#lib/sync/contract.ts';
import { sourceOf, type Documents } from './documents.ts';
import { observe } from './observe.svelte.ts';
import { People } from './people.svelte.ts';

/** Who did something, in words that a list can show. */
export interface ShownAuthor {
  readonly person: string;
  readonly device: string;
  readonly color: number;
  readonly me: boolean;
  readonly verified: boolean;
}

/** Who this device is, what it may do, and the names of the others. */
export class IdentityView {
  readonly people: People;
  readonly #identity: Identity;
  readonly #devices;

  constructor(documents: Documents) {
    this.#identity = documents.identity;
    this.people = new People(documents);
    this.#devices = observe(sourceOf(documents.bridge, (document) => document.devices));
  }

  /** As the bridge lists this device now; before its list is here, as it was said at pairing. */
  get me(): Identity {
    const listed = this.#devices.current.find(({ id }) => id === this.#identity.deviceId);
    return listed === undefined
      ? this.#identity
      : { ...this.#identity, role: listed.role, scope: listed.scope };
  }

  /** All devices that the bridge lists, withdrawn ones last, then in order of pairing. */
  get devices(): readonly DeviceInfo[] {
    return this.#devices.current.toSorted(
      (a, b) =>
        Number(a.revokedAt !== null) - Number(b.revokedAt !== null) || a.pairedAt - b.pairedAt,
    );
  }

  mayCommand(kind: CommandKind, sessionId?: SessionId): boolean {
    return mayCommand(this.me, kind, sessionId);
  }

  /** Whether this device may change titles, pins and tasks. */
  get mayEditWorkspace(): boolean {
    return mayWrite(this.me, { kind: 'workspace' });
  }

  mayWriteIn(sessionId: SessionId): boolean {
    return mayWrite(this.me, { kind: 'session', sessionId });
  }

  deviceName(id: DeviceId): string {
    if (id === this.#identity.deviceId) return this.#identity.deviceName;
    return this.#devices.current.find((device) => device.id === id)?.name ?? id;
  }

  author({ personId, deviceId, verified }: Author): ShownAuthor {
    return { ...this.#person(personId), device: this.deviceName(deviceId), verified };
  }

  /** This device itself, as the author of what waits in its outbox. */
  get here(): ShownAuthor {
    const { personId, deviceId } = this.#identity;
    return { ...this.#person(personId), device: this.deviceName(deviceId), verified: true };
  }

  #person(id: PersonId): Pick<ShownAuthor, 'person' | 'color' | 'me'> {
    const person = this.people.find(id);
    return {
      person: person?.name ?? id,
      color: person?.color ?? 8,
      me: id === this.#identity.personId,
    };
  }
}

export const [getIdentity, setIdentity] = createContext<IdentityView>();
