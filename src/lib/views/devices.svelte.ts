import type { DeviceInfo } from '#lib/domain/device.ts';
import type { CommandId, DeviceId } from '#lib/domain/ids.ts';
import type { OutboxEntry } from '#lib/domain/outbox.ts';
import type { Role, Scope } from '#lib/domain/role.ts';
import type { Workspace } from '#lib/sync/contract.ts';
import { newestAsked, type Asked } from './asked.ts';
import { sourceOf, type Documents } from './documents.ts';
import { IdentityView } from './identity.svelte.ts';
import { observe, type Observed } from './observe.svelte.ts';
import type { ShownPerson } from './people.svelte.ts';

export interface ShownDevice {
  readonly id: DeviceId;
  readonly name: string;
  readonly kind: DeviceInfo['kind'];
  readonly role: Role;
  readonly scope: Scope;
  readonly pairedAt: number;
  readonly revokedAt: number | null;
  /** Whether it is the one that shows this. */
  readonly here: boolean;
  readonly asked: Asked<Role> | null;
}

export interface PersonWithDevices {
  readonly person: ShownPerson;
  readonly devices: readonly ShownDevice[];
}

/** Why a device cannot be given a role from here, as far as this device knows; the bridge decides. */
export type RoleHindrance =
  'not_owner' | 'withdrawn' | 'terminal' | 'guest_not_owner' | 'last_owner' | 'asked_already';

/** People and their devices, as the bridge lists them. */
export class Devices {
  readonly #workspace: Workspace;
  readonly #documents: Documents;
  readonly #identity: IdentityView;
  readonly #devices: Observed<readonly DeviceInfo[]>;
  readonly #entries: Observed<readonly OutboxEntry[]>;
  readonly #loaded: Observed<boolean>;

  constructor(workspace: Workspace, documents: Documents) {
    this.#workspace = workspace;
    this.#documents = documents;
    this.#identity = new IdentityView(documents);
    this.#devices = observe(sourceOf(documents.bridge, (document) => document.devices));
    this.#entries = observe(workspace.outbox.entries);
    this.#loaded = observe(documents.bridge.replica.loaded);
  }

  get loaded(): boolean {
    return this.#loaded.current;
  }

  /** In order of joining; each person's devices in order of pairing, those whose access was withdrawn last. */
  get people(): readonly PersonWithDevices[] {
    const devices = this.#devices.current
      .map((device) => this.#shown(device))
      .toSorted(
        (a, b) =>
          Number(a.revokedAt !== null) - Number(b.revokedAt !== null) || a.pairedAt - b.pairedAt,
      );
    return this.#identity.people.all.map((person) => ({
      person,
      devices: devices.filter((device) => this.#ownerOf(device.id) === person.id),
    }));
  }

  /** What hinders this device from changing roles at all, then from giving this one. */
  hindrance(device: ShownDevice, role?: Role): RoleHindrance | null {
    if (!this.#identity.mayCommand('device.role')) return 'not_owner';
    if (device.revokedAt !== null) return 'withdrawn';
    if (device.kind === 'terminal') return 'terminal';
    if (device.asked !== null && device.asked.state.kind !== 'denied') return 'asked_already';
    if (role === undefined || role === device.role) return null;
    if (role === 'owner') return device.scope.kind === 'sessions' ? 'guest_not_owner' : null;
    return device.role === 'owner' && this.#owners === 1 ? 'last_owner' : null;
  }

  async setRole(device: DeviceId, role: Role, summary: string): Promise<void> {
    await this.#workspace.outbox.send('device.role', {
      params: { deviceId: device, role },
      summary,
    });
  }

  dismiss(id: CommandId): Promise<void> {
    return this.#workspace.outbox.dismiss(id);
  }

  /** Devices of people; the bridge's own terminal does not count. */
  get #owners(): number {
    return this.#devices.current.filter(
      ({ kind, revokedAt, role }) => kind !== 'terminal' && revokedAt === null && role === 'owner',
    ).length;
  }

  #ownerOf(id: DeviceId): string | undefined {
    return this.#devices.current.find((device) => device.id === id)?.personId;
  }

  #shown({ id, kind, name, pairedAt, revokedAt, role, scope }: DeviceInfo): ShownDevice {
    return {
      id,
      name,
      kind,
      role,
      scope,
      pairedAt,
      revokedAt,
      here: id === this.#documents.identity.deviceId,
      asked: newestAsked(this.#entries.current, ({ kind, params }) =>
        kind === 'device.role' && params.deviceId === id ? params.role : null,
      ),
    };
  }
}
