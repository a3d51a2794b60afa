import { expect, test } from 'vitest';
import { limits } from '#lib/domain/limits.ts';
import { ToolCalls } from './tool-calls.ts';
import { toolUpdateSchema } from './update-schemas.ts';

const change = (tools: ToolCalls, update: Record<string, unknown>) =>
  tools.change(toolUpdateSchema.parse({ toolCallId: 't1', ...update }));

const inRepository = () => new ToolCalls('/work/repo');

test('[AG4] only what an update gives is a change; what is known is all of them together', () => {
  const tools = inRepository();
  change(tools, { title: 'Edit', kind: 'edit', status: 'pending' });
  expect(change(tools, { status: 'completed', title: null })).toEqual({
    toolCallId: 't1',
    status: 'completed',
  });
  expect(tools.known('t1')).toEqual({
    toolCallId: 't1',
    title: 'Edit',
    toolKind: 'edit',
    status: 'completed',
  });
});

test('[AG4] given content replaces diffs and output', () => {
  const tools = inRepository();
  change(tools, { content: [{ type: 'diff', path: 'a', newText: 'x' }] });
  expect(tools.known('t1').diffs).toEqual([{ path: 'a', oldText: null, newText: 'x' }]);
  change(tools, { content: [{ type: 'content', content: { type: 'text', text: 'no' } }] });
  expect(tools.known('t1')).toMatchObject({ diffs: [], output: 'no' });
});

test.each([
  ['/work/repo/src/a.ts', 'src/a.ts'],
  ['src/a.ts', 'src/a.ts'],
  ['/work/repository/a.ts', '/work/repository/a.ts'],
  ['/work/repo/../a.ts', '/work/repo/../a.ts'],
  ['/work/repo/..hidden', '..hidden'],
  ['/etc/pass\nwd\u202e', String.raw`/etc/pass\u{a}wd\u{202e}`],
])('[AG8] the path %j is shown as %j', (path, shown) => {
  expect(change(inRepository(), { locations: [{ path }] }).locations).toEqual([
    { path: shown, line: null },
  ]);
});

test('[AG8] a command is one only in a call that executes, as text or as arguments', () => {
  const tools = inRepository();
  expect(change(tools, { kind: 'edit', rawInput: { command: 'create' } })).not.toHaveProperty(
    'command',
  );
  expect(change(tools, { kind: 'execute', rawInput: { command: 'ls -la' } }).command).toBe(
    'ls -la',
  );
  expect(
    change(tools, { rawInput: { command: ['bash', '-c', 'a b'], workdir: 'sub' } }),
  ).toMatchObject({
    command: `bash -c 'a b'`,
    directory: '/work/repo/sub',
  });
});

test('[R9] raw input is indented JSON, cut after so many characters', () => {
  const tools = inRepository();
  expect(change(tools, { rawInput: { q: 'a\u001b' } }).rawInput).toBe('{\n  "q": "a\\u001b"\n}');
  const fits = 'x'.repeat(limits.agentRawCharsMax - 2);
  expect(change(tools, { rawInput: fits }).rawInput).toBe(`"${fits}"`);
  expect(change(tools, { rawInput: `${fits}y` }).rawInput).toMatch(/… \(1 more characters\)$/);
  expect(change(tools, { rawInput: {} })).not.toHaveProperty('rawInput');
});

test.each([
  [{ rawOutput: 'plain' }, { output: 'plain' }],
  [{ rawOutput: { formatted_output: 'f', exit_code: 2 } }, { output: 'f', exitCode: 2 }],
  [{ rawOutput: { stdout: 's', exitCode: 0 } }, { output: 's', exitCode: 0 }],
  [{ rawOutput: { any: 1 } }, { output: '{\n  "any": 1\n}' }],
  [{ _meta: { terminal_exit: { exit_code: 1, terminal_id: 'x' } } }, { exitCode: 1 }],
])('[AG2] output and exit code are found in %j', (update, told) => {
  expect(change(inRepository(), update)).toEqual({ toolCallId: 't1', ...told });
});

test('[AG2] raw output does not replace a text that was told', () => {
  const tools = inRepository();
  change(tools, { content: [{ type: 'content', content: { type: 'text', text: 'told' } }] });
  expect(change(tools, { rawOutput: { any: 1 } })).toEqual({ toolCallId: 't1' });
});

test('[AG2] [R9] output that comes in pieces is put together, and its end is kept', () => {
  const tools = inRepository();
  const piece = (data: string) => change(tools, { _meta: { terminal_output_delta: { data } } });
  expect(piece('one ').output).toBe('one ');
  expect(piece('two').output).toBe('one two');
  const long = 'x'.repeat(limits.agentTerminalCharsKept - 7);
  expect(piece(long).output).toBe(`one two${long}`);
  expect(piece('!').output).toBe(`ne two${long}!`);
});

test('[R9] so many tool calls are remembered, the newest', () => {
  const tools = inRepository();
  for (let number = 0; number <= limits.agentToolsRemembered; number += 1)
    change(tools, { toolCallId: `t${String(number)}`, title: 'T' });
  expect(tools.known('t0')).toEqual({ toolCallId: 't0' });
  expect(tools.known('t1')).toEqual({ toolCallId: 't1', title: 'T' });
});
