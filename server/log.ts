import pino, { type Logger } from 'pino';

/**
 * Lines of JSON on stderr; stdout belongs to what the command prints. Credentials are never put into a line, and names that
 * would hold one are blanked besides.
 */
export function openLog(level: 'debug' | 'info' | 'warn'): Logger {
  const secrets = ['token', 'secret', 'tokenHash', 'authorization', 'cookie'];
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: secrets.flatMap((name) => [name, `*.${name}`]), censor: '[hidden]' },
    },
    pino.destination({ dest: 2, sync: true }),
  );
}
