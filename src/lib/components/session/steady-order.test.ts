import { expect, test } from 'vitest';
import { projectIdSchema, sessionIdSchema } from '#lib/domain/ids.ts';
import type { ListedSession, SessionGroup } from '#lib/views/session-list.svelte.ts';
import { steadied } from './steady-order.ts';

const listed = (n: number): ListedSession => ({
  id: sessionIdSchema.parse(`01890000-0000-7000-8000-00000000000${String(n)}`),
  title: `Session ${String(n)}`,
  projectId: projectIdSchema.parse('api'),
  agentName: 'Playground agent',
  branch: null,
  standing: { kind: 'idle' },
  promptsHere: 0,
  lastActivityAt: n,
  pinned: false,
  archived: false,
  trashedAt: null,
});
const group = (kind: 'needs' | 'pinned', sessions: readonly ListedSession[]): SessionGroup => ({
  kind,
  sessions,
});

test('under the pointer rows keep their places and say what is true now', () => {
  const [a, b, c] = [listed(1), listed(2), listed(3)];
  const before = [group('needs', [a]), group('pinned', [b])];
  const now = [group('needs', [{ ...b, title: 'renamed' }, c]), group('pinned', [a])];
  expect(steadied(before, now)).toEqual([
    group('needs', [a]),
    group('pinned', [{ ...b, title: 'renamed' }]),
  ]);
});

test('what is gone is gone', () => {
  const [a, b] = [listed(1), listed(2)];
  expect(steadied([group('needs', [a]), group('pinned', [b])], [group('pinned', [b])])).toEqual([
    group('pinned', [b]),
  ]);
});
