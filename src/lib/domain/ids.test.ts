import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  commandIdSchema,
  newCommandId,
  newName,
  newUuid,
  promptIdSchema,
  sha256Schema,
} from './ids.ts';
import type { Random } from './clock.ts';

const counting: Random = {
  bytes: (length) => Uint8Array.from({ length }, (_, index) => (index * 37) & 255),
  next: () => 0.5,
};

describe('ids', () => {
  test('a command id is a UUID of version 7 that carries the time in its first 48 bits', () => {
    const id = newCommandId({ now: () => 0x0123456789ab }, counting);
    expect(id).toMatch(/^01234567-89ab-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(commandIdSchema.safeParse(id).success).toBe(true);
  });

  test('every moment and every random source gives a well-formed id', () => {
    fc.assert(
      fc.property(
        fc.nat(2 ** 47),
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        (now, bytes) => {
          const id = newUuid({ now: () => now }, { bytes: () => bytes.slice(), next: () => 0 });
          expect(commandIdSchema.safeParse(id).success).toBe(true);
        },
      ),
    );
  });

  test('a name is 22 characters that any id of that kind accepts', () => {
    const name = newName(counting);
    expect(name).toHaveLength(22);
    expect(promptIdSchema.safeParse(name).success).toBe(true);
  });

  test('what is not an id is refused', () => {
    for (const wrong of ['', 'x'.repeat(65), 'a/b', 'a b', '../x', 7, null]) {
      expect(promptIdSchema.safeParse(wrong).success).toBe(false);
    }
    expect(sha256Schema.safeParse('A'.repeat(64)).success).toBe(false);
  });
});
