import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import { causalOrder } from './causal-order.ts';
import { readUpdate, type Deletion, type Struct } from './update-content.ts';

/** Structs in their encoded form, a run per client; runs of one piece stand for themselves (Yjs update format v1). */
interface Run {
  readonly clock: number;
  count: number;
  readonly bytes: Uint8Array[];
}

/** Encodes structs and deletions as one update; the structs of each client follow one another. */
export function encodeUpdate(
  structs: readonly Struct[],
  deletions: readonly Deletion[],
): Uint8Array {
  const piece = new Piece();
  for (const struct of structs) piece.add(struct, encodeStruct(struct));
  return piece.encode(deletions);
}

/**
 * Cuts an update into updates of at most about `bytesMax` that can be applied one after another: structs in causal order,
 * deletions last. A single value that is larger stays whole, in a piece of its own.
 */
export function splitUpdate(update: Uint8Array, bytesMax: number): readonly Uint8Array[] {
  if (update.length <= bytesMax) return [update];
  const { structs, deletions } = readUpdate(update);
  const first = new Map<number, number>();
  for (const { id } of structs) if (!first.has(id.client)) first.set(id.client, id.clock);
  // What the update begins after, and what it refers to without carrying it, is where it is going.
  const order = causalOrder(structs, (client) => first.get(client) ?? Infinity);
  if (order.blocked.length > 0) return [update];
  const pieces: Uint8Array[] = [];
  let piece = new Piece();
  for (const struct of order.ready) {
    for (const part of divided(struct, bytesMax)) {
      const bytes = encodeStruct(part);
      if (piece.size > 0 && piece.size + bytes.length > bytesMax) {
        pieces.push(piece.encode([]));
        piece = new Piece();
      }
      piece.add(part, bytes);
    }
  }
  // At most 20 bytes a deletion; a client's number once more, in case each is of another client.
  const perPiece = Math.max(1, Math.floor(bytesMax / 32));
  if (deletions.length * 32 + piece.size <= bytesMax) return [...pieces, piece.encode(deletions)];
  pieces.push(piece.encode([]));
  for (let from = 0; from < deletions.length; from += perPiece)
    pieces.push(encodeUpdate([], deletions.slice(from, from + perPiece)));
  return pieces;
}

class Piece {
  readonly #runs = new Map<number, Run>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(struct: Struct, bytes: Uint8Array): void {
    const { client, clock } = struct.id;
    const run = this.#runs.get(client) ?? { clock, count: 0, bytes: [] };
    this.#runs.set(client, run);
    run.count += 1;
    run.bytes.push(bytes);
    this.#size += bytes.length;
  }

  encode(deletions: readonly Deletion[]): Uint8Array {
    return encoding.encode((encoder) => {
      encoding.writeVarUint(encoder, this.#runs.size);
      for (const [client, run] of [...this.#runs].sort(([a], [b]) => b - a)) {
        encoding.writeVarUint(encoder, run.count);
        encoding.writeVarUint(encoder, client);
        encoding.writeVarUint(encoder, run.clock);
        for (const bytes of run.bytes) encoding.writeUint8Array(encoder, bytes);
      }
      writeDeletions(encoder, deletions);
    });
  }
}

function writeDeletions(encoder: encoding.Encoder, deletions: readonly Deletion[]): void {
  const byClient = Map.groupBy(deletions, ({ client }) => client);
  encoding.writeVarUint(encoder, byClient.size);
  for (const [client, runs] of [...byClient].sort(([a], [b]) => b - a)) {
    encoding.writeVarUint(encoder, client);
    encoding.writeVarUint(encoder, runs.length);
    for (const { clock, length } of runs) {
      encoding.writeVarUint(encoder, clock);
      encoding.writeVarUint(encoder, length);
    }
  }
}

function encodeStruct(struct: Struct): Uint8Array {
  const encoder = new Y.UpdateEncoderV1();
  struct.write(encoder, 0);
  return encoder.toUint8Array();
}

/** A struct as several when its content is a long text or list; each part refers to the one before it, as in Yjs itself. */
function* divided(struct: Struct, bytesMax: number): Generator<Struct> {
  let rest = struct;
  while (rest instanceof Y.Item) {
    const length = leadingLength(rest.content, bytesMax);
    if (length === null || length >= rest.length) break;
    const left = rest.content.copy();
    const right = left.splice(length);
    const { id, origin, rightOrigin, parent, parentSub } = rest;
    yield new Y.Item(id, null, origin, null, rightOrigin, parent, parentSub, left);
    rest = new Y.Item(
      Y.createID(id.client, id.clock + length),
      null,
      Y.createID(id.client, id.clock + length - 1),
      null,
      rightOrigin,
      parent,
      parentSub,
      right,
    );
  }
  yield rest;
}

/** How many units from the start fit; `null` for content that is one value. */
function leadingLength(content: Y.Item['content'], bytesMax: number): number | null {
  if (content instanceof Y.ContentString) {
    // A UTF-16 unit is at most three bytes of UTF-8.
    const length = Math.max(2, Math.floor(bytesMax / 3));
    const last = content.str.charCodeAt(length - 1);
    return last >= 0xd800 && last <= 0xdbff ? length - 1 : length;
  }
  if (!(content instanceof Y.ContentAny)) return null;
  const encoder = encoding.createEncoder();
  for (const [index, value] of content.arr.entries()) {
    encoding.writeAny(encoder, value);
    if (encoding.length(encoder) > bytesMax) return Math.max(1, index);
  }
  return null;
}
