import * as encoding from 'lib0/encoding';
import { messageTypes } from '#lib/sync/wire/protocol.ts';
import { limits } from '#lib/domain/limits.ts';
import { splitUpdate } from '#lib/crdt/update-pieces.ts';

/** Kinds of sync message (y-protocols). */
export const syncTypes = { step1: 0, step2: 1, update: 2 } as const;

const syncFrame = (kind: number, payload: Uint8Array): Uint8Array =>
  encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, messageTypes.sync);
    encoding.writeVarUint(encoder, kind);
    encoding.writeVarUint8Array(encoder, payload);
  });

export const stateVectorFrame = (stateVector: Uint8Array): Uint8Array =>
  syncFrame(syncTypes.step1, stateVector);

/** An update as one frame, or as several where it is too large for one. */
export const updateFrames = (update: Uint8Array): readonly Uint8Array[] =>
  splitUpdate(update, limits.stateFrameBytesMax).map((piece) => syncFrame(syncTypes.update, piece));

/** The answer to a state vector: the last of the frames is the SyncStep2, by which a client knows that it has all. */
export function stateFrames(update: Uint8Array): readonly Uint8Array[] {
  const pieces = splitUpdate(update, limits.stateFrameBytesMax);
  return pieces.map((piece, index) =>
    syncFrame(index === pieces.length - 1 ? syncTypes.step2 : syncTypes.update, piece),
  );
}

export const awarenessFrame = (update: Uint8Array): Uint8Array =>
  encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, messageTypes.awareness);
    encoding.writeVarUint8Array(encoder, update);
  });

/** An awareness frame of no entries: stock clients count any frame as a sign of life. */
export const emptyAwarenessFrame: Uint8Array = awarenessFrame(Uint8Array.of(0));
