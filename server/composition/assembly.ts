import type { Ambient } from '../ambient.ts';
import type { Config } from '../config.ts';
import type { Log } from '../storage/log.ts';

/** What every step of putting the bridge together has. */
export interface Assembly {
  readonly config: Config;
  readonly ambient: Ambient;
  readonly log: Log;
  readonly version: string;
  /** Bound of the database in pages of 4 KiB; reaching it is like a full disk. Without it the disk is the bound. */
  readonly databasePagesMax?: number;
  /** Takes apart in reverse what a step has begun. */
  readonly parts: AsyncDisposableStack;
}
