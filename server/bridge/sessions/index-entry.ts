import type { Cancel, Scheduler } from '#lib/domain/clock.ts';
import { limits } from '#lib/domain/limits.ts';
import type { SessionInfo } from '#lib/domain/session.ts';
import type { BridgeRecord, SessionRecord } from '../../journal/session-record.ts';
import type { SessionRow, Write } from '../../storage/contract.ts';

/**
 * A session in the index of room `bridge`, in its own state, and as a row. What a person waits for is shown at once, the rest
 * (newest item, what the agent is at) at most every `limits.sessionInfoEveryMs`.
 */
export interface IndexEntry {
  readonly info: SessionInfo;
  readonly row: SessionRow;
  /** Shown soon; the row is not written. */
  touch(change: Partial<SessionInfo>): void;
  /** Shown now and written. */
  change(change: Partial<SessionInfo>, rest?: RowRest): void;
  /** Changes memory alone; the caller writes `row` in a transaction of its own and then calls `show`. */
  prepare(change: Partial<SessionInfo>, rest?: RowRest): Write;
  show(): void;
  /** What still waits to be shown is shown. */
  flush(): void;
}

type RowRest = Partial<Pick<SessionRow, 'agentSessionId' | 'modeId' | 'turns' | 'deletedAt'>>;

export function createIndexEntry(deps: {
  readonly row: SessionRow;
  readonly bridge: Pick<BridgeRecord, 'putSession'>;
  readonly record: Pick<SessionRecord, 'put'>;
  readonly commit: (batch: readonly Write[]) => Promise<void>;
  readonly scheduler: Scheduler;
  readonly onNotWritten: (error: unknown) => void;
}): IndexEntry {
  let row = deps.row;
  let shown: string | null = null;
  let cancelSoon: Cancel | null = null;

  const show = (): void => {
    cancelSoon?.();
    cancelSoon = null;
    const text = JSON.stringify(row.info);
    if (text === shown) return;
    shown = text;
    deps.bridge.putSession(row.info);
    deps.record.put('info', row.info);
  };

  const prepare = (change: Partial<SessionInfo>, rest: RowRest = {}): Write => {
    row = { ...row, ...rest, info: { ...row.info, ...change } };
    return { kind: 'session', row };
  };

  return {
    get info() {
      return row.info;
    },
    get row() {
      return row;
    },
    touch(change) {
      row = { ...row, info: { ...row.info, ...change } };
      cancelSoon ??= deps.scheduler.after(limits.sessionInfoEveryMs, show);
    },
    change(change, rest) {
      const before = JSON.stringify(row);
      const write = prepare(change, rest);
      if (JSON.stringify(row) !== before) deps.commit([write]).catch(deps.onNotWritten);
      show();
    },
    prepare,
    show,
    flush() {
      if (cancelSoon !== null) show();
    },
  };
}
