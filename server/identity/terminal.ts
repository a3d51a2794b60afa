import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import type { Clock, Random } from '#lib/domain/clock.ts';
import { deviceIdSchema, newName } from '#lib/domain/ids.ts';
import type { DeviceRow, Storage, Write } from '../storage/contract.ts';
import type { Directory } from './directory.ts';
import { newPerson } from './pairing.ts';
import { writePrivateFile } from './private-file.ts';
import { hashOf, newSecret } from './secrets.ts';

/**
 * How the bridge's own command line reaches it: `<data>/terminal.json`, readable by the owner of the data directory alone.
 * `certificate` is what a bridge with TLS answers with, so that the token goes to no other program on its port.
 */
const terminalFileSchema = z.object({
  url: z.string(),
  token: z.string(),
  pid: z.number(),
  certificate: z.nullable(z.string()),
});
export type TerminalFile = z.infer<typeof terminalFileSchema>;

const pathIn = (dataDirectory: string): string => join(dataDirectory, 'terminal.json');

export const writeTerminalFile = (dataDirectory: string, content: TerminalFile): Promise<void> =>
  writePrivateFile(pathIn(dataDirectory), `${JSON.stringify(content)}\n`);

export const removeTerminalFile = (dataDirectory: string): Promise<void> =>
  rm(pathIn(dataDirectory), { force: true });

/** @returns `null` when no bridge that runs has left one */
export async function readTerminalFile(dataDirectory: string): Promise<TerminalFile | null> {
  try {
    const parsed = terminalFileSchema.safeParse(
      JSON.parse(await readFile(pathIn(dataDirectory), 'utf8')),
    );
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

export interface TerminalParts {
  readonly storage: Pick<Storage, 'commit'>;
  readonly directory: Directory;
  readonly clock: Clock;
  readonly random: Random;
  /** Name of the account that the bridge runs as; its human is the workspace's first person. */
  readonly accountName: string;
}

/**
 * The device that stands for the bridge's terminal, with a token that is new at every start. Whoever can read the data
 * directory owns the bridge anyway; this gives that person a name and the gate no exception.
 */
export async function openTerminalDevice({
  storage,
  directory,
  clock,
  random,
  accountName,
}: TerminalParts): Promise<{ readonly device: DeviceRow; readonly token: string }> {
  const before = directory.devices.find((row) => row.kind === 'terminal');
  const person =
    (before === undefined ? null : directory.person(before.personId)) ??
    newPerson(directory, clock, random, accountName);
  const token = newSecret(random);
  const device: DeviceRow = {
    id: before?.id ?? deviceIdSchema.parse(newName(random)),
    personId: person.id,
    name: 'Terminal',
    role: 'owner',
    scope: { kind: 'workspace' },
    kind: 'terminal',
    tokenHash: hashOf(token),
    publicKey: null,
    pairedAt: before?.pairedAt ?? clock.now(),
    revokedAt: null,
  };
  const writes: Write[] = [
    { kind: 'person', row: person },
    { kind: 'device', row: device },
  ];
  await storage.commit(writes);
  directory.putPerson(person);
  directory.putDevice(device);
  return { device, token };
}
