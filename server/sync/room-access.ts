import { assertNever } from '#lib/domain/failure.ts';
import type { Principal } from '#lib/domain/role.ts';
import { mayRead, mayWrite, type Room } from '#lib/domain/room.ts';
import { closeCodes } from '#lib/sync/wire/protocol.ts';
import { RoomClosed } from './room-closed.ts';
import type { RoomDirectory } from './room-directory.ts';

/**
 * Whether a device gets into a room. What it may not read it learns nothing about, not even whether it exists.
 *
 * @throws RoomClosed with the code that it is closed with
 */
export function checkAccess(directory: RoomDirectory, principal: Principal, room: Room): void {
  if (!mayRead(principal, room))
    throw new RoomClosed(closeCodes.notAllowed, 'this device may not read this document');
  const status = directory.status(room);
  switch (status) {
    case 'open':
      return;
    case 'absent':
      // A session that was begun offline reaches the bridge by its documents or by its command, whichever is first.
      if (beginsSession(principal, room)) return;
      throw new RoomClosed(closeCodes.deleted, 'the bridge knows no such document');
    case 'deleted':
      throw new RoomClosed(closeCodes.deleted, 'this document was deleted');
    case 'sealed':
      throw new RoomClosed(closeCodes.sealed, 'this segment is sealed: its items are a blob');
    case 'later':
      throw new RoomClosed(closeCodes.tryAgain, 'this segment is not begun');
    default:
      assertNever(status);
  }
}

function beginsSession(principal: Principal, room: Room): boolean {
  switch (room.kind) {
    case 'session':
    case 'review':
      return mayWrite(principal, { kind: 'session', sessionId: room.sessionId });
    case 'state':
    case 'transcript':
      return principal.role === 'owner' || principal.role === 'editor';
    default:
      return false;
  }
}
