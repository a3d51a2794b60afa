import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { messageTypes } from './protocol.ts';

/**
 * Our messages inside a room's channel (DESIGN 4.4). Client to bridge: `mark`, `position`. Bridge to client: `ack`,
 * `position` (`held` is then 0), `refusal`.
 *
 * `n` counts a client's marks per room and connection, from 1; one mark may cover many updates. `ack n` means that all that
 * arrived before mark n on that socket for that room is committed. `refusal n`: something after mark n − 1 was refused; n and
 * later are not acked until the client opens the room again.
 */
export type RoomMessage =
  | { readonly type: 'mark'; readonly n: number }
  | { readonly type: 'ack'; readonly n: number; readonly epoch: string; readonly seq: number }
  | {
      readonly type: 'position';
      readonly epoch: string;
      readonly seq: number;
      readonly held: number;
    }
  | { readonly type: 'refusal'; readonly n: number; readonly reason: string };

export function encodeRoomMessage(message: RoomMessage): Uint8Array {
  return encoding.encode((encoder) => {
    switch (message.type) {
      case 'mark':
        encoding.writeVarUint(encoder, messageTypes.ack);
        encoding.writeVarUint(encoder, message.n);
        break;
      case 'ack':
        encoding.writeVarUint(encoder, messageTypes.ack);
        encoding.writeVarUint(encoder, message.n);
        encoding.writeVarString(encoder, message.epoch);
        encoding.writeVarUint(encoder, message.seq);
        break;
      case 'position':
        encoding.writeVarUint(encoder, messageTypes.position);
        encoding.writeVarString(encoder, message.epoch);
        encoding.writeVarUint(encoder, message.seq);
        encoding.writeVarUint(encoder, message.held);
        break;
      case 'refusal':
        encoding.writeVarUint(encoder, messageTypes.refusal);
        encoding.writeVarUint(encoder, message.n);
        encoding.writeVarString(encoder, message.reason);
        break;
    }
  });
}

/**
 * Reads what follows the message type of one of ours.
 *
 * @param type a message type that was already read from `decoder`
 * @returns `null` when the type is not ours
 * @throws Error when the frame ends too early
 */
export function decodeRoomMessage(type: number, decoder: decoding.Decoder): RoomMessage | null {
  switch (type) {
    case messageTypes.ack: {
      const n = decoding.readVarUint(decoder);
      if (!decoding.hasContent(decoder)) return { type: 'mark', n };
      return {
        type: 'ack',
        n,
        epoch: decoding.readVarString(decoder),
        seq: decoding.readVarUint(decoder),
      };
    }
    case messageTypes.position:
      return {
        type: 'position',
        epoch: decoding.readVarString(decoder),
        seq: decoding.readVarUint(decoder),
        held: decoding.readVarUint(decoder),
      };
    case messageTypes.refusal:
      return {
        type: 'refusal',
        n: decoding.readVarUint(decoder),
        reason: decoding.readVarString(decoder),
      };
    default:
      return null;
  }
}
