import { queueTexts as texts } from '#lib/components/messages/queue.ts';
import type { SessionId } from '#lib/domain/ids.ts';
import { parseRoomName } from '#lib/domain/room.ts';
import type { NotAcceptedCopy } from '#lib/views/queue.svelte.ts';

/** The document of a copy in words; a room that this build does not know is shown by its name. */
export function copyPlace(
  { room: name }: NotAcceptedCopy,
  titleOf: (session: SessionId) => string,
): string {
  const room = parseRoomName(name);
  if (room === null) return name;
  const words = texts.room[room.kind];
  return 'sessionId' in room ? texts.roomOf(words, titleOf(room.sessionId)) : words;
}
