import { putInStateDocument, putState } from '#lib/crdt/state-document.ts';
import { appendItem, extendLive, putLive } from '#lib/crdt/transcript-document.ts';
import { itemIdSchema, promptIdSchema, turnIdSchema } from '#lib/domain/ids.ts';
import type { PermissionRequest } from '#lib/domain/permission.ts';
import type { TranscriptItem } from '#lib/domain/transcript.ts';
import type { SessionInfo } from '#lib/domain/session.ts';
import type * as Y from 'yjs';
import { permissionId } from './bridge-facts.ts';
import { byIlse, minute, people, storyTime } from './people.ts';

const turnId = turnIdSchema.parse('turn-4');
const item = (n: number) => itemIdSchema.parse(`item-${String(n)}`);
const common = (seq: number, minutesAgo: number) => ({
  v: 1 as const,
  id: item(seq),
  seq,
  turnId,
  at: storyTime - minutesAgo * minute,
});

const items: readonly TranscriptItem[] = [
  {
    ...common(36, 23),
    kind: 'prompt',
    promptId: promptIdSchema.parse('prompt-1'),
    text: 'Clients that send `Retry-After: 2` wait 2 ms instead of 2 s. Find where we parse it, fix it, and cover the HTTP-date form too. Don’t touch the public types.',
    blobs: [],
    author: byIlse,
    writtenAt: storyTime - 30 * minute,
    arrivedAt: storyTime - 23 * minute,
  },
  {
    ...common(37, 22),
    kind: 'thought',
    text: 'The header is a number of seconds or an HTTP date.',
    cut: false,
    endedAt: storyTime - 22 * minute + 6000,
  },
  {
    ...common(38, 21),
    kind: 'answer',
    text: '`parseRetryAfter` returns the header’s number as it is, and `client.ts:48` hands it to `setTimeout`: 2 means two milliseconds. A date falls through to `NaN`. I’ll convert at the boundary and leave the types alone.',
    cut: false,
  },
  {
    ...common(39, 20),
    kind: 'tool',
    call: {
      toolCallId: 'call-1',
      title: 'Edit src/http/retry.ts',
      toolKind: 'edit',
      status: 'completed',
      command: null,
      locations: [{ path: 'src/http/retry.ts', line: 13 }],
      diffs: [
        {
          path: 'src/http/retry.ts',
          oldText:
            'export function parseRetryAfter(header: string): number | undefined {\n  const n = Number(header);\n  return Number.isNaN(n) ? undefined : n;\n}\n',
          newText:
            'export function parseRetryAfter(header: string): number | undefined {\n  const seconds = Number(header);\n  if (!Number.isNaN(seconds)) return seconds * 1000;\n  const at = Date.parse(header); // HTTP-date, RFC 9110 10.2.3\n  return Number.isNaN(at) ? undefined : Math.max(0, at - now());\n}\n',
        },
      ],
      output: null,
      exitCode: null,
      startedAt: storyTime - 20 * minute,
      endedAt: storyTime - 20 * minute + 400,
    },
  },
  {
    ...common(40, 19),
    kind: 'tool',
    call: {
      toolCallId: 'call-2',
      title: 'npx vitest run src/http',
      toolKind: 'execute',
      status: 'completed',
      command: 'npx vitest run src/http',
      locations: [],
      diffs: [],
      output: { kind: 'inline', text: 'Test Files  2 passed (2)\n     Tests  16 passed (16)\n' },
      exitCode: 0,
      startedAt: storyTime - 19 * minute,
      endedAt: storyTime - 19 * minute + 3100,
    },
  },
];

const permission: PermissionRequest = {
  v: 1,
  id: permissionId,
  turnId,
  subject: {
    toolCallId: 'call-3',
    toolKind: 'execute',
    title: 'Run the whole suite on a clean install',
    command:
      'rm -rf node_modules && npm ci --ignore-scripts && npm test -- --run --coverage --reporter=verbose --outputFile=coverage/report.json',
    directory: '/home/ilse/code/parcel-api',
    diffs: [],
    rawInput: null,
    agentWords: 'A clean install, then the full suite with coverage.',
  },
  options: [
    { optionId: 'allow', name: 'Allow once', kind: 'allow_once' },
    { optionId: 'always', name: 'Always allow', kind: 'allow_always' },
    { optionId: 'reject', name: 'Reject', kind: 'reject_once' },
  ],
  hash: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  askedAt: storyTime - 38_000,
  outcome: null,
};

/** The session that is open in the pictures: a turn under way, a permission asked, a plan of five steps. */
export function fillConversation(
  { state, transcript }: { readonly state: Y.Doc; readonly transcript: Y.Doc },
  info: SessionInfo,
): void {
  putState(state, 'info', info);
  putState(state, 'run', {
    kind: 'running',
    turnId,
    turn: 4,
    since: storyTime - 2 * minute - 10_000,
    progressAt: storyTime - 2000,
    stopping: false,
  });
  putState(state, 'plan', [
    { content: 'Find where the header is parsed', priority: 'high', status: 'completed' },
    { content: 'Fix the unit, add the date form', priority: 'high', status: 'completed' },
    { content: 'Cover both with tests', priority: 'medium', status: 'completed' },
    { content: 'Run the full suite on a clean install', priority: 'medium', status: 'in_progress' },
    { content: 'Changelog entry', priority: 'low', status: 'pending' },
  ]);
  putState(state, 'mode', {
    current: 'ask',
    available: [
      { id: 'ask', name: 'Ask first', description: 'Asks before it changes anything', asks: true },
      { id: 'edit', name: 'Accept edits', description: 'Edits files without asking', asks: false },
    ],
  });
  putState(state, 'commands', []);
  putState(state, 'usage', { used: 82_000, size: 200_000 });
  putState(state, 'segments', { open: 0, sealed: [] });
  putState(state, 'paths', ['src/http/retry.ts', 'src/http/client.ts', 'src/webhooks/deliver.ts']);
  putInStateDocument(state, 'permissions', permission.id, permission);
  for (const person of people) putInStateDocument(state, 'people', person.id, person);
  for (const one of items) appendItem(transcript, one);
  const live = { ...common(41, 0), kind: 'answer' as const };
  putLive(transcript, live);
  extendLive(transcript, live.id, 'Both forms pass. Next, the whole suite on a clean install.');
}

/** A session whose last turn ended, without anything open. */
export function fillIdle(state: Y.Doc, info: SessionInfo): void {
  putState(state, 'info', info);
  putState(
    state,
    'run',
    info.run === 'ended'
      ? {
          kind: 'ended',
          code: 137,
          signal: null,
          message: info.endedMessage ?? '',
          at: info.lastActivityAt,
        }
      : { kind: 'idle', since: info.lastActivityAt },
  );
  putState(state, 'plan', []);
  putState(state, 'mode', { current: null, available: [] });
  putState(state, 'commands', []);
  putState(state, 'usage', null);
  putState(state, 'segments', { open: 0, sealed: [] });
  putState(state, 'paths', []);
}
