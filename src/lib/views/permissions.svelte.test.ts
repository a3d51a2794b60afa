import { describe, expect, test } from 'vitest';
import {
  aConversation,
  anIdentity,
  aRequest,
  laptop,
  mara,
  ilse,
  phone,
} from '../../../tests/fixtures/conversation.ts';
import type { PermissionRequest } from '#lib/domain/permission.ts';

const allow = { optionId: 'yes', name: 'Allow', kind: 'allow_once' } as const;
const answeredBy = (
  personId: typeof mara,
  deviceId: typeof phone,
): PermissionRequest['outcome'] => ({
  kind: 'answered',
  option: allow,
  reason: null,
  by: { personId, deviceId, verified: true },
  at: 5,
});

describe('permission requests', () => {
  test('[R4] an answer names the request, the hash of exactly what was shown and the option', async () => {
    const { conversation, workspace, putPermission } = aConversation();
    const request = aRequest('p');
    putPermission(request);
    await conversation.permissions.answer(request, { option: allow, summary: 'Allow npm test' });
    expect(workspace.entries.read()[0]?.command).toMatchObject({
      kind: 'permission.answer',
      params: { permissionId: 'p', hash: 'hash-p', optionId: 'yes' },
    });
    expect(conversation.permissions.standing(request)).toMatchObject({
      kind: 'answering',
      undelivered: true,
      answer: allow,
    });
  });

  test('a changed request has another hash: an answer to what it was does not answer it', async () => {
    const { conversation, putPermission } = aConversation();
    const request = aRequest('p');
    putPermission(request);
    await conversation.permissions.answer(request, { option: allow, summary: '' });
    expect(conversation.permissions.standing({ ...request, hash: 'other' })).toEqual({
      kind: 'asked',
    });
  });

  test('an answer that is only here can be taken back', async () => {
    const { conversation, putPermission } = aConversation();
    const request = aRequest('p');
    putPermission(request);
    await conversation.permissions.answer(request, { option: allow, summary: '' });
    const standing = conversation.permissions.standing(request);
    if (standing.kind !== 'answering') throw new Error(standing.kind);
    expect(await conversation.permissions.takeBack(standing.commandId)).toBe(true);
    expect(conversation.permissions.standing(request)).toEqual({ kind: 'asked' });
  });

  test('somebody else’s answer that came first makes this device’s too late, and the card stays until it is closed', async () => {
    const { conversation, putPermission } = aConversation();
    const request = aRequest('p');
    putPermission(request);
    expect(conversation.permissions.shown).toHaveLength(1);
    await conversation.permissions.answer(request, { option: allow, summary: '' });
    putPermission({ ...request, outcome: answeredBy(mara, phone) });
    const [shown] = conversation.permissions.shown;
    if (shown === undefined) throw new Error('the card is gone');
    expect(conversation.permissions.standing(shown)).toMatchObject({
      kind: 'too_late',
      by: { personId: mara },
    });
    conversation.permissions.close(shown.id);
    expect(conversation.permissions.shown).toEqual([]);
  });

  test('one that this device answered leaves; the transcript has it', () => {
    const { conversation, putPermission } = aConversation();
    const request = aRequest('p');
    putPermission(request);
    expect(conversation.permissions.shown).toHaveLength(1);
    putPermission({ ...request, outcome: answeredBy(ilse, laptop) });
    expect(conversation.permissions.shown).toEqual([]);
  });

  test('those that ended before they were looked at are not shown', () => {
    const { conversation, putPermission } = aConversation();
    putPermission(aRequest('p', { outcome: { kind: 'gone', why: 'turn_ended', at: 3 } }));
    expect(conversation.permissions.shown).toEqual([]);
  });

  test('they stack oldest first', () => {
    const { conversation, putPermission } = aConversation();
    putPermission(aRequest('late', { askedAt: 9 }));
    putPermission(aRequest('early', { askedAt: 2 }));
    expect(conversation.permissions.shown.map(({ id }) => id)).toEqual(['early', 'late']);
    expect(conversation.permissions.openCount).toBe(2);
  });

  test('a refused answer leaves the request open and says why', async () => {
    const { conversation, workspace, putPermission } = aConversation();
    const request = aRequest('p');
    putPermission(request);
    await conversation.permissions.answer(request, { option: allow, summary: '' });
    workspace.entries.set(
      workspace.entries
        .read()
        .map((entry) => ({ ...entry, state: 'refused', message: 'Your role changed.' })),
    );
    expect(conversation.permissions.standing(request)).toEqual({
      kind: 'answer_refused',
      message: 'Your role changed.',
    });
  });

  test('a viewer and a reviewer may not answer', () => {
    for (const [role, may] of [
      ['owner', true],
      ['editor', true],
      ['reviewer', false],
      ['viewer', false],
    ] as const)
      expect(aConversation(anIdentity({ role })).conversation.permissions.mayAnswer).toBe(may);
  });
});
