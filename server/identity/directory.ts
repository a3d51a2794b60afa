import type { DeviceId, PersonId } from '#lib/domain/ids.ts';
import type { Principal } from '#lib/domain/role.ts';
import type { DeviceRow, PersonRow } from '../storage/contract.ts';
import type { Revocation } from './revocations.ts';
import { hashOf } from './secrets.ts';

/** What a presented token is worth now. `statement` is the signed word that makes a browser erase its copies. */
export type Access =
  | { readonly kind: 'device'; readonly device: DeviceRow; readonly principal: Principal }
  | { readonly kind: 'revoked'; readonly statement: Revocation | null }
  | { readonly kind: 'unknown' };

export interface DirectoryListener {
  device(row: DeviceRow): void;
  person(row: PersonRow): void;
}

/**
 * The devices and people of this bridge, in memory over the storage's rows. It is asked anew on every request and every
 * frame, so that a changed role or a revocation holds at once.
 */
export class Directory {
  readonly #devices = new Map<DeviceId, DeviceRow>();
  readonly #byTokenHash = new Map<string, DeviceId>();
  readonly #people = new Map<PersonId, PersonRow>();
  readonly #revocations: ReadonlyMap<DeviceId, Revocation>;
  readonly #listeners = new Set<DirectoryListener>();

  constructor(
    devices: readonly DeviceRow[],
    people: readonly PersonRow[],
    revocations: ReadonlyMap<DeviceId, Revocation>,
  ) {
    this.#revocations = revocations;
    for (const row of people) this.#people.set(row.id, row);
    for (const row of devices) this.putDevice(row);
  }

  /** By order of joining. */
  get people(): readonly PersonRow[] {
    return [...this.#people.values()].sort((a, b) => a.joinedAt - b.joinedAt);
  }

  /** By order of pairing. */
  get devices(): readonly DeviceRow[] {
    return [...this.#devices.values()].sort((a, b) => a.pairedAt - b.pairedAt);
  }

  device(id: DeviceId): DeviceRow | null {
    return this.#devices.get(id) ?? null;
  }

  person(id: PersonId): PersonRow | null {
    return this.#people.get(id) ?? null;
  }

  /** Whether a person's device has the owner's role; the bridge's own terminal does not count. */
  hasOwner(): boolean {
    return this.owners().length > 0;
  }

  owners(): readonly DeviceRow[] {
    return this.devices.filter(
      (row) => row.kind !== 'terminal' && row.role === 'owner' && row.revokedAt === null,
    );
  }

  authenticate(token: string): Access {
    const id = this.#byTokenHash.get(hashOf(token));
    const device = id === undefined ? undefined : this.#devices.get(id);
    if (device === undefined) return { kind: 'unknown' };
    if (device.revokedAt !== null)
      return { kind: 'revoked', statement: this.#revocations.get(device.id) ?? null };
    return { kind: 'device', device, principal: principal(device) };
  }

  /** Who a device is now; `null` once it is revoked, or if it never was. */
  principalOf(id: DeviceId): Principal | null {
    const device = this.#devices.get(id);
    return device === undefined || device.revokedAt !== null ? null : principal(device);
  }

  /** Takes in a row that is on disk. */
  putDevice(row: DeviceRow): void {
    const revokedAt = row.revokedAt ?? this.#revocations.get(row.id)?.revokedAt ?? null;
    const before = this.#devices.get(row.id);
    if (before !== undefined) this.#byTokenHash.delete(before.tokenHash);
    const device = { ...row, revokedAt };
    this.#devices.set(row.id, device);
    this.#byTokenHash.set(row.tokenHash, row.id);
    for (const listener of this.#listeners) listener.device(device);
  }

  /** Takes in a row that is on disk. */
  putPerson(row: PersonRow): void {
    this.#people.set(row.id, row);
    for (const listener of this.#listeners) listener.person(row);
  }

  /** Tells everybody there is, then every change. */
  subscribe(listener: DirectoryListener): void {
    for (const row of this.people) listener.person(row);
    for (const row of this.devices) listener.device(row);
    this.#listeners.add(listener);
  }
}

const principal = (device: DeviceRow): Principal => ({
  deviceId: device.id,
  personId: device.personId,
  role: device.role,
  scope: device.scope,
});
