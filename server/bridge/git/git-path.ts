/** A path as git gave it: bytes decide, text is for people. */
export interface GitPath {
  readonly bytes: Buffer;
  /** `null` when the bytes are not UTF-8. */
  readonly text: string | null;
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function gitPath(bytes: Buffer): GitPath {
  try {
    return { bytes, text: strict.decode(bytes) };
  } catch {
    return { bytes, text: null };
  }
}

/** A key for maps: one character per byte, so that two paths are equal exactly when their bytes are. */
export const keyOfPath = (path: GitPath): string => path.bytes.toString('latin1');

/** The parts of output that ends each record with NUL. A last part without its NUL was cut off and is left out. */
export function nulParts(output: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  let start = 0;
  for (let end = output.indexOf(0, start); end !== -1; end = output.indexOf(0, start)) {
    parts.push(output.subarray(start, end));
    start = end + 1;
  }
  return parts;
}
