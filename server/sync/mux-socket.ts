import * as encoding from 'lib0/encoding';
import { assertNever, reasonOf } from '#lib/domain/failure.ts';
import type { BridgeId, DeviceId } from '#lib/domain/ids.ts';
import { limits } from '#lib/domain/limits.ts';
import { decodeMuxFrame, encodeMuxFrame, type MuxFrame } from '#lib/sync/wire/mux-frames.ts';
import { closeCodes, protocolVersion } from '#lib/sync/wire/protocol.ts';
import { RoomConnection, unreadable, type SyncContext } from './room-connection.ts';
import { SocketOutlet, type Lane } from './socket-outlet.ts';
import type { SyncSocket, SyncWire } from './sync-socket.ts';

/** The bridge as a device knows it: its id and the proof that it has the key that was pinned. */
export interface ProvenBridge {
  readonly id: BridgeId;
  prove(nonce: Uint8Array, origin: string, deviceId: string): Uint8Array;
}

const nonceBytes = 32;
const beat = encodeMuxFrame({ kind: 'beat' });

/** A socket at `/sync`, subprotocol `rejoin.1`: all rooms of a tab, after the bridge proved its key. */
export class MuxSocket implements SyncSocket {
  readonly deviceId: DeviceId;
  readonly #context: SyncContext;
  readonly #bridge: ProvenBridge;
  readonly #wire: SyncWire;
  readonly #origin: string;
  readonly #outlet: SocketOutlet;
  readonly #control: Lane;
  readonly #channels = new Map<number, RoomConnection>();
  #greeted = false;
  #highestChannel = 0;
  #heardAt: number;
  #beatAt: number;
  #ended = false;

  constructor(
    context: SyncContext,
    bridge: ProvenBridge,
    wire: SyncWire,
    from: { readonly deviceId: DeviceId; readonly origin: string },
    now: number,
  ) {
    this.deviceId = from.deviceId;
    this.#context = context;
    this.#bridge = bridge;
    this.#wire = wire;
    this.#origin = from.origin;
    this.#heardAt = now;
    this.#beatAt = now;
    this.#outlet = new SocketOutlet(wire, () => {
      this.close(closeCodes.tryAgain, 'this client reads too slowly');
    });
    this.#control = this.#outlet.lane(new Uint8Array(0));
  }

  get rooms(): number {
    return this.#channels.size;
  }

  receive(frame: Uint8Array, now: number): void {
    this.#heardAt = now;
    if (this.#ended) return;
    try {
      this.#handle(decodeMuxFrame(frame));
    } catch (error) {
      this.#context.log.debug({ reason: reasonOf(error) }, 'a frame could not be read');
      this.close(unreadable, reasonOf(error));
    }
  }

  heard(now: number): void {
    this.#heardAt = now;
  }

  tick(now: number): void {
    if (this.#ended) return;
    if (now - this.#heardAt > limits.silenceMsMax) {
      this.end();
      this.#wire.terminate();
      return;
    }
    if (now - this.#beatAt < limits.heartbeatMs) return;
    this.#beatAt = now;
    this.#control.send(beat);
  }

  recheck(): void {
    if (this.#context.principalOf(this.deviceId) === null) {
      this.close(closeCodes.noCredential, 'this device is not known any more');
      return;
    }
    for (const connection of [...this.#channels.values()]) connection.recheck();
  }

  close(code: number, reason: string): void {
    if (this.#ended) return;
    this.end();
    this.#wire.close(code, reason);
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const connection of this.#channels.values()) connection.end();
    this.#channels.clear();
  }

  #handle(frame: MuxFrame): void {
    switch (frame.kind) {
      case 'hello':
        this.#greet(frame);
        return;
      case 'data':
        // A channel that was closed here may still be spoken to from there.
        this.#channels.get(frame.channel)?.receive(frame.payload);
        return;
      case 'open':
        this.#open(frame.channel, frame.room);
        return;
      case 'close':
        this.#channels.get(frame.channel)?.end();
        this.#channels.delete(frame.channel);
        return;
      case 'beat':
        return;
      case 'proof':
        throw new Error('expected a frame of a client, got a proof');
      default:
        assertNever(frame);
    }
  }

  #greet({ nonce, protocol }: Extract<MuxFrame, { kind: 'hello' }>): void {
    if (this.#greeted) throw new Error('expected one hello');
    if (protocol !== protocolVersion) {
      this.close(
        closeCodes.outdated,
        `expected protocol ${String(protocolVersion)}, got ${String(protocol)}`,
      );
      return;
    }
    if (nonce.length !== nonceBytes)
      throw new Error(
        `expected a nonce of ${String(nonceBytes)} bytes, got ${String(nonce.length)}`,
      );
    this.#greeted = true;
    this.#control.send(
      encodeMuxFrame({
        kind: 'proof',
        bridgeId: this.#bridge.id,
        deviceId: this.deviceId,
        signature: this.#bridge.prove(nonce, this.#origin, this.deviceId),
      }),
    );
  }

  #open(channel: number, room: string): void {
    if (!this.#greeted) throw new Error('expected a hello before the first open');
    if (channel <= this.#highestChannel)
      throw new Error(
        `expected a channel above ${String(this.#highestChannel)}, got ${String(channel)}`,
      );
    this.#highestChannel = channel;
    if (this.#channels.size >= limits.channelsPerSocketMax) {
      this.#closeChannel(
        channel,
        closeCodes.tryAgain,
        `at most ${String(limits.channelsPerSocketMax)} documents are open on one socket`,
      );
      return;
    }
    const connection = new RoomConnection(this.#context, this.deviceId, {
      lane: this.#outlet.lane(addressOf(channel)),
      close: (code, reason) => {
        this.#closeChannel(channel, code, reason);
      },
      unauthorized: () => {
        this.close(closeCodes.noCredential, 'this device is not known any more');
      },
    });
    this.#channels.set(channel, connection);
    connection.open(room);
  }

  #closeChannel(channel: number, code: number, reason: string): void {
    this.#channels.delete(channel);
    if (!this.#ended) this.#control.send(encodeMuxFrame({ kind: 'close', channel, code, reason }));
  }
}

const addressOf = (channel: number): Uint8Array =>
  encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, channel);
  });
