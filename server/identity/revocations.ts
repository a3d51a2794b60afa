import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type * as z from 'zod/mini';
import type { DeviceId } from '#lib/domain/ids.ts';
import { revocationStatementSchema } from '#lib/sync/wire/http.ts';
import { StartFailure } from '../start-failure.ts';

export type Revocation = z.infer<typeof revocationStatementSchema>;

const fileName = 'revocations.jsonl';

/**
 * Revocations as kept beside the database: one JSON line `{deviceId, revokedAt, sig}` each, only ever appended, so that a
 * restore of the database does not bring a revoked device back.
 *
 * @throws StartFailure for a line that is none, since what it withdrew would be let in: the last one may be cut by a crash,
 *   in which case nobody was told that it holds, and it is passed over.
 */
export async function readRevocations(
  dataDirectory: string,
): Promise<ReadonlyMap<DeviceId, Revocation>> {
  const file = join(dataDirectory, fileName);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  });
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const found = new Map<DeviceId, Revocation>();
  for (const [index, line] of whole.split('\n').entries()) {
    if (line === '') continue;
    const revocation = parseLine(line);
    if (revocation === null)
      throw new StartFailure(
        `Expected one revocation per line in ${file}, and line ${String(index + 1)} is none. Put the file back from a backup.`,
      );
    found.set(revocation.deviceId, revocation);
  }
  return found;
}

function parseLine(line: string): Revocation | null {
  try {
    const parsed = revocationStatementSchema.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
