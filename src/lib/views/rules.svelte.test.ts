import { expect, test } from 'vitest';
import { anIdentity, ilse, laptop, sessionId } from '../../../tests/fixtures/conversation.ts';
import { anAgent, aWorkspace, commandId } from '../../../tests/fixtures/workspace-pages.ts';
import { agentIdSchema, projectIdSchema, ruleIdSchema } from '#lib/domain/ids.ts';
import type { PermissionRule } from '#lib/domain/permission.ts';
import { Rules } from './rules.svelte.ts';

const aRule = (id: string, madeAt: number): PermissionRule => ({
  v: 1,
  id: ruleIdSchema.parse(id),
  projectId: projectIdSchema.parse('parcel-api'),
  agentId: agentIdSchema.parse('claude'),
  toolKind: 'execute',
  command: `npm test -- ${id}`,
  directory: '/home/ilse/code/parcel-api',
  by: { personId: ilse, deviceId: laptop, verified: true },
  madeAt,
  madeBy: commandId(1),
});

function someRules(identity = anIdentity()) {
  const all = aWorkspace(identity);
  all.put('rules', aRule('old', 1));
  all.put('rules', aRule('new', 2));
  return { ...all, rules: new Rules(all.workspace, all.documents) };
}

test('rules come newest first, with the whole command and with names', () => {
  const { rules, agent } = someRules();
  agent(anAgent('claude', { name: 'Claude Code' }));
  expect(rules.all).toMatchObject([
    {
      id: 'new',
      command: 'npm test -- new',
      directory: '/home/ilse/code/parcel-api',
      agent: 'Claude Code',
      project: 'parcel-api',
      by: { person: 'Ilse Brandt', me: true },
    },
    { id: 'old' },
  ]);
});

test('[R6] a rule that is to be revoked is listed, as such, until the bridge lists it no more', async () => {
  const { rules, workspace } = someRules();
  await rules.revoke(ruleIdSchema.parse('new'), 'Revoke it');
  expect(workspace.outbox.entries.read()[0]?.command).toMatchObject({
    kind: 'rule.revoke',
    params: { ruleId: 'new' },
  });
  expect(rules.all[0]?.asked?.state).toEqual({ kind: 'on_device' });
  expect(rules.all[1]?.asked).toBeNull();
});

test.each([
  ['owner', { kind: 'workspace' }, true],
  ['editor', { kind: 'workspace' }, true],
  ['editor', { kind: 'sessions', sessions: [sessionId] }, false],
  ['reviewer', { kind: 'workspace' }, false],
] as const)('a device that is %s of %o may revoke: %s', (role, scope, may) => {
  const identity = anIdentity({
    role,
    scope: scope.kind === 'sessions' ? { kind: 'sessions', sessions: [sessionId] } : scope,
  });
  expect(someRules(identity).rules.mayRevoke).toBe(may);
});
