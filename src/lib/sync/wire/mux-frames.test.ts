import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeMuxFrame, encodeMuxFrame, proofBytes, type MuxFrame } from './mux-frames.ts';

const bytes = fc.uint8Array({ maxLength: 80 });
const channel = fc.integer({ min: 1, max: 2 ** 31 });
const text = fc.string({ unit: 'grapheme', maxLength: 40 });

const frame: fc.Arbitrary<MuxFrame> = fc.oneof(
  fc.record({ kind: fc.constant('data' as const), channel, payload: bytes }),
  fc.record({ kind: fc.constant('open' as const), channel, room: text }),
  fc.record({
    kind: fc.constant('close' as const),
    channel,
    code: fc.integer({ min: 1000, max: 4999 }),
    reason: text,
  }),
  fc.constant({ kind: 'beat' as const }),
  fc.record({ kind: fc.constant('hello' as const), nonce: bytes, protocol: fc.nat() }),
  fc.record({
    kind: fc.constant('proof' as const),
    bridgeId: text,
    deviceId: text,
    signature: bytes,
  }),
);

describe('frames of the socket of a tab', () => {
  test('[SY32] what is encoded is decoded as it was', () => {
    fc.assert(
      fc.property(frame, (sent) => {
        expect(decodeMuxFrame(encodeMuxFrame(sent))).toEqual(sent);
      }),
    );
  });

  test('[SY32] a control frame that is cut short throws and is never taken for another', () => {
    fc.assert(
      fc.property(frame, fc.nat(), (sent, cut) => {
        if (sent.kind === 'data') return;
        const encoded = encodeMuxFrame(sent);
        const part = encoded.slice(0, cut % encoded.length);
        expect(() => decodeMuxFrame(part)).toThrow();
      }),
    );
  });

  test('[SY32] any bytes are a frame or an error, and nothing else', () => {
    fc.assert(
      fc.property(bytes, (garbage) => {
        try {
          expect(decodeMuxFrame(garbage)).toHaveProperty('kind');
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
    );
  });

  test('[SY32] the bytes are those of docs/protocol.md', () => {
    const hex = (sent: MuxFrame): string => Buffer.from(encodeMuxFrame(sent)).toString('hex');
    expect(hex({ kind: 'open', channel: 1, room: 'tasks' })).toBe('000001057461736b73');
    expect(hex({ kind: 'close', channel: 1, code: 4403, reason: 'no' })).toBe('000101b322026e6f');
    expect(hex({ kind: 'beat' })).toBe('0002');
    expect(hex({ kind: 'hello', protocol: 1, nonce: Uint8Array.of(7) })).toBe('000300010107');
    expect(hex({ kind: 'data', channel: 300, payload: Uint8Array.of(0, 0) })).toBe('ac020000');
  });

  test('[SY20] what is signed differs for every nonce, origin and device', () => {
    const of = (nonce: number, origin: string, device: string): string =>
      Buffer.from(proofBytes(Uint8Array.of(nonce), origin, device)).toString('hex');
    const all = [of(1, 'a', 'b'), of(2, 'a', 'b'), of(1, 'ab', ''), of(1, 'a', 'c')];
    expect(new Set(all).size).toBe(all.length);
  });
});
