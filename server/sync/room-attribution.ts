import { deviceIdSchema, type DeviceId } from '#lib/domain/ids.ts';
import type { RoomName } from '#lib/domain/room.ts';
import type { Write } from '../storage/contract.ts';

/** The device that the bridge is in the attribution of its own client ids. */
const bridgeDevice: DeviceId = deviceIdSchema.parse('bridge');

/** Which device first brought what a Yjs client wrote in a room: what the bridge saw, whatever an entry claims. */
export class RoomAttribution {
  readonly #room: RoomName;
  readonly #devices: Map<number, DeviceId>;

  constructor(room: RoomName, known: ReadonlyMap<number, DeviceId>) {
    this.#room = room;
    this.#devices = new Map(known);
  }

  of(clientId: number): DeviceId | null {
    return this.#devices.get(clientId) ?? null;
  }

  isBridge(clientId: number): boolean {
    return this.of(clientId) === bridgeDevice;
  }

  /** Notes who brought these clients, where nobody did before, and gives what is to be written with it. */
  note(clientIds: Iterable<number>, deviceId: DeviceId): readonly Write[] {
    const fresh = [...clientIds].filter((clientId) => !this.#devices.has(clientId));
    for (const clientId of fresh) this.#devices.set(clientId, deviceId);
    return fresh.map((clientId) => ({ kind: 'attribution', room: this.#room, clientId, deviceId }));
  }

  noteBridge(clientId: number): readonly Write[] {
    return this.note([clientId], bridgeDevice);
  }
}
