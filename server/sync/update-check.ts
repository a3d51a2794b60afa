import * as Y from 'yjs';
import { causalOrder } from '#lib/crdt/causal-order.ts';
import { endOf, type Deletion, type Struct, type UpdateContent } from '#lib/crdt/update-content.ts';
import { encodeUpdate } from '#lib/crdt/update-pieces.ts';

/** What of an update a document can take now. */
export type Applicability =
  | { readonly kind: 'whole' }
  /** `now` is null when nothing can be taken; `rest` lacks predecessors. */
  | { readonly kind: 'part'; readonly now: Uint8Array | null; readonly rest: Uint8Array };

/** Finds what of an update lacks predecessors in the document. */
export function applicability(doc: Y.Doc, update: UpdateContent): Applicability {
  const known = (client: number): number => Y.getState(doc.store, client);
  const { ready, blocked } = causalOrder(update.structs, known);
  const reached = reachedBy(ready);
  const stateOf = (client: number): number => reached.get(client) ?? known(client);
  const late = update.deletions.some(
    ({ client, clock, length }) => clock + length > stateOf(client),
  );
  if (blocked.length === 0 && !late) return { kind: 'whole' };
  const now: Deletion[] = [];
  const rest: Deletion[] = [];
  for (const deletion of update.deletions) {
    const { client, clock, length } = deletion;
    const cut = Math.min(Math.max(stateOf(client) - clock, 0), length);
    if (cut > 0) now.push({ client, clock, length: cut });
    if (cut < length) rest.push({ client, clock: clock + cut, length: length - cut });
  }
  return {
    kind: 'part',
    now: ready.length + now.length > 0 ? encodeUpdate(ready, now) : null,
    rest: encodeUpdate(blocked, rest),
  };
}

function reachedBy(structs: readonly Struct[]): ReadonlyMap<number, number> {
  return new Map(structs.map((struct) => [struct.id.client, endOf(struct)]));
}

/** The clients of whose content an update has something that the document lacks. */
export function newClients(doc: Y.Doc, update: UpdateContent): ReadonlySet<number> {
  return new Set(
    update.structs
      .filter(
        (struct) =>
          !(struct instanceof Y.Skip) && endOf(struct) > Y.getState(doc.store, struct.id.client),
      )
      .map(({ id }) => id.client),
  );
}
