import type { Ambient } from '../ambient.ts';
import type { Config } from '../config.ts';
import type { Log } from '../storage/log.ts';

/** What every step of putting the bridge together has. */
export interface Assembly {
  readonly config: Config;
  readonly ambient: Ambient;
  readonly log: Log;
  readonly version: string;
  /** Takes apart in reverse what a step has begun. */
  readonly parts: AsyncDisposableStack;
}
