import type { Identity } from './contract.ts';
import { parseRoomName, roomName, writerOf, type Room, type RoomName } from '#lib/domain/room.ts';

const prefixOf = (identity: Pick<Identity, 'bridgeId'>): string => `rejoin:${identity.bridgeId}:`;

/**
 * The name of a document's copy on this device. A room that the bridge writes has one copy per epoch: in a new epoch an empty one
 * begins, and the old one stays as it was.
 */
export const databaseName = (
  identity: Pick<Identity, 'bridgeId' | 'epoch'>,
  room: Room,
): string => {
  const name = prefixOf(identity) + roomName(room);
  return writerOf(room) === 'bridge' ? `${name}@${identity.epoch}` : name;
};

/** The prefix of all copies that belong to one bridge. */
export const databasePrefix = prefixOf;

/** The rooms that devices write among database names. */
export function deviceWrittenRooms(
  identity: Pick<Identity, 'bridgeId'>,
  names: readonly string[],
): readonly RoomName[] {
  const prefix = prefixOf(identity);
  return names.flatMap((name) => {
    const room = name.startsWith(prefix) ? parseRoomName(name.slice(prefix.length)) : null;
    return room !== null && writerOf(room) === 'devices' ? [roomName(room)] : [];
  });
}
