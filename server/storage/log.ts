import type { Logger } from 'pino';

/** Where a part of the bridge says what happened; a pino logger is one. */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;
