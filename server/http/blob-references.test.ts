import { describe, expect, test } from 'vitest';
import {
  itemIdSchema,
  personIdSchema,
  projectIdSchema,
  promptIdSchema,
  sessionIdSchema,
  sha256Schema,
  agentIdSchema,
  deviceIdSchema,
  type SessionId,
  type Sha256,
} from '#lib/domain/ids.ts';
import type { TranscriptItem } from '#lib/domain/transcript.ts';
import { seededRandom } from '../../tests/fixtures/manual-time.ts';
import type { SessionRow } from '../storage/contract.ts';
import { MemoryStorage } from '../storage/memory-storage.ts';
import { BlobReferences } from './blob-references.ts';

const session = (n: number): SessionId =>
  sessionIdSchema.parse(`0198c0de-0000-7000-8000-00000000000${String(n)}`);
const blob = (digit: string): Sha256 => sha256Schema.parse(digit.repeat(64));

const row = (id: SessionId): SessionRow => ({
  info: {
    v: 1,
    id,
    projectId: projectIdSchema.parse('api'),
    agentId: agentIdSchema.parse('playground'),
    title: '',
    directory: '/',
    branch: null,
    createdBy: personIdSchema.parse('ilse'),
    createdAt: 0,
    lastActivityAt: 0,
    lastSeq: 0,
    run: 'none',
    endedMessage: null,
    openPermissions: 0,
    needs: null,
    doing: null,
    trashedAt: null,
  },
  agentSessionId: null,
  modeId: null,
  turns: 0,
  openSegment: 0,
  sealed: [],
  deletedAt: null,
});

const prompt = (seq: number, blobs: readonly Sha256[]): TranscriptItem => ({
  v: 1,
  id: itemIdSchema.parse(`item${String(seq)}`),
  seq,
  turnId: null,
  at: 0,
  kind: 'prompt',
  promptId: promptIdSchema.parse(`prompt${String(seq)}`),
  text: '',
  blobs: [...blobs],
  author: {
    personId: personIdSchema.parse('ilse'),
    deviceId: deviceIdSchema.parse('laptop'),
    verified: true,
  },
  writtenAt: 0,
  arrivedAt: 0,
});

const toolOutput = (seq: number, sha256: Sha256): TranscriptItem => ({
  v: 1,
  id: itemIdSchema.parse(`item${String(seq)}`),
  seq,
  turnId: null,
  at: 0,
  kind: 'tool',
  call: {
    toolCallId: 'call',
    title: '',
    toolKind: 'execute',
    status: 'completed',
    command: null,
    locations: [],
    diffs: [],
    output: { kind: 'blob', sha256, bytes: 1, lines: 1, head: '', tail: '' },
    exitCode: 0,
    startedAt: 0,
    endedAt: 0,
  },
});

describe('[G15] what a guest of a session may read', () => {
  test('is what the session’s prompts, tools and sealed segments name, also what is named later', async () => {
    const storage = new MemoryStorage(seededRandom(1));
    const add = (item: TranscriptItem) =>
      storage.commit([{ kind: 'item', sessionId: session(1), segment: 0, item }]);
    await storage.commit([
      { kind: 'session', row: row(session(1)) },
      { kind: 'session', row: row(session(2)) },
      {
        kind: 'segment_sealed',
        sessionId: session(1),
        segment: { n: 0, sha256: blob('c'), firstSeq: 1, lastSeq: 1, items: 1, bytes: 1 },
      },
    ]);
    await add(prompt(storage.allocate(), [blob('a')]));
    const references = new BlobReferences(storage);
    const mayRead = (sha256: Sha256, of: number) => references.isReferenced(sha256, [session(of)]);
    expect([await mayRead(blob('a'), 1), await mayRead(blob('c'), 1)]).toEqual([true, true]);
    expect([await mayRead(blob('a'), 2), await mayRead(blob('c'), 2)]).toEqual([false, false]);
    expect(await mayRead(blob('b'), 1)).toBe(false);
    await add(toolOutput(storage.allocate(), blob('b')));
    expect(await mayRead(blob('b'), 1)).toBe(true);
    expect(await references.isReferenced(blob('b'), [session(2), session(1)])).toBe(true);
  });

  test('a session that is gone for good lets nobody read', async () => {
    const storage = new MemoryStorage(seededRandom(1));
    await storage.commit([
      { kind: 'session', row: { ...row(session(1)), deletedAt: 1 } },
      { kind: 'item', sessionId: session(1), segment: 0, item: prompt(1, [blob('a')]) },
    ]);
    expect(await new BlobReferences(storage).isReferenced(blob('a'), [session(1)])).toBe(false);
  });
});
