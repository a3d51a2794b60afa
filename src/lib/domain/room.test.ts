import { describe, expect, test } from 'vitest';
import { deviceIdSchema, personIdSchema, sessionIdSchema } from './ids.ts';
import { roles, type Principal, type Role, type Scope } from './role.ts';
import { mayRead, mayWrite, parseRoomName, roomName, writerOf, type Room } from './room.ts';

const mine = sessionIdSchema.parse('018f0000-0000-7000-8000-000000000001');
const other = sessionIdSchema.parse('018f0000-0000-7000-8000-000000000002');
const me = personIdSchema.parse('ilse');

const principal = (role: Role, scope: Scope): Principal => ({
  deviceId: deviceIdSchema.parse('laptop'),
  personId: me,
  role,
  scope,
});
const everywhere: Scope = { kind: 'workspace' };
const guestOfMine: Scope = { kind: 'sessions', sessions: [mine] };

const names = [
  'workspace',
  'tasks',
  'bridge',
  `session/${mine}`,
  `review/${mine}`,
  `state/${mine}`,
  `transcript/${mine}/0`,
  `transcript/${mine}/12`,
  `merge/${mine}`,
  'person/ilse',
];

const room = (name: string): Room => {
  const parsed = parseRoomName(name);
  if (parsed === null) throw new Error(`expected a room, got ${name}`);
  return parsed;
};

describe('room names', () => {
  test.each(names)('%s is read back as it was written', (name) => {
    expect(roomName(room(name))).toBe(name);
  });

  test.each([
    '',
    'Workspace',
    'workspace/x',
    'session',
    'session/1',
    `session/${mine}/0`,
    `transcript/${mine}`,
    `transcript/${mine}/-1`,
    `transcript/${mine}/01`,
    `transcript/${mine}/1/2`,
    'person/',
    'person/../bridge',
    'unknown',
    `session/${mine}`.padEnd(200, 'x'),
  ])('"%s" names no room', (name) => {
    expect(parseRoomName(name)).toBeNull();
  });
});

describe('[R1] a room has one class of writer', () => {
  test.each(['bridge', `state/${mine}`, `transcript/${mine}/3`])(
    'no device may write %s',
    (name) => {
      expect(writerOf(room(name))).toBe('bridge');
      for (const role of roles)
        expect(mayWrite(principal(role, everywhere), room(name))).toBe(false);
    },
  );

  const writers: Record<string, readonly Role[]> = {
    workspace: ['owner', 'editor'],
    tasks: ['owner', 'editor'],
    [`session/${mine}`]: ['owner', 'editor'],
    [`review/${mine}`]: ['owner', 'editor', 'reviewer'],
    [`merge/${mine}`]: ['owner', 'editor'],
    'person/ilse': roles,
  };
  for (const [name, may] of Object.entries(writers)) {
    test.each(roles)(`${name} as %s`, (role) => {
      expect(mayWrite(principal(role, everywhere), room(name))).toBe(may.includes(role));
    });
  }
});

describe('[R10] scope', () => {
  test('a guest reads only the rooms of its sessions', () => {
    const guest = principal('reviewer', guestOfMine);
    const readable = names.filter((name) => mayRead(guest, room(name)));
    expect(readable).toEqual([
      `session/${mine}`,
      `review/${mine}`,
      `state/${mine}`,
      `transcript/${mine}/0`,
      `transcript/${mine}/12`,
      'person/ilse',
    ]);
    for (const kind of ['session', 'review', 'state'] as const) {
      expect(mayRead(guest, { kind, sessionId: other })).toBe(false);
    }
  });

  test("nobody reads another person's room, not even an owner", () => {
    const mara: Room = { kind: 'person', personId: personIdSchema.parse('mara') };
    expect(mayRead(principal('owner', everywhere), mara)).toBe(false);
    expect(mayWrite(principal('owner', everywhere), mara)).toBe(false);
  });
});
