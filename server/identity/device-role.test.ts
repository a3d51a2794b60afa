import { describe, expect, test } from 'vitest';
import type { CommandOf } from '#lib/domain/command.ts';
import {
  commandIdSchema,
  deviceIdSchema,
  epochSchema,
  personIdSchema,
  sessionIdSchema,
} from '#lib/domain/ids.ts';
import type { Role } from '#lib/domain/role.ts';
import type { ControlContext } from '../journal/contract.ts';
import type { DeviceRow } from '../storage/contract.ts';
import { deviceRoleHandler } from './device-role.ts';
import { Directory } from './directory.ts';

const personId = personIdSchema.parse('ilse');
const device = (id: string, change: Partial<DeviceRow> = {}): DeviceRow => ({
  id: deviceIdSchema.parse(id),
  personId,
  name: id,
  role: 'owner',
  scope: { kind: 'workspace' },
  kind: 'browser',
  tokenHash: id,
  publicKey: null,
  pairedAt: 0,
  revokedAt: null,
  ...change,
});

const context: ControlContext = {
  author: { personId, deviceId: deviceIdSchema.parse('laptop'), verified: true },
  principal: {
    deviceId: deviceIdSchema.parse('laptop'),
    personId,
    role: 'owner',
    scope: { kind: 'workspace' },
  },
  at: 0,
};

const command = (deviceId: string, role: Role): CommandOf<'device.role'> => ({
  v: 1,
  id: commandIdSchema.parse('0198c0de-0000-7000-8000-000000000001'),
  kind: 'device.role',
  params: { deviceId: deviceIdSchema.parse(deviceId), role },
  expects: [],
  seen: { epoch: epochSchema.parse('first'), seq: 0 },
  createdAt: 0,
});

const decide = (directory: Directory, deviceId: string, role: Role) =>
  deviceRoleHandler(directory)(command(deviceId, role), context);

describe('device.role', () => {
  test('changes memory only with its effect, once the row is on disk', () => {
    const directory = new Directory([device('laptop'), device('phone')], [], new Map());
    const outcome = decide(directory, 'phone', 'viewer');
    expect(outcome).toMatchObject({ state: 'done', writes: [{ row: { role: 'viewer' } }] });
    const phone = deviceIdSchema.parse('phone');
    expect(directory.principalOf(phone)?.role).toBe('owner');
    outcome.effect?.();
    expect(directory.principalOf(phone)?.role).toBe('viewer');
  });

  test('never takes the last owner away; a revoked one and the terminal do not count as one', () => {
    const directory = new Directory(
      [
        device('laptop'),
        device('gone', { revokedAt: 1 }),
        device('terminal', { kind: 'terminal' }),
      ],
      [],
      new Map(),
    );
    expect(decide(directory, 'laptop', 'editor')).toMatchObject({ state: 'refused', writes: [] });
    expect(decide(directory, 'laptop', 'owner')).toMatchObject({ state: 'done', writes: [] });
    expect(decide(directory, 'gone', 'viewer').state).toBe('refused');
    expect(decide(directory, 'terminal', 'viewer').state).toBe('refused');
    expect(decide(directory, 'nobody', 'viewer').state).toBe('refused');
  });

  test('makes no guest of single sessions an owner of everything', () => {
    const guest = device('guest', {
      role: 'viewer',
      scope: {
        kind: 'sessions',
        sessions: [sessionIdSchema.parse('0198c0de-0000-7000-8000-000000000002')],
      },
    });
    const directory = new Directory([device('laptop'), guest], [], new Map());
    expect(decide(directory, 'guest', 'owner').state).toBe('refused');
    expect(decide(directory, 'guest', 'editor').state).toBe('done');
  });
});
