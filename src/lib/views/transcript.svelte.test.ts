import { appendItem, extendLive, putLive } from '#lib/crdt/transcript-document.ts';
import { itemIdSchema, sha256Schema } from '#lib/domain/ids.ts';
import type { SealedSegment, TranscriptItem } from '#lib/domain/transcript.ts';
import { flushSync } from 'svelte';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import {
  aConversation,
  anAnswer,
  sessionId,
  turnId,
} from '../../../tests/fixtures/conversation.ts';

const sealed = (n: number, items: number): SealedSegment => ({
  n,
  sha256: sha256Schema.parse(String(n).repeat(64).slice(0, 64)),
  firstSeq: n * 100,
  lastSeq: n * 100 + items - 1,
  items,
  bytes: items * 10,
});
const answers = (n: number, count: number): TranscriptItem[] =>
  Array.from({ length: count }, (_, index) =>
    anAnswer(`s${String(n)}-${String(index)}`, n * 100 + index),
  );
const keys = (rows: readonly { readonly key: string }[]): string[] => rows.map(({ key }) => key);

/** Segments 0 and 1 sealed, 2 open with one item. */
function withHistory() {
  const set = aConversation();
  set.setState('segments', { open: 2, sealed: [sealed(0, 2), sealed(1, 2)] });
  set.workspace.keepSegment(0, answers(0, 2));
  set.workspace.keepSegment(1, answers(1, 2));
  set.append(2, ...answers(2, 1));
  return set;
}

describe('the transcript', () => {
  test('[R9] opening reads the open segment alone; older ones come when asked, newest first', async () => {
    const { conversation, workspace } = withHistory();
    const { transcript } = conversation;
    expect(keys(transcript.rows)).toEqual(['older 1', 's2-0']);
    expect(transcript.rows[0]).toMatchObject({
      kind: 'away',
      items: 4,
      loading: { kind: 'not_asked' },
    });
    expect(workspace.segmentsAsked).toEqual([]);
    await transcript.loadOlder();
    expect(keys(transcript.rows)).toEqual(['older 0', 's1-0', 's1-1', 's2-0']);
    await transcript.loadOlder();
    expect(keys(transcript.rows)).toEqual(['s0-0', 's0-1', 's1-0', 's1-1', 's2-0']);
    expect(workspace.segmentsAsked).toEqual([1, 0]);
    expect(await transcript.loadOlder()).toBe(false);
  });

  test('a segment that is nowhere says its size, and can be asked for again', async () => {
    const { conversation, setState, workspace, append } = aConversation();
    setState('segments', { open: 1, sealed: [sealed(0, 2)] });
    append(1, ...answers(1, 1));
    await conversation.transcript.loadOlder();
    expect(conversation.transcript.rows[0]).toMatchObject({
      kind: 'away',
      loading: { kind: 'not_here', bytes: 20 },
    });
    workspace.keepSegment(0, answers(0, 2));
    await conversation.transcript.loadOlder();
    expect(keys(conversation.transcript.rows)).toEqual(['s0-0', 's0-1', 's1-0']);
  });

  test('sealing the open segment while it is read keeps its rows, and reads nothing again', () => {
    const { conversation, setState, workspace, append } = aConversation();
    setState('segments', { open: 0, sealed: [] });
    append(0, ...answers(0, 2));
    const before = conversation.transcript.rows;
    setState('segments', { open: 1, sealed: [sealed(0, 2)] });
    append(1, ...answers(1, 1));
    const after = conversation.transcript.rows;
    expect(keys(after)).toEqual(['s0-0', 's0-1', 's1-0']);
    expect(after[0]).toBe(before[0]);
    expect(workspace.segmentsAsked).toEqual([]);
    expect(workspace.replica({ kind: 'transcript', sessionId, segment: 0 }).users).toBe(0);
  });

  test('a segment that was sealed with more than this device had is read whole', async () => {
    const { conversation, setState, workspace, append } = aConversation();
    setState('segments', { open: 0, sealed: [] });
    append(0, ...answers(0, 1));
    workspace.keepSegment(0, answers(0, 3));
    setState('segments', { open: 1, sealed: [sealed(0, 3)] });
    expect(keys(conversation.transcript.rows)).toEqual(['s0-0']);
    await Promise.resolve();
    await Promise.resolve();
    expect(keys(conversation.transcript.rows)).toEqual(['s0-0', 's0-1', 's0-2']);
  });

  test('a link to an entry reads older segments until it is there', async () => {
    const { conversation } = withHistory();
    expect(await conversation.transcript.find('s0-1')).toBe('s0-1');
    expect(await conversation.transcript.find('nowhere')).toBeNull();
  });

  test('a row is shown again only when it changed: a token runs its reader once', () => {
    const { conversation, setState, append, transcript } = aConversation();
    setState('segments', { open: 0, sealed: [] });
    append(0, anAnswer('done', 1));
    const id = itemIdSchema.parse('live');
    putLive(transcript(0), { v: 1, id, seq: 2, turnId, at: 2, kind: 'answer' });
    const seen: string[] = [];
    const stop = $effect.root(() => {
      $effect(() => {
        seen.push(
          conversation.transcript.rows
            .map((row) => (row.kind === 'answer' ? row.text : ''))
            .join('|'),
        );
      });
    });
    flushSync();
    transcript(0).transact(() => {
      extendLive(transcript(0), id, 'one ');
      extendLive(transcript(0), id, 'two');
    });
    flushSync();
    expect(seen).toEqual(['done|', 'done|one two']);
    stop();
  });

  test('a new epoch’s empty room takes the place of the old one', () => {
    const { conversation, setState, append, workspace } = aConversation();
    setState('segments', { open: 0, sealed: [] });
    append(0, anAnswer('old', 1));
    expect(keys(conversation.transcript.rows)).toEqual(['old']);
    const fresh = new Y.Doc();
    workspace.replica({ kind: 'transcript', sessionId, segment: 0 }).document.set(fresh);
    appendItem(fresh, anAnswer('new', 1));
    expect(keys(conversation.transcript.rows)).toEqual(['new']);
  });

  test('[R8] what this device never had says so when the bridge cannot be asked, and opens when it can', () => {
    const { conversation, workspace, stateReplica, setState, append } = aConversation();
    stateReplica.exchange.set({ kind: 'never' });
    workspace.connection.set({ kind: 'offline', since: 1 });
    expect(conversation.transcript.presence).toEqual({ kind: 'not_here' });
    workspace.connection.set({ kind: 'online', since: 2 });
    expect(conversation.transcript.presence).toEqual({ kind: 'opening' });
    setState('segments', { open: 0, sealed: [] });
    append(0, anAnswer('a', 1));
    expect(conversation.transcript.presence).toEqual({ kind: 'here' });
    stateReplica.exchange.set({ kind: 'closed', code: 4404, reason: '' });
    expect(conversation.transcript.presence).toEqual({ kind: 'deleted' });
  });

  test('reading to the end is remembered for all of one’s devices', () => {
    const { conversation, setState, append, person } = aConversation();
    setState('segments', { open: 0, sealed: [] });
    conversation.markSeen();
    expect(person.readMarks.read().get(sessionId)).toBeUndefined();
    append(0, anAnswer('a', 7));
    conversation.markSeen();
    expect(person.readMarks.read().get(sessionId)).toBe(7);
  });

  test('closing gives every room back', () => {
    const { conversation, setState, append, workspace } = aConversation();
    setState('segments', { open: 0, sealed: [] });
    append(0, anAnswer('a', 1));
    conversation.close();
    expect(workspace.replica({ kind: 'transcript', sessionId, segment: 0 }).users).toBe(0);
  });
});
