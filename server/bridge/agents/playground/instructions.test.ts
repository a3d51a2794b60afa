import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readInstructions } from './instructions.ts';
import type { Step } from './steps.ts';

const stepsOf = (prompt: string): readonly Step[] => readInstructions(prompt).steps;

test.each<[string, Step]>([
  ['read README.md', { kind: 'read', path: 'README.md' }],
  ['Please show me the file "my notes.md".', { kind: 'read', path: 'my notes.md' }],
  ['/read src/a.ts', { kind: 'read', path: 'src/a.ts' }],
  ['list', { kind: 'list', path: '.' }],
  ['list files in src', { kind: 'list', path: 'src' }],
  ['ls ..', { kind: 'list', path: '..' }],
  ['search TODO', { kind: 'search', text: 'TODO', path: '.' }],
  ['search for "a in b" in src', { kind: 'search', text: 'a in b', path: 'src' }],
  ['create a.txt: one', { kind: 'create', path: 'a.txt', content: 'one\n' }],
  [
    'Could you please create a file hello.md with: # Hello',
    { kind: 'create', path: 'hello.md', content: '# Hello\n' },
  ],
  [
    'make a new file called x/y.txt containing "a\\nb"',
    { kind: 'create', path: 'x/y.txt', content: 'a\nb\n' },
  ],
  ['create an empty file .gitkeep', { kind: 'create', path: '.gitkeep', content: '' }],
  ['overwrite a.txt: two', { kind: 'overwrite', path: 'a.txt', content: 'two\n' }],
  [
    'edit a.ts: replace "x = 1" with "x = 2"',
    { kind: 'edit', path: 'a.ts', change: { kind: 'replace', from: 'x = 1', to: 'x = 2' } },
  ],
  [
    "replace 'a' with '' in b.txt",
    { kind: 'edit', path: 'b.txt', change: { kind: 'replace', from: 'a', to: '' } },
  ],
  [
    'edit a.ts: append "end"',
    { kind: 'edit', path: 'a.ts', change: { kind: 'append', text: 'end\n' } },
  ],
  [
    'append "end" to a.ts',
    { kind: 'edit', path: 'a.ts', change: { kind: 'append', text: 'end\n' } },
  ],
  [
    'edit a.ts: insert "x" after line 3',
    {
      kind: 'edit',
      path: 'a.ts',
      change: { kind: 'insert', text: 'x\n', where: 'after', line: 3 },
    },
  ],
  [
    'edit a.ts: insert "x" before line 1',
    {
      kind: 'edit',
      path: 'a.ts',
      change: { kind: 'insert', text: 'x\n', where: 'before', line: 1 },
    },
  ],
  ['delete the file a.txt', { kind: 'delete', path: 'a.txt' }],
  ['run npm test -- --watch=false', { kind: 'run', command: 'npm test -- --watch=false' }],
  ['run `git status`.', { kind: 'run', command: 'git status' }],
  ['$ ls -la | wc', { kind: 'run', command: 'ls -la | wc' }],
  ['plan read a; dance ; ', { kind: 'plan', entries: ['read a', 'dance'] }],
  ['think about the weather', { kind: 'think', text: 'the weather' }],
  ['say hello', { kind: 'say', text: 'hello' }],
  ['wait 2.5 s', { kind: 'wait', seconds: 2.5 }],
  ['wait for 100000 seconds', { kind: 'wait', seconds: 600 }],
  ['help', { kind: 'help' }],
  ['What can you do?', { kind: 'help' }],
  ['Explain how this repository is built', { kind: 'explain' }],
  ['Find a failing test and fix it', { kind: 'tests' }],
  ['Write a test for the newest file', { kind: 'newest' }],
])('[PG1] "%s" is understood', (prompt, step) => {
  expect(readInstructions(prompt)).toEqual({ steps: [step], notUnderstood: [] });
});

test('[PG1] steps stand in lines, in numbered lists, or are joined by "then"', () => {
  const kinds = ['read', 'run', 'say'];
  expect(stepsOf('read a\nrun b\nsay c').map((step) => step.kind)).toEqual(kinds);
  expect(stepsOf('1. read a\n2) run b\n- say c').map((step) => step.kind)).toEqual(kinds);
  expect(stepsOf('read a then run b, and then say c').map((step) => step.kind)).toEqual(kinds);
});

test('[PG1] a "then" inside quotation marks or of a shell does not end a step', () => {
  expect(stepsOf('say "first then read it"')).toEqual([
    { kind: 'say', text: 'first then read it' },
  ]);
  expect(stepsOf('run if true; then echo hi; fi')).toEqual([
    { kind: 'run', command: 'if true; then echo hi; fi' },
  ]);
});

test('[PG1] content goes on below until the next instruction', () => {
  expect(stepsOf('create a.md: # A\n\nsome text\nread a.md')).toEqual([
    { kind: 'create', path: 'a.md', content: '# A\n\nsome text\n' },
    { kind: 'read', path: 'a.md' },
  ]);
});

test('[PG1] a fenced block is content as it stands, instructions and quotation marks included', () => {
  const prompt = 'create a.md:\n\n```md\n"read me"\nrun away\n  \n```\nlist';
  expect(stepsOf(prompt)).toEqual([
    { kind: 'create', path: 'a.md', content: '"read me"\nrun away\n  \n' },
    { kind: 'list', path: '.' },
  ]);
});

test('[PG1] content without a fence and nothing behind the colon is the rest of the prompt', () => {
  expect(stepsOf('create a.md:\nread this\nand that\n')).toEqual([
    { kind: 'create', path: 'a.md', content: 'read this\nand that\n' },
  ]);
});

test('[PG3] what is no instruction is given back as it was written', () => {
  expect(readInstructions('Make it faster!\nread a\nThanks')).toEqual({
    steps: [{ kind: 'read', path: 'a' }],
    notUnderstood: ['Make it faster!', 'Thanks'],
  });
});

test('[PG1] any content comes through a fenced block unchanged', () => {
  const line = fc
    .string({ unit: 'grapheme' })
    .filter((text) => !/[\r\n]/.test(text) && text.trim() !== '````');
  fc.assert(
    fc.property(fc.array(line, { minLength: 1 }), (lines) => {
      const content = lines.join('\n');
      const [step] = stepsOf(`create a.txt:\n\`\`\`\`\n${content}\n\`\`\`\``);
      expect(step).toEqual({
        kind: 'create',
        path: 'a.txt',
        content: content === '' ? '' : content.endsWith('\n') ? content : `${content}\n`,
      });
    }),
  );
});
