import type { RawData, WebSocket } from 'ws';
import type { Cancel, Clock, Scheduler } from '#lib/domain/clock.ts';
import { reasonOf } from '#lib/domain/failure.ts';
import type { DeviceId, Epoch } from '#lib/domain/ids.ts';
import type { Principal } from '#lib/domain/role.ts';
import { closeCodes } from '#lib/sync/wire/protocol.ts';
import type { Log } from '../storage/log.ts';
import type { Documents } from './documents.ts';
import { MuxSocket, type ProvenBridge } from './mux-socket.ts';
import type { SyncContext } from './room-connection.ts';
import { StockSocket } from './stock-socket.ts';
import type { SyncSocket, SyncWire } from './sync-socket.ts';
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
  /** As {@link attach}, for any other kind of wire; whoever has it calls what is returned. */
  connect(wire: SyncWire, target: SyncTarget): Attached;
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

/** What a wire tells the server. */
export interface Attached {
  /** A binary frame came. Never throws. */
  receive(frame: Uint8Array): void;
  /** A sign of life without content. */
  heard(): void;
  close(code: number, reason: string): void;
  /** The wire is closed. */
  ended(): void;
}

const tickMs = 1000;
const goingAway = 1001;
const unsupportedData = 1003;
const internalError = 1011;

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

  const connect = (wire: SyncWire, target: SyncTarget): Attached => {
    const now = clock.now();
    const socket =
      target.kind === 'room'
        ? new StockSocket(context, wire, target.deviceId, target.room, now)
        : new MuxSocket(context, options.bridge, wire, target, now);
    sockets.add(socket);
    cancelTick ??= scheduler.after(tickMs, tick);
    return {
      receive(frame) {
        try {
          socket.receive(frame, clock.now());
        } catch (error) {
          log.error(
            { deviceId: target.deviceId, reason: reasonOf(error) },
            'a frame was not handled: its socket is closed',
          );
          socket.close(internalError, 'the bridge could not handle a frame');
        }
      },
      heard() {
        socket.heard(clock.now());
      },
      close(code, reason) {
        socket.close(code, reason);
      },
      ended() {
        sockets.delete(socket);
        socket.end();
      },
    };
  };

  return {
    connect,
    attach(socket, target) {
      const attached = connect(wireOf(socket, scheduler), target);
      socket.on('message', (data: RawData, isBinary: boolean) => {
        if (isBinary) attached.receive(bytesOf(data));
        else attached.close(unsupportedData, 'expected binary frames');
      });
      socket.on('pong', () => {
        attached.heard();
      });
      socket.on('error', (error) => {
        log.debug({ deviceId: target.deviceId, reason: error.message }, 'a socket failed');
      });
      socket.on('close', () => {
        attached.ended();
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

/** A frame as bytes; a view, valid as long as the frame is. */
function bytesOf(data: RawData): Uint8Array {
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  const buffer = Array.isArray(data) ? Buffer.concat(data) : data;
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}
