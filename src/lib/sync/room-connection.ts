import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { messageYjsSyncStep1, messageYjsSyncStep2, messageYjsUpdate } from 'y-protocols/sync';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { splitUpdate } from '#lib/crdt/update-pieces.ts';
import { limits } from '#lib/domain/limits.ts';
import type { RoomName } from '#lib/domain/room.ts';
import type { AckTracker } from './ack-tracker.ts';
import type { MuxLink } from './mux-link.ts';
import { muxServerUrl, muxSocketClass } from './mux-socket.ts';
import { decodeRoomMessage, encodeRoomMessage, type RoomMessage } from './wire/ack-frames.ts';
import { messageTypes } from './wire/protocol.ts';

export interface RoomConnectionListener {
  /** The bridge's state is in the document, and ours was sent. */
  connected(): void;
  disconnected(): void;
  /** The bridge closed the room with a code that opening it again would not change. */
  closed(code: number, reason: string): void;
}

/** What a client says when it opens a room: the bridge's epoch and position as it knows them, and how much it holds unacked. */
export type Greeting = () => Extract<RoomMessage, { type: 'position' }>;

/**
 * A document's way to the bridge: y-websocket's provider over one channel of the link. Added to it: our greeting and
 * acknowledgements, state in frames of bounded size, and an update that cannot be read closes the channel instead of being
 * passed over.
 */
export class RoomConnection {
  readonly #provider: WebsocketProvider;
  readonly #tracker: AckTracker;
  readonly #greeting: Greeting;
  #isConnected = false;

  constructor(
    link: Pick<MuxLink, 'openChannel'>,
    room: RoomName,
    doc: Y.Doc,
    tracker: AckTracker,
    greeting: Greeting,
    listener: RoomConnectionListener,
  ) {
    this.#tracker = tracker;
    this.#greeting = greeting;
    const provider = new WebsocketProvider(muxServerUrl, room, doc, {
      connect: false,
      disableBc: true,
      WebSocketPolyfill: muxSocketClass(link),
      // The link alone waits between attempts.
      maxBackoffTime: 0,
    });
    this.#provider = provider;
    provider.awareness.setLocalState(null);
    provider.messageHandlers[messageTypes.sync] = (encoder, decoder) => {
      this.#sync(encoder, decoder);
    };
    for (const type of [messageTypes.ack, messageTypes.position, messageTypes.refusal])
      provider.messageHandlers[type] = (_encoder, decoder) => {
        const message = decodeRoomMessage(type, decoder);
        if (message !== null) tracker.receive(message);
      };
    provider.on('status', ({ status }) => {
      if (status === 'connected') this.#opened();
      else if (status === 'disconnected') tracker.closed();
    });
    provider.on('sync', (isSynced) => {
      if (isSynced === this.#isConnected) return;
      this.#isConnected = isSynced;
      if (isSynced) listener.connected();
      else listener.disconnected();
    });
    provider.on('closed', ({ code, reason }) => {
      listener.closed(code, reason);
    });
    provider.connect();
  }

  /** Whether an update came from the bridge over this connection. */
  isOrigin(origin: unknown): boolean {
    return origin === this.#provider;
  }

  get awareness(): WebsocketProvider['awareness'] {
    return this.#provider.awareness;
  }

  /** After a final close: asks again, since a role may have changed or a document begun. Else it does nothing. */
  reopen(): void {
    this.#provider.connect();
  }

  destroy(): void {
    this.#tracker.closed();
    this.#provider.destroy();
    this.#provider.awareness.destroy();
  }

  #opened(): void {
    this.#tracker.opened((message) => {
      this.#send(encodeRoomMessage(message));
    });
    this.#send(encodeRoomMessage(this.#greeting()));
  }

  #send(bytes: Uint8Array): void {
    this.#provider.ws?.send(Uint8Array.from(bytes));
  }

  /** The provider's own handler for type 0, which would answer in one frame of any size and pass over what it cannot read. */
  #sync(encoder: encoding.Encoder, decoder: decoding.Decoder): void {
    const provider = this.#provider;
    const kind = decoding.readVarUint(decoder);
    const payload = decoding.readVarUint8Array(decoder);
    switch (kind) {
      case messageYjsSyncStep1:
        this.#answer(payload);
        break;
      case messageYjsSyncStep2:
        Y.applyUpdate(provider.doc, payload, provider);
        provider.synced = true;
        break;
      case messageYjsUpdate:
        Y.applyUpdate(provider.doc, payload, provider);
        break;
      default:
        throw new Error(`expected a sync message of kind 0 to 2, got ${String(kind)}`);
    }
    // Everything was sent here; an encoder that holds one byte at most is not.
    encoding.writeVarUint(encoder, messageTypes.sync);
  }

  #answer(stateVector: Uint8Array): void {
    const { doc } = this.#provider;
    const frames = splitUpdate(Y.encodeStateAsUpdate(doc, stateVector), limits.stateFrameBytesMax);
    for (const [index, frame] of frames.entries()) {
      const last = index === frames.length - 1;
      this.#send(
        encoding.encode((encoder) => {
          encoding.writeVarUint(encoder, messageTypes.sync);
          encoding.writeVarUint(encoder, last ? messageYjsSyncStep2 : messageYjsUpdate);
          encoding.writeVarUint8Array(encoder, frame);
        }),
      );
    }
    this.#tracker.answered();
  }
}
