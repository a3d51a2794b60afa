const signatures: readonly (readonly [type: string, bytes: readonly number[], at?: number])[] = [
  ['image/png', [0x89, 0x50, 0x4e, 0x47]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
  ['image/gif', [0x47, 0x49, 0x46, 0x38]],
  ['image/webp', [0x57, 0x45, 0x42, 0x50], 8],
];

/** The type of an image by its first bytes, which say more than a name does; `null` for what is not shown as one. */
export function imageType(bytes: Uint8Array): string | null {
  const found = signatures.find(([, signature, at = 0]) =>
    signature.every((byte, index) => bytes[at + index] === byte),
  );
  return found?.[0] ?? null;
}
