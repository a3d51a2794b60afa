import fc from 'fast-check';
import * as decoding from 'lib0/decoding';
import { describe, expect, test } from 'vitest';
import { decodeRoomMessage, encodeRoomMessage, type RoomMessage } from './ack-frames.ts';

const count = fc.nat();
const text = fc.string({ unit: 'grapheme', maxLength: 40 });

const message: fc.Arbitrary<RoomMessage> = fc.oneof(
  fc.record({ type: fc.constant('mark' as const), n: count }),
  fc.record({ type: fc.constant('ack' as const), n: count, epoch: text, seq: count }),
  fc.record({ type: fc.constant('position' as const), epoch: text, seq: count, held: count }),
  fc.record({ type: fc.constant('refusal' as const), n: count, reason: text }),
);

function decode(frame: Uint8Array): RoomMessage | null {
  const decoder = decoding.createDecoder(frame);
  return decodeRoomMessage(decoding.readVarUint(decoder), decoder);
}

describe('our messages in a room', () => {
  test('[SY32] what is encoded is decoded as it was', () => {
    fc.assert(
      fc.property(message, (sent) => {
        expect(decode(encodeRoomMessage(sent))).toEqual(sent);
      }),
    );
  });

  test('[SY32] a message that is cut short throws, but that an acknowledgement cut after its number is a mark', () => {
    fc.assert(
      fc.property(message, fc.nat(), (sent, cut) => {
        const encoded = encodeRoomMessage(sent);
        const part = encoded.slice(0, cut % encoded.length);
        try {
          const decoded = decode(part);
          expect(sent.type).toBe('ack');
          expect(decoded).toEqual({ type: 'mark', n: sent.type === 'ack' ? sent.n : -1 });
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
    );
  });

  test('[SY31] types that are not ours are left to others', () => {
    for (const type of [0, 1, 2, 3, 99, 103, 200])
      expect(decodeRoomMessage(type, decoding.createDecoder(new Uint8Array()))).toBeNull();
  });

  test('[SY32] the bytes are those of docs/protocol.md', () => {
    const hex = (sent: RoomMessage): string => Buffer.from(encodeRoomMessage(sent)).toString('hex');
    expect(hex({ type: 'mark', n: 3 })).toBe('6403');
    expect(hex({ type: 'ack', n: 3, epoch: 'ab', seq: 300 })).toBe('6403026162ac02');
    expect(hex({ type: 'position', epoch: 'ab', seq: 1, held: 2 })).toBe('650261620102');
    expect(hex({ type: 'refusal', n: 4, reason: 'no' })).toBe('6604026e6f');
  });
});
