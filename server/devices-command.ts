import type { Command } from '#lib/domain/command.ts';
import { deviceIdSchema, newCommandId } from '#lib/domain/ids.ts';
import { commandResponseSchema, meResponseSchema } from '#lib/sync/wire/http.ts';
import type { Ambient } from './ambient.ts';
import type { BridgeClient } from './bridge-client.ts';
import { devicesResponseSchema, type DevicesResponse } from './http/terminal-wire.ts';
import { roleOf } from './pair-command.ts';
import { StartFailure } from './start-failure.ts';

/** `devices`: a table, or the bridge's answer as it is. */
export async function listDevices(bridge: BridgeClient, output: 'text' | 'json'): Promise<string> {
  const answer = await bridge.call('GET', '/api/devices', devicesResponseSchema);
  return output === 'json' ? `${JSON.stringify(answer)}\n` : tableOf(answer);
}

function tableOf({ devices }: DevicesResponse): string {
  const rows = [
    ['ID', 'NAME', 'PERSON', 'PERSON ID', 'ROLE', 'SCOPE', 'KIND'],
    ...devices.map((device) => [
      device.id,
      printable(device.name),
      printable(device.personName),
      device.personId,
      device.revokedAt === null ? device.role : 'revoked',
      device.scope.kind === 'workspace' ? 'workspace' : device.scope.sessions.join(' '),
      device.kind,
    ]),
  ];
  const widths = rows[0]?.map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows
    .map((row) => row.map((cell, column) => cell.padEnd(widths?.[column] ?? 0)).join('  '))
    .map((text) => `${text.trimEnd()}\n`)
    .join('');
}

/** Names come from devices; in a terminal a control character could pretend to be anything. */
const printable = (name: string): string => name.replace(/\p{Cc}/gu, '\u{fffd}');

/** `devices role`: a command like those of any device, so that it is in the journal like theirs. */
export async function setDeviceRole(
  bridge: BridgeClient,
  { clock, random }: Pick<Ambient, 'clock' | 'random'>,
  deviceId: string,
  role: string,
): Promise<string> {
  const id = deviceIdSchema.safeParse(deviceId);
  if (!id.success) throw new StartFailure(`Expected the id of a device, got "${deviceId}".`);
  const params = { deviceId: id.data, role: roleOf(role) };
  const { epoch, seq } = await bridge.call('GET', '/api/me', meResponseSchema);
  const command: Command = {
    v: 1,
    id: newCommandId(clock, random),
    kind: 'device.role',
    params,
    expects: [],
    seen: { epoch, seq },
    createdAt: clock.now(),
  };
  const { state, message } = await bridge.call(
    'POST',
    '/api/commands',
    commandResponseSchema,
    command,
  );
  if (state !== 'done') throw new StartFailure(message ?? `The bridge answered: ${state}.`);
  return `${printable(message ?? 'Done.')}\n`;
}
