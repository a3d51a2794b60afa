import {
  appendItem,
  dropLive,
  extendLive,
  putLive,
  transcriptDocument,
} from '#lib/crdt/transcript-document.ts';
import { itemIdSchema, turnIdSchema } from '#lib/domain/ids.ts';
import type { LiveItem, ToolCall, TranscriptItem } from '#lib/domain/transcript.ts';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import type { TranscriptRow } from './transcript-row.ts';
import { RowComposer } from './transcript-rows.ts';

const turnId = turnIdSchema.parse('turn-1');
const head = (id: string, seq: number) => ({
  v: 1 as const,
  id: itemIdSchema.parse(id),
  seq,
  turnId,
  at: 1000 + seq,
});
const answer = (id: string, seq: number, text: string): TranscriptItem => ({
  ...head(id, seq),
  kind: 'answer',
  text,
  cut: false,
});
const thought = (id: string, seq: number): TranscriptItem => ({
  ...head(id, seq),
  kind: 'thought',
  text: 'hm',
  cut: false,
  endedAt: 1000 + seq + 500,
});
const call = (toolCallId: string, fields: Partial<ToolCall> = {}): ToolCall => ({
  toolCallId,
  title: 'Run',
  toolKind: 'execute',
  status: 'in_progress',
  command: 'ls',
  locations: [],
  diffs: [],
  output: null,
  exitCode: null,
  startedAt: 1,
  endedAt: null,
  ...fields,
});
const tool = (id: string, seq: number, of: ToolCall): TranscriptItem => ({
  ...head(id, seq),
  kind: 'tool',
  call: of,
});

/** A transcript room and what its rows are now. */
function aTranscript() {
  const doc = new Y.Doc();
  const document = transcriptDocument(doc);
  const composer = new RowComposer();
  return {
    doc,
    add: (...items: TranscriptItem[]) => {
      for (const item of items) appendItem(doc, item);
    },
    grow: (item: LiveItem, text = '') => {
      doc.transact(() => {
        putLive(doc, item);
        if (text !== '') extendLive(doc, item.id, text);
      });
    },
    rows: (): readonly TranscriptRow[] =>
      composer.compose({
        older: null,
        held: [{ n: 0, entries: document.items.read(), growing: document.growing.read() }],
      }),
  };
}

const kinds = (rows: readonly TranscriptRow[]): string[] => rows.map((row) => row.kind);

describe('rows of a transcript', () => {
  test('[R7] rows stand in the order of the bridge’s numbers, whatever order they arrived in', () => {
    const transcript = aTranscript();
    transcript.add(answer('b', 2, 'second'), answer('a', 1, 'first'));
    expect(transcript.rows().map((row) => row.seq)).toEqual([1, 2]);
  });

  test('a token makes a new row of the item it is part of and of no other', () => {
    const transcript = aTranscript();
    transcript.add(answer('a', 1, 'before'));
    transcript.grow({ ...head('b', 2), kind: 'answer' }, 'one');
    transcript.grow({ ...head('c', 3), kind: 'tool', call: call('t1') });
    const before = transcript.rows();
    extendLive(transcript.doc, itemIdSchema.parse('b'), ' two');
    const after = transcript.rows();
    expect(after[1]).toMatchObject({ key: 'b', text: 'one two', progress: 'growing' });
    expect(after[0]).toBe(before[0]);
    expect(after[2]).toBe(before[2]);
  });

  test('an item that is finished keeps the key that it grew under', () => {
    const transcript = aTranscript();
    transcript.grow({ ...head('a', 1), kind: 'answer' }, 'half');
    const growing = transcript.rows()[0];
    transcript.doc.transact(() => {
      dropLive(transcript.doc, itemIdSchema.parse('a'));
      appendItem(transcript.doc, answer('a', 1, 'half and whole'));
    });
    const rows = transcript.rows();
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ key: growing?.key, text: 'half and whole', progress: 'whole' });
  });

  test('later items of one tool call are one row at the first one’s place, showing the last', () => {
    const transcript = aTranscript();
    transcript.add(
      tool('a', 1, call('t1')),
      answer('b', 2, 'meanwhile'),
      tool('c', 3, call('t1', { status: 'failed', exitCode: 2 })),
    );
    const rows = transcript.rows();
    expect(kinds(rows)).toEqual(['tool', 'answer']);
    expect(rows[0]).toMatchObject({ itemId: 'a', call: { status: 'failed', exitCode: 2 } });
  });

  test('the same call id in another turn is another call', () => {
    const transcript = aTranscript();
    transcript.add(tool('a', 1, call('t1')), {
      ...tool('b', 2, call('t1')),
      turnId: turnIdSchema.parse('turn-2'),
    });
    expect(kinds(transcript.rows())).toEqual(['tool', 'tool']);
  });

  test('thoughts, reads and searches beside each other are one folded row; anything else ends it', () => {
    const transcript = aTranscript();
    transcript.add(
      thought('a', 1),
      tool('b', 2, call('t1', { toolKind: 'read' })),
      tool('c', 3, call('t2', { toolKind: 'search' })),
      tool('d', 4, call('t3', { toolKind: 'execute' })),
      thought('e', 5),
    );
    const rows = transcript.rows();
    expect(kinds(rows)).toEqual(['steps', 'tool', 'steps']);
    expect(rows[0]).toMatchObject({ key: 'steps a' });
    expect(rows[0]?.kind === 'steps' && rows[0].steps.map((step) => step.kind)).toEqual([
      'thought',
      'look',
      'look',
    ]);
  });

  test('a group keeps its key while it grows', () => {
    const transcript = aTranscript();
    transcript.add(thought('a', 1));
    const before = transcript.rows()[0]?.key;
    transcript.add(tool('b', 2, call('t1', { toolKind: 'read' })));
    expect(transcript.rows()[0]?.key).toBe(before);
  });

  test('an entry of a newer version and one that cannot be read are shown raw, behind what they followed', () => {
    const transcript = aTranscript();
    transcript.add(answer('a', 1, 'first'));
    transcript.doc.getArray<unknown>('items').push([{ v: 7, kind: 'hologram' }, 'nonsense']);
    transcript.add(answer('b', 2, 'second'));
    const rows = transcript.rows();
    expect(kinds(rows)).toEqual(['answer', 'foreign', 'foreign', 'answer']);
    expect(rows[1]).toMatchObject({
      v: 7,
      raw: JSON.stringify({ v: 7, kind: 'hologram' }, null, 2),
    });
    expect(rows[2]).toMatchObject({ v: null, raw: '"nonsense"' });
  });
});
