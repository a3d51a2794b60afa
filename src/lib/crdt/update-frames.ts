import * as Y from 'yjs';

type Decoded = ReturnType<typeof Y.decodeUpdate>;
type Struct = Decoded['structs'][number];
type Deletions = Decoded['ds'];

/**
 * Cuts an update into updates of about `bytesMax` each, so that years of edits fit through a socket that limits its frames.
 * Applied in order they give what the whole gives, and each needs only what comes before it: a struct is in no earlier frame than
 * what it refers to. The deletions are in the last one.
 *
 * A single struct is never cut, so one that is larger makes a larger frame; an update with gaps stays whole.
 *
 * @returns at least one update
 */
export function updateFrames(update: Uint8Array, bytesMax: number): readonly Uint8Array[] {
  if (update.byteLength <= bytesMax) return [update];
  const { structs, ds } = Y.decodeUpdate(update);
  if (structs.some((struct) => struct instanceof Y.Skip)) return [update];
  const frames: Uint8Array[] = [];
  let run: Struct[] = [];
  let bytes = 0;
  for (const struct of inOrderOfNeed(structs)) {
    const size = sizeOf(struct);
    if (bytes + size > bytesMax && run.length > 0) {
      frames.push(encode(run, null));
      run = [];
      bytes = 0;
    }
    run.push(struct);
    bytes += size;
  }
  frames.push(encode(run, ds));
  return frames;
}

/** Structs by client in order of their clocks, each after all that it names and that is in the update. */
function* inOrderOfNeed(structs: readonly Struct[]): Generator<Struct> {
  const byClient = Map.groupBy(structs, (struct) => struct.id.client);
  const next = new Map<number, number>([...byClient.keys()].map((client) => [client, 0]));
  const peek = (client: number): Struct | undefined =>
    byClient.get(client)?.[next.get(client) ?? 0];
  const isMissing = (id: Y.ID): boolean => {
    const first = peek(id.client);
    return first !== undefined && id.clock >= first.id.clock;
  };
  for (const begin of byClient.keys()) {
    const stack = [begin];
    for (let client = stack.at(-1); client !== undefined; client = stack.at(-1)) {
      const struct = peek(client);
      if (struct === undefined) {
        stack.pop();
        continue;
      }
      const missing = namedBy(struct).find((id) => id.client !== client && isMissing(id));
      if (missing !== undefined && !stack.includes(missing.client)) {
        stack.push(missing.client);
        continue;
      }
      next.set(client, (next.get(client) ?? 0) + 1);
      yield struct;
    }
  }
}

function namedBy(struct: Struct): readonly Y.ID[] {
  if (!(struct instanceof Y.Item)) return [];
  const named: unknown[] = [struct.origin, struct.rightOrigin, struct.parent];
  return named.filter((id) => id instanceof Y.ID);
}

function sizeOf(struct: Struct): number {
  const encoder = new Y.UpdateEncoderV1();
  struct.write(encoder, 0);
  return encoder.toUint8Array().byteLength;
}

/** The v1 form of an update (yjs/src/utils/encoding.js); `writeClient` writes any unsigned integer. */
function encode(structs: readonly Struct[], deletions: Deletions | null): Uint8Array {
  const encoder = new Y.UpdateEncoderV1();
  const byClient = Map.groupBy(structs, (struct) => struct.id.client);
  encoder.writeClient(byClient.size);
  for (const [client, run] of byClient) {
    encoder.writeClient(run.length);
    encoder.writeClient(client);
    encoder.writeClient(run[0]?.id.clock ?? 0);
    for (const struct of run) struct.write(encoder, 0);
  }
  const deleted = deletions?.clients ?? new Map<number, never[]>();
  encoder.writeClient(deleted.size);
  for (const [client, ranges] of deleted) {
    encoder.resetDsCurVal();
    encoder.writeClient(client);
    encoder.writeClient(ranges.length);
    for (const range of ranges) {
      encoder.writeDsClock(range.clock);
      encoder.writeDsLen(range.len);
    }
  }
  return encoder.toUint8Array();
}
