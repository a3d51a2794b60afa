import { connectionTexts as texts } from '#lib/components/messages/connection.ts';
import { assertNever } from '#lib/domain/failure.ts';
import type { PillState } from '#lib/views/connection.svelte.ts';

/** The fixed words of the connection's states. */
export function pillWords(pill: PillState): string {
  switch (pill.kind) {
    case 'on_bridge':
      return texts.onBridge;
    case 'waiting':
      return texts.changesWaiting(pill.waiting);
    case 'offline':
      return texts.offline(pill.waiting);
    case 'unreachable':
      return texts.unreachable(pill.waiting);
    case 'outdated':
      return texts.outdated;
    case 'revoked':
      return texts.revoked;
    case 'unknown':
      return texts.unknown;
    case 'wrong_bridge':
      return texts.wrongBridge;
    default:
      return assertNever(pill);
  }
}

/** For the lists of a narrow window; the whole words are the pill's name there, too. */
export function pillWordsShort(pill: PillState): string {
  switch (pill.kind) {
    case 'waiting':
      return texts.waitingShort(pill.waiting);
    case 'unreachable':
      return texts.unreachableShort(pill.waiting);
    case 'wrong_bridge':
      return texts.wrongBridgeShort;
    case 'on_bridge':
    case 'offline':
    case 'outdated':
    case 'revoked':
    case 'unknown':
      return pillWords(pill);
    default:
      return assertNever(pill);
  }
}
