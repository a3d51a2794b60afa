import { expect, test } from 'vitest';
import { anIdentity } from '../../../tests/fixtures/conversation.ts';
import { commandId } from '../../../tests/fixtures/workspace-pages.ts';
import { commandSchema, type Command } from '#lib/domain/command.ts';
import { shownParams } from './command-shown.ts';

const aCommand = (asked: { readonly kind: string; readonly params: object }): Command =>
  commandSchema.parse({
    v: 1,
    id: commandId(1),
    expects: [],
    seen: { epoch: anIdentity().epoch, seq: 0 },
    createdAt: 1,
    ...asked,
  });

test('[R11] values of an agent’s variables are not shown, their names and all else are', () => {
  const shown = shownParams(
    aCommand({
      kind: 'agent.set',
      params: {
        agentId: 'codex',
        name: 'Codex',
        launch: { command: 'codex', args: ['acp'], env: { API_KEY: 'sk-secret' } },
      },
    }),
  );
  expect(shown).not.toContain('sk-secret');
  expect(JSON.parse(shown)).toEqual({
    agentId: 'codex',
    name: 'Codex',
    launch: { command: 'codex', args: ['acp'], env: { API_KEY: '…' } },
  });
});

test('any other command is shown as it is sent', () => {
  const shown = shownParams(aCommand({ kind: 'turn.cancel', params: { turnId: 'turn-4' } }));
  expect(JSON.parse(shown)).toEqual({ turnId: 'turn-4' });
});
