import {
  agentIdSchema,
  personIdSchema,
  projectIdSchema,
  sessionIdSchema,
} from '#lib/domain/ids.ts';
import type { SessionInfo } from '#lib/domain/session.ts';
import { describe, expect, test } from 'vitest';
import { needsPerson, standingOf, type StandingInputs } from './session-standing.ts';

const info: SessionInfo = {
  v: 1,
  id: sessionIdSchema.parse('01890000-0000-7000-8000-000000000001'),
  projectId: projectIdSchema.parse('api'),
  agentId: agentIdSchema.parse('playground'),
  title: '',
  directory: '/code/api',
  branch: null,
  createdBy: personIdSchema.parse('ilse'),
  createdAt: 0,
  lastActivityAt: 0,
  lastSeq: 10,
  run: 'idle',
  endedMessage: null,
  openPermissions: 0,
  needs: null,
  doing: null,
  trashedAt: null,
};
const kindOf = (fields: Partial<SessionInfo>, more: Partial<Omit<StandingInputs, 'info'>> = {}) =>
  standingOf({
    info: { ...info, ...fields },
    readSeq: 10,
    promptsHere: 0,
    hasConflict: false,
    ...more,
  }).kind;

describe('the one state that a list shows of a session', () => {
  test('what needs a person comes before everything else', () => {
    expect(kindOf({ openPermissions: 1, run: 'running' }, { promptsHere: 2 })).toBe('needs');
    expect(kindOf({ run: 'login_needed' }, { hasConflict: true })).toBe('login_needed');
    expect(kindOf({ run: 'running' }, { hasConflict: true })).toBe('conflict');
  });

  test('[R6] prompts that only this device has are shown over an idle or ended agent', () => {
    expect(kindOf({}, { promptsHere: 1 })).toBe('waiting');
    expect(kindOf({ run: 'ended' }, { promptsHere: 1 })).toBe('waiting');
  });

  test('a session is unread while there are items after the read mark', () => {
    expect(kindOf({}, { readSeq: 9 })).toBe('unread');
    expect(kindOf({}, { readSeq: 10 })).toBe('idle');
  });

  test('only requests, logins and conflicts need a person', () => {
    const needing = (
      ['none', 'starting', 'idle', 'running', 'ended', 'login_needed'] as const
    ).filter((run) =>
      needsPerson(
        standingOf({ info: { ...info, run }, readSeq: 10, promptsHere: 0, hasConflict: false }),
      ),
    );
    expect(needing).toEqual(['login_needed']);
  });
});
