import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { controlTypes } from './protocol.ts';

/**
 * Frames of the socket at `/sync`, subprotocol `rejoin.1`: a varuint channel, then a stock y-websocket frame; channel 0 is
 * control. No channel number is used twice on a socket, and frames of a closed channel are dropped.
 */
export type MuxFrame =
  | { readonly kind: 'data'; readonly channel: number; readonly payload: Uint8Array }
  | { readonly kind: 'open'; readonly channel: number; readonly room: string }
  | {
      readonly kind: 'close';
      readonly channel: number;
      readonly code: number;
      readonly reason: string;
    }
  | { readonly kind: 'beat' }
  /** Client: 32 random bytes that the bridge must sign, before the first open. */
  | { readonly kind: 'hello'; readonly nonce: Uint8Array; readonly protocol: number }
  /** Bridge: its id, the device it sees, and its signature over {@link proofBytes}. */
  | {
      readonly kind: 'proof';
      readonly bridgeId: string;
      readonly deviceId: string;
      readonly signature: Uint8Array;
    };

const roles = { hello: 0, proof: 1 } as const;

export function encodeMuxFrame(frame: MuxFrame): Uint8Array {
  return encoding.encode((encoder) => {
    if (frame.kind === 'data') {
      encoding.writeVarUint(encoder, frame.channel);
      encoding.writeUint8Array(encoder, frame.payload);
      return;
    }
    encoding.writeVarUint(encoder, 0);
    switch (frame.kind) {
      case 'open':
        encoding.writeVarUint(encoder, controlTypes.open);
        encoding.writeVarUint(encoder, frame.channel);
        encoding.writeVarString(encoder, frame.room);
        break;
      case 'close':
        encoding.writeVarUint(encoder, controlTypes.close);
        encoding.writeVarUint(encoder, frame.channel);
        encoding.writeVarUint(encoder, frame.code);
        encoding.writeVarString(encoder, frame.reason);
        break;
      case 'beat':
        encoding.writeVarUint(encoder, controlTypes.beat);
        break;
      case 'hello':
        encoding.writeVarUint(encoder, controlTypes.hello);
        encoding.writeVarUint(encoder, roles.hello);
        encoding.writeVarUint(encoder, frame.protocol);
        encoding.writeVarUint8Array(encoder, frame.nonce);
        break;
      case 'proof':
        encoding.writeVarUint(encoder, controlTypes.hello);
        encoding.writeVarUint(encoder, roles.proof);
        encoding.writeVarString(encoder, frame.bridgeId);
        encoding.writeVarString(encoder, frame.deviceId);
        encoding.writeVarUint8Array(encoder, frame.signature);
        break;
    }
  });
}

/** @throws Error for a frame that is cut short, or whose control type is unknown: the sender is closed with 1002. */
export function decodeMuxFrame(bytes: Uint8Array): MuxFrame {
  const decoder = decoding.createDecoder(bytes);
  const channel = decoding.readVarUint(decoder);
  if (channel !== 0)
    return { kind: 'data', channel, payload: decoding.readTailAsUint8Array(decoder).slice() };
  const control = decoding.readVarUint(decoder);
  switch (control) {
    case controlTypes.open:
      return {
        kind: 'open',
        channel: decoding.readVarUint(decoder),
        room: decoding.readVarString(decoder),
      };
    case controlTypes.close:
      return {
        kind: 'close',
        channel: decoding.readVarUint(decoder),
        code: decoding.readVarUint(decoder),
        reason: decoding.readVarString(decoder),
      };
    case controlTypes.beat:
      return { kind: 'beat' };
    case controlTypes.hello:
      return decodeHello(decoder);
    default:
      throw new Error(`expected a control frame of type 0 to 3, got ${String(control)}`);
  }
}

function decodeHello(decoder: decoding.Decoder): MuxFrame {
  const role = decoding.readVarUint(decoder);
  if (role === roles.hello) {
    const protocol = decoding.readVarUint(decoder);
    return { kind: 'hello', protocol, nonce: decoding.readVarUint8Array(decoder).slice() };
  }
  if (role !== roles.proof) throw new Error(`expected hello (0) or proof (1), got ${String(role)}`);
  return {
    kind: 'proof',
    bridgeId: decoding.readVarString(decoder),
    deviceId: decoding.readVarString(decoder),
    signature: decoding.readVarUint8Array(decoder).slice(),
  };
}

/**
 * What the bridge signs (ECDSA P-256, SHA-256, IEEE P1363 form) to prove its key: bound to the nonce, to the origin the page
 * was loaded from and to the device, so that no proof can be used for another.
 */
export function proofBytes(nonce: Uint8Array, origin: string, deviceId: string): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarString(encoder, 'rejoin bridge proof 1');
    encoding.writeVarUint8Array(encoder, nonce);
    encoding.writeVarString(encoder, origin);
    encoding.writeVarString(encoder, deviceId);
  });
}
