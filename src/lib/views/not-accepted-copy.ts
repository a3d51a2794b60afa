import type { NotAccepted } from '#lib/sync/contract.ts';

/** A file that holds what the bridge refused: readable as it is, and complete for a program. */
export interface ExportedCopy {
  readonly name: string;
  readonly text: string;
}

/** The refused changes as a JSON file. `update` is the refused difference as a Yjs update, base64. */
export function exportedCopy(copy: NotAccepted): ExportedCopy {
  const { id, room, reason, at, changes, update } = copy;
  const file = {
    format: 'rejoin/not-accepted',
    v: 1,
    id,
    room,
    reason,
    at: new Date(at).toISOString(),
    changes: changes.map(({ kind, entity, text }) => ({ kind, entity, text })),
    update,
  };
  return {
    // Ids may come from anywhere a document came from: only what every file system takes goes into the name.
    name: `not-accepted-${id.replace(/[^A-Za-z0-9_-]+/gu, '-').slice(0, 64)}.json`,
    text: `${JSON.stringify(file, null, 2)}\n`,
  };
}
