import type { ControlHandler, ControlOutcome } from '../journal/contract.ts';
import type { DeviceRow } from '../storage/contract.ts';
import type { Directory } from './directory.ts';

const refused = (message: string): ControlOutcome => ({ state: 'refused', message, writes: [] });

/** `device.role`: what a device may do from now on. Its sockets stay open; every frame of them is judged by the new role. */
export function deviceRoleHandler(directory: Directory): ControlHandler<'device.role'> {
  return ({ params: { deviceId, role } }) => {
    const device = directory.device(deviceId);
    if (device === null || device.revokedAt !== null)
      return refused(`No paired device has the id ${deviceId}.`);
    if (device.kind === 'terminal')
      return refused('The terminal of the bridge stays an owner: it can do anything there anyway.');
    if (device.role === role)
      return { state: 'done', message: `${device.name} was ${role} before.`, writes: [] };
    if (role === 'owner' && device.scope.kind === 'sessions')
      return refused(
        `${device.name} is a guest of single sessions; an owner has the whole workspace.`,
      );
    if (isLastOwner(directory, device))
      return refused(`${device.name} is the last owner. Make another device an owner first.`);
    const row: DeviceRow = { ...device, role };
    return {
      state: 'done',
      message: `${device.name} is ${role} now; it was ${device.role}.`,
      writes: [{ kind: 'device', row }],
      effect: () => {
        directory.putDevice(row);
      },
    };
  };
}

function isLastOwner(directory: Directory, device: DeviceRow): boolean {
  const owners = directory.owners();
  return owners.length === 1 && owners[0]?.id === device.id;
}
