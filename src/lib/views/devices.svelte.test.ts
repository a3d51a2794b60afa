import { describe, expect, test } from 'vitest';
import {
  anIdentity,
  ilse,
  laptop,
  mara,
  phone,
  sessionId,
} from '../../../tests/fixtures/conversation.ts';
import { aDevice, aWorkspace } from '../../../tests/fixtures/workspace-pages.ts';
import { deviceIdSchema } from '#lib/domain/ids.ts';
import type { Role } from '#lib/domain/role.ts';
import { Devices, type ShownDevice } from './devices.svelte.ts';

const tablet = deviceIdSchema.parse('tablet');

function someDevices(role: Role = 'owner') {
  const all = aWorkspace(anIdentity({ role }));
  all.device(aDevice(laptop, { role, pairedAt: 2 }));
  const devices = new Devices(all.workspace, all.documents);
  const find = (id: ShownDevice['id']): ShownDevice => {
    const found = devices.people.flatMap((each) => each.devices).find((each) => each.id === id);
    if (found === undefined) throw new Error(`expected the device ${id}`);
    return found;
  };
  return { ...all, devices, find };
}

test('people come in order of joining, their devices in order of pairing, withdrawn ones last', () => {
  const { devices, device } = someDevices();
  device(aDevice(phone, { personId: mara }));
  device(aDevice(tablet, { pairedAt: 1, revokedAt: 3 }));
  expect(
    devices.people.map(({ person, devices: owned }) => [person.name, owned.map(({ id }) => id)]),
  ).toEqual([
    ['Ilse Brandt', [laptop, tablet]],
    ['Mara Lindqvist', [phone]],
  ]);
  expect(devices.people[0]?.devices[0]).toMatchObject({ here: true, asked: null });
  expect(devices.people[1]?.person.id).not.toBe(ilse);
});

describe('who may be given which role', () => {
  test('an owner gives an editor any role', () => {
    const { devices, device, find } = someDevices();
    device(aDevice(phone, { role: 'editor' }));
    for (const role of ['owner', 'editor', 'reviewer', 'viewer'] as const)
      expect(devices.hindrance(find(phone), role)).toBeNull();
  });

  test('the last owner stays one; the bridge’s terminal does not count', () => {
    const { devices, device, find } = someDevices();
    device(aDevice(tablet, { kind: 'terminal' }));
    expect(devices.hindrance(find(laptop), 'editor')).toBe('last_owner');
    expect(devices.hindrance(find(laptop), 'owner')).toBeNull();
    device(aDevice(phone));
    expect(devices.hindrance(find(laptop), 'editor')).toBeNull();
  });

  test('a withdrawn owner does not count either', () => {
    const { devices, device, find } = someDevices();
    device(aDevice(phone, { revokedAt: 3 }));
    expect(devices.hindrance(find(laptop), 'viewer')).toBe('last_owner');
    expect(devices.hindrance(find(phone))).toBe('withdrawn');
  });

  test('terminals stay what they are, and guests cannot own the workspace', () => {
    const { devices, device, find } = someDevices();
    device(aDevice(tablet, { kind: 'terminal' }));
    device(aDevice(phone, { role: 'viewer', scope: { kind: 'sessions', sessions: [sessionId] } }));
    expect(devices.hindrance(find(tablet))).toBe('terminal');
    expect(devices.hindrance(find(phone), 'owner')).toBe('guest_not_owner');
    expect(devices.hindrance(find(phone), 'reviewer')).toBeNull();
  });

  test.each(['editor', 'reviewer', 'viewer'] as const)(
    'a device that is %s changes none',
    (role) => {
      const { devices, find } = someDevices(role);
      expect(devices.hindrance(find(laptop), 'viewer')).toBe('not_owner');
    },
  );
});

describe('a role that was asked for', () => {
  test('[R6] is told as on its way, and the device keeps its role until the bridge lists another', async () => {
    const { devices, device, find, settles, workspace } = someDevices();
    device(aDevice(phone, { role: 'editor' }));
    await devices.setRole(phone, 'viewer', 'Make Phone Viewer');
    expect(workspace.outbox.entries.read()[0]?.command).toMatchObject({
      kind: 'device.role',
      params: { deviceId: phone, role: 'viewer' },
    });
    expect(find(phone)).toMatchObject({
      role: 'editor',
      asked: { change: 'viewer', state: { kind: 'on_device' } },
    });
    expect(devices.hindrance(find(phone))).toBe('asked_already');
    const id = workspace.outbox.entries.read()[0]?.command.id;
    if (id !== undefined) await settles(id, 'done');
    expect(find(phone).asked).toBeNull();
  });

  test('and was refused: the reason stays until it is dismissed, and it can be asked for again', async () => {
    const { devices, device, find, settles, workspace } = someDevices();
    device(aDevice(phone, { role: 'editor' }));
    await devices.setRole(phone, 'viewer', 'Make Phone Viewer');
    const id = workspace.outbox.entries.read()[0]?.command.id;
    if (id === undefined) throw new Error('expected a command');
    await settles(id, 'refused', 'No paired device has that id.');
    expect(find(phone).asked?.state).toEqual({
      kind: 'denied',
      message: 'No paired device has that id.',
    });
    expect(devices.hindrance(find(phone))).toBeNull();
    await devices.dismiss(id);
    expect(find(phone).asked).toBeNull();
  });

  test('twice: the newest tells', async () => {
    const { devices, device, find, settles, workspace } = someDevices();
    device(aDevice(phone, { role: 'editor' }));
    await devices.setRole(phone, 'viewer', 'Make Phone Viewer');
    const first = workspace.outbox.entries.read()[0]?.command.id;
    if (first !== undefined) await settles(first, 'refused', 'no');
    await devices.setRole(phone, 'reviewer', 'Make Phone Reviewer');
    expect(find(phone).asked).toMatchObject({ change: 'reviewer', state: { kind: 'on_device' } });
  });
});
