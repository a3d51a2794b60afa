import type { DeviceId } from '#lib/domain/ids.ts';
import type { ByteSocket } from './socket-outlet.ts';

/** A socket as the server needs it; the rest of `server/sync` knows no library of sockets. */
export interface SyncWire extends ByteSocket {
  /** Asks the other side for a sign of life that scripts do not see. */
  ping(): void;
}

/** One socket of one device, whatever it carries. */
export interface SyncSocket {
  readonly deviceId: DeviceId;
  readonly rooms: number;
  receive(frame: Uint8Array, now: number): void;
  /** A sign of life without content. */
  heard(now: number): void;
  /** Called every few seconds: beats are sent and silence is noticed here. */
  tick(now: number): void;
  /** The device's role or scope changed. */
  recheck(): void;
  close(code: number, reason: string): void;
  /** The other side is gone. */
  end(): void;
}
