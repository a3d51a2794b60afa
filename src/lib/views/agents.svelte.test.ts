import { expect, test } from 'vitest';
import { anIdentity } from '../../../tests/fixtures/conversation.ts';
import { anAgent, aWorkspace } from '../../../tests/fixtures/workspace-pages.ts';
import { emptyDraft } from './agent-form.ts';
import { Agents } from './agents.svelte.ts';

function someAgents(identity = anIdentity()) {
  const all = aWorkspace(identity);
  return { ...all, agents: new Agents(all.workspace, all.documents) };
}
const draft = { ...emptyDraft, id: ' aider ', name: ' Aider ', program: 'aider-acp', args: '-v' };

test('those that can be started come first, the built-in one last of them, then the others', () => {
  const { agents, agent } = someAgents();
  agent(anAgent('gemini', { found: false }));
  agent(anAgent('playground', { source: 'built-in' }));
  agent(anAgent('codex', { source: 'owner' }));
  agent(anAgent('claude'));
  expect(agents.all.map(({ info }) => info.id)).toEqual([
    'claude',
    'codex',
    'playground',
    'gemini',
  ]);
});

test('[R11] an agent is set by one command with all that starts it', async () => {
  const { agents, workspace } = someAgents();
  await agents.set({ ...draft, variables: [{ name: 'KEY', value: 'v' }] }, 'Add the agent Aider');
  expect(workspace.outbox.entries.read()).toMatchObject([
    {
      summary: 'Add the agent Aider',
      command: {
        kind: 'agent.set',
        params: {
          agentId: 'aider',
          name: 'Aider',
          launch: { command: 'aider-acp', args: ['-v'], env: { KEY: 'v' } },
        },
      },
    },
  ]);
});

test('[R6] a new agent is told as asked for until the bridge lists it', async () => {
  const { agents, agent, settles, workspace } = someAgents();
  await agents.set(draft, 'Add the agent Aider');
  expect(agents.all).toEqual([]);
  expect(agents.added).toMatchObject([
    { change: { name: 'Aider', effect: 'set' }, state: { kind: 'on_device' } },
  ]);
  const id = workspace.outbox.entries.read()[0]?.command.id;
  if (id !== undefined) await settles(id, 'done');
  agent(anAgent('aider', { source: 'owner' }));
  expect(agents.added).toEqual([]);
  expect(agents.all).toMatchObject([{ info: { id: 'aider' }, asked: null }]);
});

test('removing one asks the bridge to forget what an owner set, and says so beside it', async () => {
  const { agents, agent, workspace } = someAgents();
  const codex = anAgent('codex', { source: 'owner' });
  agent(codex);
  await agents.remove(codex, 'Remove the agent codex');
  expect(workspace.outbox.entries.read()[0]?.command.params).toEqual({
    agentId: 'codex',
    name: 'codex',
    launch: null,
  });
  expect(agents.all[0]?.asked).toMatchObject({ change: { effect: 'remove' } });
});

test.each([
  ['owner', true],
  ['editor', false],
  ['reviewer', false],
  ['viewer', false],
] as const)('a device that is %s may set agents: %s', (role, may) => {
  expect(someAgents(anIdentity({ role })).agents.maySet).toBe(may);
});
