import * as Y from 'yjs';
import { causalOrder } from './causal-order.ts';
import { readUpdate, type Deletion, type Struct } from './update-content.ts';

/** Encodes structs and deletions as one Yjs v1 update; the structs of each client follow one another. */
export function encodeUpdate(
  structs: readonly Struct[],
  deletions: readonly Deletion[],
): Uint8Array {
  const encoder = new Y.UpdateEncoderV1();
  // Yjs exports no writer of plain numbers: a client id is one, and a clock and a count are written in the same way.
  const writeNumber = (value: number): void => {
    encoder.writeClient(value);
  };
  const runs = [...Map.groupBy(structs, ({ id }) => id.client)].sort(([a], [b]) => b - a);
  writeNumber(runs.length);
  for (const [client, run] of runs) {
    writeNumber(run.length);
    encoder.writeClient(client);
    writeNumber(run[0]?.id.clock ?? 0);
    for (const struct of run) struct.write(encoder, 0);
  }
  const deleted = [...Map.groupBy(deletions, ({ client }) => client)].sort(([a], [b]) => b - a);
  writeNumber(deleted.length);
  for (const [client, ranges] of deleted) {
    encoder.resetDsCurVal();
    writeNumber(client);
    writeNumber(ranges.length);
    for (const { clock, length } of ranges) {
      encoder.writeDsClock(clock);
      encoder.writeDsLen(length);
    }
  }
  return encoder.toUint8Array();
}

/**
 * Cuts an update into updates of at most about `bytesMax`, so that years of edits fit through a socket that bounds its frames.
 * Each can be applied when those before it were: structs come after what they refer to, deletions last. A single value that
 * is larger stays whole, in a piece of its own; an update with gaps stays whole.
 *
 * @returns at least one update
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
  let piece: Struct[] = [];
  let bytes = 0;
  for (const part of order.ready.flatMap((struct) => [...divided(struct, bytesMax)])) {
    const size = sizeOf(part);
    if (bytes > 0 && bytes + size > bytesMax) {
      pieces.push(encodeUpdate(piece, []));
      piece = [];
      bytes = 0;
    }
    piece.push(part);
    bytes += size;
  }
  if (bytes + deletions.length * deletionBytesMax <= bytesMax)
    return [...pieces, encodeUpdate(piece, deletions)];
  pieces.push(encodeUpdate(piece, []));
  const perPiece = Math.max(1, Math.floor(bytesMax / deletionBytesMax));
  for (let from = 0; from < deletions.length; from += perPiece)
    pieces.push(encodeUpdate([], deletions.slice(from, from + perPiece)));
  return pieces;
}

/** Clock and length of a deletion, and its client in case each is of another. */
const deletionBytesMax = 32;

function sizeOf(struct: Struct): number {
  const encoder = new Y.UpdateEncoderV1();
  struct.write(encoder, 0);
  return encoder.toUint8Array().length;
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

/** How many units from the start fit; `null` for content that fits or is one value. */
function leadingLength(content: Y.Item['content'], bytesMax: number): number | null {
  if (content instanceof Y.ContentString) {
    // A UTF-16 unit is at most three bytes of UTF-8.
    const length = Math.max(2, Math.floor(bytesMax / 3));
    const last = content.str.charCodeAt(length - 1);
    return last >= 0xd800 && last <= 0xdbff ? length - 1 : length;
  }
  if (!(content instanceof Y.ContentAny)) return null;
  let bytes = 0;
  for (const [index, value] of content.arr.entries()) {
    const encoder = new Y.UpdateEncoderV1();
    encoder.writeAny(value);
    bytes += encoder.toUint8Array().length;
    if (bytes > bytesMax) return Math.max(1, index);
  }
  return null;
}
