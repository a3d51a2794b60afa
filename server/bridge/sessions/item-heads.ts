import type { Clock, Random } from '#lib/domain/clock.ts';
import { itemIdSchema, newName, type ItemId, type TurnId } from '#lib/domain/ids.ts';
import type { SessionRecord } from '../../journal/session-record.ts';

/** What every transcript item begins with. */
export interface ItemHead {
  readonly v: 1;
  readonly id: ItemId;
  readonly seq: number;
  readonly turnId: TurnId | null;
  readonly at: number;
}

export interface ItemHeads {
  next(turnId: TurnId | null): ItemHead;
}

/** @param onItem told the number of each new item, for "unread" */
export function createItemHeads(deps: {
  readonly record: Pick<SessionRecord, 'nextSeq'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly onItem: (seq: number) => void;
}): ItemHeads {
  return {
    next(turnId) {
      const seq = deps.record.nextSeq();
      deps.onItem(seq);
      return {
        v: 1,
        id: itemIdSchema.parse(newName(deps.random)),
        seq,
        turnId,
        at: deps.clock.now(),
      };
    },
  };
}
