import type { RawData, WebSocket } from 'ws';
import type { Cancel, Clock, Scheduler } from '#lib/domain/clock.ts';
import type { DeviceId, Epoch } from '#lib/domain/ids.ts';
import type { Principal } from '#lib/domain/role.ts';
import { closeCodes } from '#lib/sync/wire/protocol.ts';
import type { Log } from '../storage/log.ts';
import type { Documents } from './documents.ts';
import { MuxSocket, type ProvenBridge } from './mux-socket.ts';
import type { SyncContext } from './room-connection.ts';
import { StockSocket } from './stock-socket.ts';
import type { SyncSocket } from './sync-socket.ts';
import { wireOf } from './web-socket-wire.ts';

/** A socket that passed the gate. `origin`: where its page was loaded from, for the proof of the bridge's key. */
export type SyncTarget =
  | { readonly kind: 'mux'; readonly deviceId: DeviceId; readonly origin: string }
  | {
      readonly kind: 'room';
      readonly deviceId: DeviceId;
      readonly origin: string;
      readonly room: string;
    };

export interface SyncServerOptions {
  readonly documents: Documents;
  /** Who a device is now; `null` when it is revoked or unknown. Asked for every message. */
  readonly principalOf: (deviceId: DeviceId) => Principal | null;
  readonly bridge: ProvenBridge;
  readonly epoch: () => Epoch;
  /** The highest position on disk. */
  readonly position: () => number;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Log;
}

export interface SyncServer {
  /** Takes over a socket whose handshake is done; made with `maxPayload: limits.frameBytesMax` and without compression. */
  attach(socket: WebSocket, target: SyncTarget): void;
  /** Closes the device's sockets with 4401, at once. */
  revoke(deviceId: DeviceId): void;
  /** Closes what the device may no longer read; what it may write is asked for each message anyway. */
  roleChanged(deviceId: DeviceId): void;
  /** Devices with at least one open socket. */
  connectedDevices(): ReadonlySet<DeviceId>;
  counts(): { readonly sockets: number; readonly rooms: number; readonly loadedRooms: number };
  /** Says good-bye to everybody. */
  close(): void;
}

const tickMs = 1000;
const goingAway = 1001;
const unsupportedData = 1003;

export function createSyncServer(options: SyncServerOptions): SyncServer {
  const { documents, principalOf, epoch, position, clock, scheduler, log } = options;
  const context: SyncContext = { documents, principalOf, epoch, position, log };
  const sockets = new Set<SyncSocket>();
  let cancelTick: Cancel | null = null;

  const tick = (): void => {
    cancelTick = sockets.size === 0 ? null : scheduler.after(tickMs, tick);
    for (const socket of [...sockets]) socket.tick(clock.now());
  };

  const ofDevice = (deviceId: DeviceId): readonly SyncSocket[] =>
    [...sockets].filter((socket) => socket.deviceId === deviceId);

  return {
    attach(socket, target) {
      const wire = wireOf(socket, scheduler);
      const now = clock.now();
      const attached =
        target.kind === 'room'
          ? new StockSocket(context, wire, target.deviceId, target.room, now)
          : new MuxSocket(context, options.bridge, wire, target, now);
      sockets.add(attached);
      cancelTick ??= scheduler.after(tickMs, tick);
      socket.on('message', (data: RawData, isBinary: boolean) => {
        if (isBinary) attached.receive(bytesOf(data), clock.now());
        else attached.close(unsupportedData, 'expected binary frames');
      });
      socket.on('pong', () => {
        attached.heard(clock.now());
      });
      socket.on('error', (error) => {
        log.debug({ deviceId: target.deviceId, reason: error.message }, 'a socket failed');
      });
      socket.on('close', () => {
        sockets.delete(attached);
        attached.end();
      });
    },
    revoke(deviceId) {
      for (const socket of ofDevice(deviceId))
        socket.close(closeCodes.noCredential, 'this device was revoked');
    },
    roleChanged(deviceId) {
      for (const socket of ofDevice(deviceId)) socket.recheck();
    },
    connectedDevices: () => new Set([...sockets].map(({ deviceId }) => deviceId)),
    counts: () => ({
      sockets: sockets.size,
      rooms: [...sockets].reduce((sum, { rooms }) => sum + rooms, 0),
      loadedRooms: documents.loadedRooms,
    }),
    close() {
      cancelTick?.();
      cancelTick = null;
      for (const socket of [...sockets]) socket.close(goingAway, 'the bridge stops');
    },
  };
}

/** A frame as one array of its own: what the library hands over may share memory with later frames. */
function bytesOf(data: RawData): Uint8Array {
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  const buffer = Array.isArray(data) ? Buffer.concat(data) : data;
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
