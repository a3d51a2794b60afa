import type { PermissionOption } from '#lib/domain/permission.ts';
import { describe, expect, test } from 'vitest';
import { answerChoices, saidBeside } from './permission-words.ts';

const option = (optionId: string, kind: PermissionOption['kind']): PermissionOption => ({
  optionId,
  kind,
  name: optionId,
});
const told = (options: readonly PermissionOption[], canBeRule: boolean): string[] =>
  answerChoices(options, canBeRule).map((choice) =>
    choice.kind === 'option' ? `${choice.label} (${choice.option.optionId})` : choice.kind,
  );

describe('the answers of a card', () => {
  test('an agent’s "always" gives way to the bridge’s own rule, which is told as "allow once"', () => {
    const options = [
      option('once', 'allow_once'),
      option('forever', 'allow_always'),
      option('no', 'reject_once'),
    ];
    expect(told(options, true)).toEqual([
      'Allow once (once)',
      'always',
      'Reject (no)',
      'reject_why',
    ]);
    expect(answerChoices(options, true)[1]).toMatchObject({ option: { optionId: 'once' } });
  });

  test('what no exact rule can be made of offers none', () => {
    const options = [option('once', 'allow_once'), option('no', 'reject_once')];
    expect(told(options, false)).toEqual(['Allow once (once)', 'Reject (no)', 'reject_why']);
  });

  test('two of one kind are told apart by the agent’s names', () => {
    const options = [option('fast', 'allow_once'), option('slow', 'allow_once')];
    expect(told(options, false)).toEqual(['Allow: “fast” (fast)', 'Allow: “slow” (slow)']);
  });

  test('an "always" without a plain one stays, under the agent’s name for it', () => {
    expect(told([option('forever', 'allow_always')], false)).toEqual([
      'Allow: “forever” (forever)',
    ]);
  });
});

test('the agent’s words are left out where they are the command again', () => {
  expect(saidBeside('`npm test`', 'npm test')).toBeNull();
  expect(saidBeside(' ', null)).toBeNull();
  expect(saidBeside('Run the tests', 'npm test')).toBe('Run the tests');
});
