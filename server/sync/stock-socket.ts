import type { DeviceId } from '#lib/domain/ids.ts';
import { limits } from '#lib/domain/limits.ts';
import { closeCodes } from '#lib/sync/wire/protocol.ts';
import { RoomConnection, type SyncContext } from './room-connection.ts';
import { emptyAwarenessFrame } from './room-frames.ts';
import { SocketOutlet, type Lane } from './socket-outlet.ts';
import type { SyncSocket, SyncWire } from './sync-socket.ts';

/** A socket at `/sync/<room>`, as a stock WebsocketProvider opens it: one room, no frames of ours unless it sent one first. */
export class StockSocket implements SyncSocket {
  readonly deviceId: DeviceId;
  readonly #wire: SyncWire;
  readonly #connection: RoomConnection;
  readonly #lane: Lane;
  #heardAt: number;
  #beatAt: number;
  #ended = false;

  constructor(context: SyncContext, wire: SyncWire, deviceId: DeviceId, room: string, now: number) {
    this.deviceId = deviceId;
    this.#wire = wire;
    this.#heardAt = now;
    this.#beatAt = now;
    const outlet = new SocketOutlet(wire, () => {
      this.close(closeCodes.tryAgain, 'this client reads too slowly');
    });
    this.#lane = outlet.lane(new Uint8Array(0));
    this.#connection = new RoomConnection(context, deviceId, {
      lane: this.#lane,
      close: (code, reason) => {
        this.close(code, reason);
      },
      unauthorized: () => {
        this.close(closeCodes.noCredential, 'this device is not known any more');
      },
    });
    this.#connection.open(room);
  }

  get rooms(): number {
    return this.#ended ? 0 : 1;
  }

  receive(frame: Uint8Array, now: number): void {
    this.#heardAt = now;
    // What is kept of it must not keep the socket's larger buffer in memory.
    this.#connection.receive(frame.slice());
  }

  heard(now: number): void {
    this.#heardAt = now;
  }

  /** Scripts do not see pings: a frame of no entries tells a stock client that the bridge lives, a ping asks whether it does. */
  tick(now: number): void {
    if (this.#ended || now - this.#beatAt < limits.stockHeartbeatMs) return;
    this.#beatAt = now;
    if (now - this.#heardAt > limits.stockSilenceMsMax) {
      this.end();
      this.#wire.terminate();
      return;
    }
    this.#lane.send(emptyAwarenessFrame);
    this.#wire.ping();
  }

  recheck(): void {
    this.#connection.recheck();
  }

  close(code: number, reason: string): void {
    if (this.#ended) return;
    this.end();
    this.#wire.close(code, reason);
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#connection.end();
  }
}
