import * as Y from 'yjs';
import { limits } from '#lib/domain/limits.ts';

export type Struct = Y.Item | Y.GC | Y.Skip;

/** A run of deleted content: `length` units of what `client` wrote, from `clock` on. */
export interface Deletion {
  readonly client: number;
  readonly clock: number;
  readonly length: number;
}

/** What a Yjs v1 update says, before it touches a document. */
export interface UpdateContent {
  readonly structs: readonly Struct[];
  readonly deletions: readonly Deletion[];
}

/** An update that no honest client sends; nothing of it was applied. */
export class InvalidUpdate extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'InvalidUpdate';
  }
}

export const endOf = (struct: Struct): number => struct.id.clock + struct.length;

/**
 * Decodes an update and checks its structure, its lengths and that the clocks of each client follow one another. Yjs itself
 * applies part of a damaged update before it throws; what passes here does not make it throw in practice (and the document
 * is rebuilt if it does).
 *
 * @throws InvalidUpdate
 */
export function readUpdate(update: Uint8Array): UpdateContent {
  let decoded: ReturnType<typeof Y.decodeUpdate>;
  try {
    decoded = Y.decodeUpdate(update);
  } catch (cause) {
    throw new InvalidUpdate('expected a Yjs v1 update, but it cannot be decoded', { cause });
  }
  checkClocks(decoded.structs);
  for (const struct of decoded.structs) checkStruct(struct);
  return { structs: decoded.structs, deletions: [...deletionsOf(decoded.ds.clients)] };
}

function checkClocks(structs: readonly Struct[]): void {
  const finished = new Set<number>();
  let current: Struct | null = null;
  for (const struct of structs) {
    const { client, clock } = struct.id;
    if (current !== null && current.id.client === client) {
      if (clock !== endOf(current))
        throw new InvalidUpdate(
          `expected clock ${String(endOf(current))} of client ${String(client)}, got ${String(clock)}`,
        );
    } else {
      if (current !== null) finished.add(current.id.client);
      if (finished.has(client))
        throw new InvalidUpdate(`expected the structs of client ${String(client)} in one run`);
    }
    current = struct;
  }
}

function checkStruct(struct: Struct): void {
  const { client, clock } = struct.id;
  if (struct.length < 1 || struct.length > limits.structLengthMax)
    throw new InvalidUpdate(
      `expected a length of 1 to ${String(limits.structLengthMax)}, got ${String(struct.length)}`,
    );
  if (!Number.isSafeInteger(endOf(struct)))
    throw new InvalidUpdate(`expected a clock below 2^53, got ${String(clock)}`);
  for (const id of dependenciesOf(struct))
    if (id.client === client && id.clock >= clock)
      throw new InvalidUpdate(
        `expected clock ${String(clock)} of client ${String(client)} to follow what it refers to`,
      );
}

/** The entries that must be in the document before this one can be placed. */
export function dependenciesOf(struct: Struct): readonly Y.ID[] {
  if (!(struct instanceof Y.Item)) return [];
  // A decoded item has an ID, a root's name or nothing where an integrated one has its parent type.
  const parent: unknown = struct.parent;
  return [struct.origin, struct.rightOrigin, parent instanceof Y.ID ? parent : null].filter(
    (id) => id !== null,
  );
}

function* deletionsOf(
  clients: ReadonlyMap<number, readonly { readonly clock: number; readonly len: number }[]>,
): Generator<Deletion> {
  for (const [client, runs] of clients) {
    for (const { clock, len } of runs) {
      if (!Number.isSafeInteger(clock + len))
        throw new InvalidUpdate(`expected a deletion below clock 2^53, got ${String(clock)}`);
      if (len > 0) yield { client, clock, length: len };
    }
  }
}
