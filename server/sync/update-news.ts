import * as Y from 'yjs';
import { endOf, type Deletion, type UpdateContent } from '#lib/crdt/update-content.ts';

/**
 * Whether an update would change the document. A stock client answers every state vector with a SyncStep2 that carries its
 * whole delete set; without this question a reader would look like a writer.
 */
export function bringsNews(doc: Y.Doc, update: UpdateContent): boolean {
  return (
    update.structs.some(
      (struct) =>
        !(struct instanceof Y.Skip) && endOf(struct) > Y.getState(doc.store, struct.id.client),
    ) || update.deletions.some((deletion) => isNew(doc, deletion))
  );
}

function isNew(doc: Y.Doc, { client, clock, length }: Deletion): boolean {
  const structs = doc.store.clients.get(client);
  const end = clock + length;
  if (structs === undefined || end > Y.getState(doc.store, client)) return true;
  for (let index = Y.findIndexSS(structs, clock); index < structs.length; index += 1) {
    const struct = structs[index];
    if (struct === undefined || struct.id.clock >= end) return false;
    if (!struct.deleted) return true;
  }
  return false;
}
