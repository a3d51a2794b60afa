/**
 * One rule of a seam, runnable anywhere: by Vitest over an implementation in memory, and inside a page over the browser's own.
 * It fails by throwing.
 */
export interface Case<Subject> {
  readonly name: string;
  run(subject: Subject): Promise<void>;
}

/** @throws Error with both values unless they are equal in depth */
export function assertEqual(actual: unknown, expected: unknown): void {
  const found = shown(actual);
  const wanted = shown(expected);
  if (found !== wanted) throw new Error(`expected ${wanted}, got ${found}`);
}

const shown = (value: unknown): string =>
  value === undefined
    ? 'undefined'
    : JSON.stringify(value, (_key, part: unknown) =>
        part instanceof Uint8Array ? { bytes: [...part] } : part,
      );
