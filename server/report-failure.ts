import { FailureError } from '#lib/domain/failure.ts';
import { StartFailure } from './start-failure.ts';

/**
 * Says on stderr why a command ends, once: a sentence for what a person can put right, the whole error for our own defects.
 * Sets the exit code, so that the launcher stays silent.
 */
export function reportFailure(error: unknown): void {
  process.exitCode = 1;
  const text =
    error instanceof StartFailure || error instanceof FailureError
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error);
  process.stderr.write(`rejoin: ${text}\n`);
}
