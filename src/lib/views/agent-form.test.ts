import { describe, expect, test } from 'vitest';
import { anAgent } from '../../../tests/fixtures/workspace-pages.ts';
import { agentIdSchema } from '#lib/domain/ids.ts';
import {
  argsMax,
  draftOf,
  emptyDraft,
  faultsOf,
  launchOf,
  suggestedId,
  type AgentDraft,
} from './agent-form.ts';

const whole: AgentDraft = {
  id: 'my-agent',
  name: 'My agent',
  program: 'my-agent',
  args: '--acp\n',
  variables: [{ name: 'API_KEY', value: 'secret' }],
};
const faults = (fields: Partial<AgentDraft>): readonly string[] =>
  faultsOf({ ...whole, ...fields }, [agentIdSchema.parse('taken')]).map(({ kind }) => kind);

describe('a draft of an agent', () => {
  test('that is whole has no fault and starts what it says', () => {
    expect(faults({})).toEqual([]);
    expect(launchOf(whole)).toEqual({
      command: 'my-agent',
      args: ['--acp'],
      env: { API_KEY: 'secret' },
    });
  });

  test('that is empty says what is missing, in the order of its fields', () => {
    expect(faultsOf(emptyDraft, []).map(({ kind }) => kind)).toEqual([
      'id_missing',
      'name_missing',
      'program_missing',
    ]);
  });

  test.each([
    ['a short name with a space', { id: 'my agent' }, ['id_form']],
    ['a short name of 65 characters', { id: 'a'.repeat(65) }, ['id_form']],
    ['a short name of 64 characters', { id: 'a'.repeat(64) }, []],
    ['the short name of another agent', { id: 'taken' }, ['id_taken']],
    ['a variable without a name', { variables: [{ name: '', value: '' }] }, ['variable_name']],
    [
      'a variable that begins with a digit',
      { variables: [{ name: '1A', value: '' }] },
      ['variable_name'],
    ],
    ['a variable with an empty value', { variables: [{ name: 'A', value: '' }] }, []],
    [
      'a value that was not entered again',
      { variables: [{ name: 'A', value: null }] },
      ['value_missing'],
    ],
    ['a program of 4,096 characters', { program: 'p'.repeat(4096) }, []],
    ['a program of 4,097 characters', { program: 'p'.repeat(4097) }, ['too_long']],
    [
      'a value of 32,769 characters',
      { variables: [{ name: 'A', value: 'v'.repeat(32_769) }] },
      ['too_long'],
    ],
  ] as const)('with %s', (_, fields, expected) => {
    expect(faults(fields)).toEqual(expected);
  });

  test('names a variable that is there twice by its second place', () => {
    const variables = [
      { name: 'A', value: '1' },
      { name: ' A ', value: '2' },
    ];
    expect(faultsOf({ ...whole, variables }, [])).toEqual([{ kind: 'variable_twice', at: 1 }]);
  });

  test('[R9] takes 64 arguments and not one more', () => {
    const lines = (count: number): string => Array.from({ length: count }, () => 'x').join('\n');
    expect(faults({ args: lines(argsMax) })).toEqual([]);
    expect(faults({ args: lines(argsMax + 1) })).toEqual(['too_many_args']);
  });

  test('keeps spaces of an argument and drops empty lines', () => {
    expect(launchOf({ ...whole, args: ' a b \r\n\n--c' }).args).toEqual([' a b ', '--c']);
  });
});

describe('changing an agent begins with what every device may see', () => {
  test('an owner’s: its command line, and its variables without their values', () => {
    const agent = anAgent('codex', {
      source: 'owner',
      commandLine: "/opt/codex/bin/codex acp 'two words'",
      envNames: ['CODEX_HOME'],
    });
    expect(draftOf(agent)).toEqual({
      id: 'codex',
      name: 'codex',
      program: '/opt/codex/bin/codex',
      args: 'acp\ntwo words',
      variables: [{ name: 'CODEX_HOME', value: null }],
    });
  });

  test('a found one: the variables that the bridge passes on are not the owner’s to set', () => {
    expect(draftOf(anAgent('gemini', { envNames: ['GEMINI_API_KEY'] })).variables).toEqual([]);
  });

  test.each(["sh -c '", "a ''", "a 'b\nc'", 'a $HOME'])(
    'a line that fields cannot hold (%j) leaves them empty',
    (commandLine) => {
      expect(draftOf(anAgent('odd', { commandLine }))).toMatchObject({ program: '', args: '' });
    },
  );
});

test.each([
  ['Claude Code', 'claude-code'],
  ['  Äpfel & Birnen! ', 'a-pfel-birnen'],
  ['日本', ''],
])('the short name suggested for %j is %j', (name, id) => {
  expect(suggestedId(name)).toBe(id);
});
