import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, test } from 'vitest';
import { bridgeDocument } from '#lib/crdt/bridge-document.ts';
import { stateDocument } from '#lib/crdt/state-document.ts';
import { canonicalJson } from '#lib/domain/canonical.ts';
import {
  commandIdSchema,
  deviceIdSchema,
  personIdSchema,
  sessionIdSchema,
} from '#lib/domain/ids.ts';
import { limits } from '#lib/domain/limits.ts';
import type { Operation, OperationState } from '#lib/domain/operation.ts';
import type { TranscriptItem } from '#lib/domain/transcript.ts';
import { answer, answerHead, idOf, noticeItem } from '../../tests/contract/record.ts';
import { seededRandom } from '../../tests/fixtures/manual-time.ts';
import { projectorBench, type ProjectorBench } from '../../tests/fixtures/projector-bench.ts';
import { memoryStorage } from '../storage/memory-storage.ts';
import { RoomClosed } from './room-closed.ts';

const session = sessionIdSchema.parse('018f0000-0000-7000-8000-000000000001');
const mara = personIdSchema.parse('mara');
const author = { personId: mara, deviceId: deviceIdSchema.parse('laptop'), verified: true };

let bench: ProjectorBench;

beforeEach(async () => {
  bench = await projectorBench(memoryStorage(seededRandom(1)));
  return () => {
    bench.documents.close();
  };
});

/** Appends finished items until there are `count`; returns their numbers. */
async function appendItems(count: number, text = 'x'): Promise<number[]> {
  const record = bench.projector.session(session);
  const seqs = Array.from({ length: count }, () => record.nextSeq());
  for (const seq of seqs) record.append(noticeItem(seq, text, bench.time.now()));
  await record.durable();
  return seqs;
}

const manifest = async () => {
  const document = await bench.documents.open({ kind: 'state', sessionId: session });
  return stateDocument(document.doc).field('segments').read();
};

const operation = (n: number, state: OperationState): Operation => ({
  v: 1,
  id: commandIdSchema.parse(`018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`),
  seq: n,
  number: n,
  kind: 'turn.cancel',
  projectId: null,
  sessionId: session,
  summary: 'Stop',
  author,
  writtenAt: 1,
  acceptedAt: 2,
  settledAt: null,
  state,
  message: null,
  after: [],
});

describe('segments', () => {
  test('[RC8] at 500 items the segment becomes an immutable blob, its room answers 4410, and the next is open', async () => {
    const seqs = await appendItems(limits.segmentItemsMax - 1);
    expect(await manifest()).toEqual({ open: 0, sealed: [] });
    const [last = 0] = await appendItems(1);
    // The seal is written after the item; the next call finds it done.
    await bench.projector.session(session).leftLive();
    const segments = await manifest();
    expect(segments?.open).toBe(1);
    const [sealed] = segments?.sealed ?? [];
    if (sealed === undefined) throw new Error('expected a sealed segment');
    expect(sealed).toMatchObject({ n: 0, firstSeq: seqs[0], lastSeq: last, items: 500 });
    const blob = await bench.storage.blob(sealed.sha256);
    if (blob === null) throw new Error('expected its blob');
    expect(createHash('sha256').update(blob).digest('hex')).toBe(sealed.sha256);
    expect(blob.length).toBe(sealed.bytes);
    const lines = new TextDecoder().decode(blob).split('\n');
    expect(lines.pop()).toBe('');
    const items = lines.map((line): TranscriptItem => JSON.parse(line));
    expect(items.map(({ seq }) => seq)).toEqual([...seqs, last]);
    expect(lines[0]).toBe(canonicalJson(items[0] ?? null));
    const room = { kind: 'transcript', sessionId: session, segment: 0 } as const;
    expect(bench.documents.directory.status(room)).toBe('sealed');
    expect(await bench.storage.deletedRooms()).toEqual([`transcript/${session}/0`]);
  });

  test('[RC8] at 1 MiB it is sealed, whatever the number of items', async () => {
    await appendItems(9, 'y'.repeat(limits.segmentBytesMax / 10));
    expect((await manifest())?.open).toBe(0);
    await appendItems(2, 'y'.repeat(limits.segmentBytesMax / 10));
    await bench.projector.session(session).leftLive();
    expect((await manifest())?.open).toBe(1);
  });

  test('[RC8] after 24 hours it is sealed before the next item', async () => {
    await appendItems(1);
    bench.time.advance(limits.segmentAgeMsMax - 1);
    await appendItems(1);
    expect((await manifest())?.open).toBe(0);
    bench.time.advance(1);
    await appendItems(1);
    expect(await manifest()).toMatchObject({ open: 1, sealed: [{ items: 2 }] });
  });

  test('[RC9] nothing is sealed while an item grows', async () => {
    const record = bench.projector.session(session);
    const seq = record.nextSeq();
    record.openLive(answerHead('a', seq));
    await appendItems(limits.segmentItemsMax + 20);
    expect((await manifest())?.open).toBe(0);
    record.closeLive(idOf('a'), answer('a', seq, 'done'));
    await record.durable();
    await record.leftLive();
    expect(await manifest()).toMatchObject({ open: 1, sealed: [{ firstSeq: seq, items: 521 }] });
  });

  test('[RC8] a long transcript is whole over many segments and a restart', async () => {
    const seqs: number[] = [];
    for (let round = 0; round < 5; round += 1) seqs.push(...(await appendItems(300)));
    const again = await bench.restart();
    const { items } = await again.shown(session);
    expect(items.map(({ seq }) => seq)).toEqual(seqs);
    expect(again.documents.directory.segments(session)).toMatchObject({ open: 3 });
    again.projector.session(session).append(noticeItem(again.storage.allocate(), 'more'));
    await again.projector.session(session).durable();
    expect((await again.shown(session)).items).toHaveLength(1501);
    again.documents.close();
  });

  test('[RC8] a seal that fails leaves the segment open, loses nothing and is tried again', async () => {
    await appendItems(limits.segmentItemsMax - 1);
    const record = bench.projector.session(session);
    record.append(noticeItem(record.nextSeq(), 'x', bench.time.now()));
    await record.durable();
    bench.storage.faults.full = true;
    await record.leftLive().catch(() => undefined);
    bench.storage.faults.full = false;
    expect((await bench.shown(session)).items).toHaveLength(limits.segmentItemsMax);
    await appendItems(limits.segmentItemsMax / 10);
    await record.leftLive();
    expect((await manifest())?.open).toBe(1);
    expect((await bench.shown(session)).items).toHaveLength(limits.segmentItemsMax * 1.1);
  });
});

describe('growing text', () => {
  test('[RC10] text is collected: one write per flush, however many pieces came', async () => {
    const record = bench.projector.session(session);
    record.openLive(answerHead('a', record.nextSeq()));
    await record.durable();
    const before = bench.storage.position();
    for (let n = 0; n < 1000; n += 1) record.extendLive(idOf('a'), 'ab');
    bench.time.advance(limits.liveFlushMs - 1);
    await Promise.resolve();
    expect(bench.storage.position()).toBe(before);
    bench.time.advance(1);
    await record.durable();
    expect(bench.storage.position()).toBe(before + 1);
    expect((await bench.shown(session)).growing[0]?.text).toHaveLength(2000);
  });

  test('[RC10] a transaction is at most 256 KiB, and no character is cut in two', async () => {
    const record = bench.projector.session(session);
    record.openLive(answerHead('a', record.nextSeq()));
    const text = '😀'.repeat(200_000);
    record.extendLive(idOf('a'), text);
    await record.durable();
    const room = await bench.storage.loadRoom(`transcript/${session}/0`);
    for (const update of room.updates)
      expect(update.length).toBeLessThanOrEqual(limits.transactionBytesMax);
    expect((await bench.shown(session)).growing[0]?.text).toBe(text);
  });
});

describe('room bridge', () => {
  const shownOperations = async () => {
    const document = await bench.documents.open({ kind: 'bridge' });
    return bridgeDocument(document.doc).operations.read();
  };

  test('[RC11] it keeps the last 200 settled operations and every one that is not settled', async () => {
    bench.projector.putOperation(operation(1, 'waiting'));
    for (let n = 2; n <= limits.operationsKeptInBridgeRoom + 6; n += 1)
      bench.projector.show(operation(n, 'done'));
    await bench.projector.durable();
    const shown = await shownOperations();
    expect(shown).toHaveLength(limits.operationsKeptInBridgeRoom + 1);
    expect(shown.at(-1)?.number).toBe(1);
    expect(shown.at(-2)?.number).toBe(7);
    expect(bench.projector.shown(session)).toHaveLength(shown.length);
    const again = await bench.restart();
    again.projector.putOperation(operation(1, 'done'));
    await again.projector.durable();
    const after = bridgeDocument((await again.documents.open({ kind: 'bridge' })).doc);
    expect(after.operations.read().map(({ number }) => number)).not.toContain(1);
    again.documents.close();
  });

  test('[RC11] a session shows its own operations to its guests', async () => {
    bench.projector.putOperation(operation(1, 'waiting'));
    bench.projector.putOperation({ ...operation(2, 'waiting'), sessionId: null });
    await bench.projector.session(session).durable();
    const state = await bench.documents.open({ kind: 'state', sessionId: session });
    expect(stateDocument(state.doc).operations.read()).toEqual([operation(1, 'waiting')]);
  });

  test('[RC12] people who did something in a session are in its own room, with their present name', async () => {
    const person = { v: 1, id: mara, name: 'Mara', color: 1, joinedAt: 1 } as const;
    bench.projector.putPerson(person);
    bench.projector.putPerson({ ...person, id: personIdSchema.parse('ben'), name: 'Ben' });
    bench.projector.putOperation(operation(1, 'waiting'));
    bench.projector.putPerson({ ...person, name: 'Mara K.' });
    await bench.projector.session(session).durable();
    const state = await bench.documents.open({ kind: 'state', sessionId: session });
    expect(stateDocument(state.doc).people.read()).toEqual([{ ...person, name: 'Mara K.' }]);
  });

  test('[RC13] a dropped session is gone for good: its rooms are deleted, also after a restart', async () => {
    await appendItems(3);
    bench.projector.dropSession(session);
    await bench.projector.durable();
    const room = { kind: 'state', sessionId: session } as const;
    expect(bench.documents.directory.status(room)).toBe('deleted');
    expect(await bench.storage.roomNames()).toEqual([]);
    const again = await bench.restart();
    expect(again.documents.directory.status(room)).toBe('deleted');
    again.documents.close();
  });

  test('a room that cannot be read fails what was to be written there, and nothing else', async () => {
    bench.storage.faults.damaged.add(`state/${session}`);
    const record = bench.projector.session(session);
    record.put('plan', []);
    await expect(record.durable()).rejects.toMatchObject({ failure: { code: 'unavailable' } });
    await appendItems(1);
    await expect(bench.documents.open({ kind: 'state', sessionId: session })).rejects.toThrow(
      RoomClosed,
    );
  });
});
