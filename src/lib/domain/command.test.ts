import { describe, expect, test } from 'vitest';
import { mayCommand } from './command-policy.ts';
import { commandHeadSchema, commandKinds, commandSchema, type CommandKind } from './command.ts';
import { deviceIdSchema, personIdSchema, sessionIdSchema } from './ids.ts';
import { roles, type Principal, type Role, type Scope } from './role.ts';

const session = sessionIdSchema.parse('018f0000-0000-7000-8000-000000000001');
const stop = {
  v: 1,
  id: '018f0000-0000-7000-8000-00000000000a',
  kind: 'session.stop',
  sessionId: session,
  params: {},
  expects: [],
  seen: { epoch: 'first', seq: 7 },
  createdAt: 1,
};

const principal = (role: Role, scope: Scope): Principal => ({
  deviceId: deviceIdSchema.parse('laptop'),
  personId: personIdSchema.parse('ilse'),
  role,
  scope,
});

describe('command', () => {
  test('a well-formed command is read', () => {
    expect(commandSchema.parse(stop).kind).toBe('session.stop');
  });

  test('a field that claims a role or a person is refused, not ignored', () => {
    for (const extra of [{ role: 'owner' }, { person: 'mara' }, { params: { role: 'owner' } }]) {
      expect(commandSchema.safeParse({ ...stop, ...extra }).success).toBe(false);
    }
  });

  test('the head of a kind from a newer version is still readable, so that it can be answered by its id', () => {
    const newer = { ...stop, v: 2, kind: 'git.teleport', params: { to: 'mars' } };
    expect(commandSchema.safeParse(newer).success).toBe(false);
    expect(commandHeadSchema.parse(newer)).toMatchObject({
      id: stop.id,
      kind: 'git.teleport',
      v: 2,
    });
  });
});

describe('[R11] who may send what', () => {
  const ownersOnly: readonly CommandKind[] = ['agent.set', 'device.role', 'bridge.release'];

  for (const kind of commandKinds) {
    test.each(roles)(`${kind} as %s`, (role) => {
      const allowed = role === 'owner' || (role === 'editor' && !ownersOnly.includes(kind));
      expect(mayCommand(principal(role, { kind: 'workspace' }), kind, session)).toBe(allowed);
    });
  }

  test('an editor of one session may not touch another, nor begin one', () => {
    const guest = principal('editor', { kind: 'sessions', sessions: [session] });
    const other = sessionIdSchema.parse('018f0000-0000-7000-8000-000000000002');
    expect(mayCommand(guest, 'turn.cancel', session)).toBe(true);
    expect(mayCommand(guest, 'turn.cancel', other)).toBe(false);
    expect(mayCommand(guest, 'session.create', session)).toBe(false);
  });
});
