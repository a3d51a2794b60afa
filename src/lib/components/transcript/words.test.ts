import type { ToolCall } from '#lib/domain/transcript.ts';
import { describe, expect, test } from 'vitest';
import { stepWords } from './step-words.ts';
import { shortPath, toolWords } from './tool-words.ts';

const call = (fields: Partial<ToolCall>): ToolCall => ({
  toolCallId: 'c',
  title: 'Something',
  toolKind: 'read',
  status: 'completed',
  command: null,
  locations: [],
  diffs: [],
  output: null,
  exitCode: null,
  startedAt: 0,
  endedAt: 1,
  ...fields,
});
const look = (fields: Partial<ToolCall>) =>
  ({ kind: 'look', itemId: 'i', call: call(fields) }) as const;
const thought = (at: number, endedAt: number | null) =>
  ({ kind: 'thought', itemId: 'i', text: '', at, endedAt, cut: false }) as const;
const at = (path: string) => ({ path, line: null });

describe('what a group of steps says', () => {
  test('thoughts by their time, reads by files, a search by what was searched', () => {
    const steps = [
      thought(0, 4000),
      look({ locations: [at('a.ts'), at('b.ts')] }),
      look({ locations: [at('b.ts')] }),
      thought(5000, 7000),
      look({ toolKind: 'search', title: 'Retry-After' }),
    ];
    expect(stepWords(steps)).toEqual({
      words: 'Thought for 6 s, read 2 files, searched',
      quoted: 'Retry-After',
      running: false,
      failed: 0,
    });
  });

  test('one file by its name, several searches by their number', () => {
    const search = look({ toolKind: 'search' });
    expect(stepWords([look({ locations: [at('src/a.ts')] }), search, search]).words).toBe(
      'Read a.ts, searched 2 times',
    );
  });

  test('what goes on says so, and what failed is counted', () => {
    expect(stepWords([thought(0, null)])).toMatchObject({ words: 'Thinking', running: true });
    expect(stepWords([look({ status: 'failed' })]).failed).toBe(1);
  });
});

describe('what a tool call says', () => {
  test('a command is itself, whole', () => {
    expect(toolWords(call({ command: 'npm test', toolKind: 'execute' }), null)).toEqual({
      verb: null,
      subject: 'npm test',
      isCode: true,
    });
  });

  test('a change says what was done to which file, seen from the session’s directory', () => {
    const diff = (oldText: string | null) => [{ path: '/w/src/a.ts', oldText, newText: '' }];
    expect(toolWords(call({ toolKind: 'edit', diffs: diff('x') }), '/w')).toMatchObject({
      verb: 'Edited',
      subject: 'src/a.ts',
    });
    expect(toolWords(call({ toolKind: 'edit', diffs: diff(null) }), '/w').verb).toBe('Created');
  });

  test('what is not done yet is not told as done', () => {
    const pending = call({ toolKind: 'edit', status: 'pending', locations: [at('a.ts')] });
    expect(toolWords(pending, null)).toEqual({ verb: null, subject: 'Something', isCode: false });
  });

  test('a path outside the directory stays whole', () => {
    expect(shortPath('/wide/a.ts', '/w')).toBe('/wide/a.ts');
    expect(shortPath('/w/a.ts', '/w/')).toBe('a.ts');
  });
});
