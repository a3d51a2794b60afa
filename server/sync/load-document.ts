import * as Y from 'yjs';
import { reasonOf } from '#lib/domain/failure.ts';
import { writerOf, type Room, type RoomName } from '#lib/domain/room.ts';
import { RoomDamaged, type StoredRoom } from '../storage/contract.ts';

/**
 * A room's document from its rows.
 *
 * @param bridgeClientId the client id that this process has in the rooms that the bridge writes: one per life, so that state
 *   vectors do not grow with every time a room was loaded
 * @throws RoomDamaged when a row is no update any more
 */
export function loadDocument(
  room: Room,
  name: RoomName,
  stored: StoredRoom,
  bridgeClientId: number,
): Y.Doc {
  const doc = new Y.Doc({ gc: true });
  try {
    doc.transact(() => {
      for (const update of stored.updates) Y.applyUpdate(doc, update);
    });
  } catch (error) {
    throw new RoomDamaged(
      name,
      `expected the rows of room ${name} to be Yjs updates: ${reasonOf(error)}`,
    );
  }
  if (writerOf(room) === 'bridge') doc.clientID = bridgeClientId;
  return doc;
}
