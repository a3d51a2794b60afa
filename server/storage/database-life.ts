import type { Epoch } from '#lib/domain/ids.ts';
import type { DatabaseLife } from './contract.ts';
import type { FoundMark } from './high-water-mark.ts';

/** What the database says of itself; `null` where it is new. */
export interface StoredLife {
  readonly epoch: Epoch;
  readonly paused: boolean;
  readonly allocated: number;
  readonly position: number;
}

export interface Beginning {
  readonly life: DatabaseLife;
  /** The sequence goes on above everything that was ever given out, in whichever epoch. */
  readonly allocated: number;
  readonly position: number;
  /** Why a new epoch had to begin, for the log; `null` when none did. */
  readonly because: string | null;
}

/**
 * Tells a database that goes on from one that was put back, replaced or lost. It goes on only when it has the mark's epoch
 * and has reached the mark; anything else begins a new epoch, paused, so that nothing is done twice on the strength of an
 * older memory.
 */
export function beginLife(stored: StoredLife | null, mark: FoundMark, fresh: Epoch): Beginning {
  if (stored === null) {
    if (mark.kind === 'absent')
      return {
        life: { epoch: fresh, kind: 'begun', paused: false },
        allocated: 0,
        position: 0,
        because: null,
      };
    return restored(null, mark, fresh, 'the database is gone, but its high-water mark is there');
  }
  const reason = notContinued(stored, mark);
  if (reason !== null) return restored(stored, mark, fresh, reason);
  return {
    life: { epoch: stored.epoch, kind: 'continued', paused: stored.paused },
    allocated: stored.allocated,
    position: stored.position,
    because: null,
  };
}

function notContinued(stored: StoredLife, mark: FoundMark): string | null {
  switch (mark.kind) {
    case 'absent':
      // Made, and stopped before the first mark: nothing was ever committed.
      return stored.allocated === 0 ? null : 'the database is there without its high-water mark';
    case 'unreadable':
      return 'the high-water mark cannot be read';
    case 'mark':
      if (mark.mark.epoch !== stored.epoch)
        return `the database is of epoch ${stored.epoch}, the high-water mark of ${mark.mark.epoch}`;
      if (stored.allocated < mark.mark.allocated)
        return `the database reached ${String(stored.allocated)}, but ${String(mark.mark.allocated)} had been reached before`;
      return null;
  }
}

function restored(
  stored: StoredLife | null,
  mark: FoundMark,
  fresh: Epoch,
  because: string,
): Beginning {
  const marked = mark.kind === 'mark' ? mark.mark.allocated : 0;
  return {
    life: { epoch: fresh, kind: 'restored', paused: true },
    allocated: Math.max(stored?.allocated ?? 0, marked),
    position: stored?.position ?? 0,
    because,
  };
}
