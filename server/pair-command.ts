import * as z from 'zod/mini';
import { personIdSchema, sessionIdSchema } from '#lib/domain/ids.ts';
import { roles, roleSchema, type Role, type Scope } from '#lib/domain/role.ts';
import type { BridgeClient } from './bridge-client.ts';
import type { CommandLine } from './command-line.ts';
import { pairingResponseSchema, type PairingRequest } from './http/terminal-wire.ts';
import { StartFailure } from './start-failure.ts';

/** `pair`: asks the bridge for a link and prints it. */
export async function makePairingLink(
  bridge: BridgeClient,
  line: CommandLine,
  output: 'text' | 'json',
): Promise<string> {
  const person = personOf(line.value('name'), line.value('person'));
  const request: PairingRequest = {
    role: roleOf(line.value('role') ?? 'owner'),
    scope: scopeOf(line.list('session')),
    ...(person === undefined ? {} : { person }),
  };
  const link = await bridge.call('POST', '/api/pairings', pairingResponseSchema, request);
  if (output === 'json') return `${JSON.stringify(link)}\n`;
  const where =
    link.scope.kind === 'workspace'
      ? 'the whole workspace'
      : `${String(link.scope.sessions.length)} session(s)`;
  return (
    `Open this link on the device. It pairs one device as ${link.role} of ${where}, for ${link.personName}, once, within five minutes:\n\n` +
    `  ${link.url}\n`
  );
}

/** @throws StartFailure naming the roles there are */
export function roleOf(given: string): Role {
  const role = roleSchema.safeParse(given);
  if (role.success) return role.data;
  throw new StartFailure(`Expected a role (${roles.join(', ')}), got "${given}".`);
}

function scopeOf(sessions: readonly string[]): Scope {
  if (sessions.length === 0) return { kind: 'workspace' };
  const ids = z.array(sessionIdSchema).safeParse(sessions);
  if (ids.success) return { kind: 'sessions', sessions: ids.data };
  throw new StartFailure(`--session expects the id of a session, got "${sessions.join('", "')}".`);
}

function personOf(name: string | null, id: string | null): PairingRequest['person'] {
  if (name !== null && id !== null)
    throw new StartFailure('--name is for a new person and --person for a known one; give one.');
  if (name !== null) return { kind: 'new', name };
  if (id === null) return undefined;
  const known = personIdSchema.safeParse(id);
  if (known.success) return { kind: 'existing', id: known.data };
  throw new StartFailure(`--person expects the id of a person, got "${id}".`);
}
