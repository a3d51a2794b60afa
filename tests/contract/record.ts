import { beforeEach, describe, expect, test } from 'vitest';
import {
  agentIdSchema,
  deviceIdSchema,
  itemIdSchema,
  permissionIdSchema,
  personIdSchema,
  promptIdSchema,
  sessionIdSchema,
  turnIdSchema,
  type ItemId,
  type SessionId,
} from '#lib/domain/ids.ts';
import type { PermissionRequest } from '#lib/domain/permission.ts';
import type { Receipt } from '#lib/domain/prompt.ts';
import type { RunState } from '#lib/domain/session.ts';
import type { LiveItem, TranscriptItem } from '#lib/domain/transcript.ts';
import type { BridgeRecord } from '../../server/journal/session-record.ts';
import type { Storage } from '../../server/storage/contract.ts';

/** What devices are shown of a session. */
export interface ShownSession {
  /** In the order of their numbers. */
  readonly items: readonly TranscriptItem[];
  readonly growing: readonly { readonly item: LiveItem; readonly text: string }[];
  readonly run: RunState | null;
  readonly receipts: readonly Receipt[];
  readonly permissions: readonly PermissionRequest[];
}

export interface RecordUnderTest {
  readonly record: BridgeRecord;
  readonly storage: Storage;
  shown(sessionId: SessionId): Promise<ShownSession>;
  /** Lets the time pass after which collected text is written. */
  flush(): Promise<void>;
  /** What the next life of the bridge finds after this one was killed. */
  restart(): Promise<RecordUnderTest>;
  /** Makes the disk full, or not. */
  setFull(full: boolean): void;
  release(): Promise<void>;
}

/** The time at which a ManualTime stands when nobody moved it. */
const now = 1_700_000_000_000;

export const session = sessionIdSchema.parse('018f0000-0000-7000-8000-000000000001');
const turn = turnIdSchema.parse('turn');
const author = {
  personId: personIdSchema.parse('mara'),
  deviceId: deviceIdSchema.parse('laptop'),
  verified: true,
};

export const idOf = (name: string): ItemId => itemIdSchema.parse(name);

export const answerHead = (name: string, seq: number): Extract<LiveItem, { kind: 'answer' }> => ({
  v: 1,
  id: idOf(name),
  seq,
  turnId: turn,
  at: now,
  kind: 'answer',
});

export const answer = (name: string, seq: number, text: string): TranscriptItem => ({
  ...answerHead(name, seq),
  text,
  cut: false,
});

export const noticeItem = (seq: number, text = 'hello', at = now): TranscriptItem => ({
  v: 1,
  id: idOf(`notice${String(seq)}`),
  seq,
  turnId: null,
  at,
  kind: 'notice',
  level: 'info',
  text,
  detail: null,
});

const toolHead = (seq: number, status: 'pending' | 'in_progress'): LiveItem => ({
  v: 1,
  id: idOf('tool'),
  seq,
  turnId: turn,
  at: now,
  kind: 'tool',
  call: {
    toolCallId: 'call',
    title: 'Read',
    toolKind: 'read',
    status,
    command: null,
    locations: [],
    diffs: [],
    output: null,
    exitCode: null,
    startedAt: 1,
    endedAt: null,
  },
});

const receipt = (state: Receipt['state']): Receipt => ({
  v: 1,
  promptId: promptIdSchema.parse('prompt'),
  text: 'do it',
  blobs: [],
  author,
  writtenAt: 1,
  arrivedAt: 2,
  turnId: turn,
  itemId: idOf('item'),
  state,
});

const request = (outcome: PermissionRequest['outcome']): PermissionRequest => ({
  v: 1,
  id: permissionIdSchema.parse('permission'),
  turnId: turn,
  subject: {
    toolCallId: 'call',
    toolKind: 'execute',
    title: 'Run',
    command: 'npm test',
    directory: '/repository',
    diffs: [],
    rawInput: null,
    agentWords: null,
  },
  options: [{ optionId: 'yes', name: 'Allow', kind: 'allow_once' }],
  hash: 'hash',
  askedAt: 3,
  outcome,
});

const running: RunState = {
  kind: 'running',
  turnId: turn,
  turn: 1,
  since: 1,
  progressAt: 1,
  stopping: false,
};

/** Rules RC1 to RC7 of docs/spec/sync.md: the bridge's writing hand, whatever it writes into. */
export function recordContract(name: string, open: () => Promise<RecordUnderTest>): void {
  describe(`record: ${name}`, () => {
    let under: RecordUnderTest;

    beforeEach(async () => {
      under = await open();
      return () => under.release();
    });

    test('[RC1] what was put before durable resolved is there after a kill', async () => {
      const record = under.record.session(session);
      record.put('run', running);
      record.putReceipt(receipt('handed'));
      record.putPermission(request(null));
      const seq = record.nextSeq();
      record.append(noticeItem(seq));
      await record.durable();
      const again = await under.restart();
      const shown = await again.shown(session);
      expect(shown.run).toEqual(running);
      expect(shown.receipts).toEqual([receipt('handed')]);
      expect(shown.permissions).toEqual([request(null)]);
      expect(shown.items).toEqual([noticeItem(seq)]);
      expect(await again.storage.items(session, 0, Number.MAX_SAFE_INTEGER)).toEqual([
        noticeItem(seq),
      ]);
      await again.release();
    });

    test('[RC2] calls of one session take effect in order', async () => {
      const record = under.record.session(session);
      record.put('run', running);
      record.put('run', { kind: 'idle', since: 5 });
      record.putReceipt(receipt('handed'));
      record.putReceipt(receipt('answered'));
      record.putPermission(request(null));
      record.putPermission(request({ kind: 'gone', why: 'turn_ended', at: 9 }));
      const seqs = [record.nextSeq(), record.nextSeq(), record.nextSeq()];
      for (const seq of seqs) record.append(noticeItem(seq));
      await record.durable();
      const shown = await under.shown(session);
      expect(shown.run).toEqual({ kind: 'idle', since: 5 });
      expect(shown.receipts).toEqual([receipt('answered')]);
      expect(shown.permissions).toEqual([request({ kind: 'gone', why: 'turn_ended', at: 9 })]);
      expect(shown.items.map(({ seq }) => seq)).toEqual(seqs);
    });

    test('[RC3] a growing answer is shown as it grows, and becomes one plain item in one step', async () => {
      const record = under.record.session(session);
      const seq = record.nextSeq();
      record.openLive(answerHead('a', seq));
      record.extendLive(idOf('a'), 'Hel');
      record.extendLive(idOf('a'), 'lo');
      await under.flush();
      await record.durable();
      expect((await under.shown(session)).growing).toEqual([
        { item: answerHead('a', seq), text: 'Hello' },
      ]);
      record.extendLive(idOf('a'), ' world');
      record.closeLive(idOf('a'), answer('a', seq, 'Hello world'));
      await record.durable();
      const shown = await under.shown(session);
      expect(shown.growing).toEqual([]);
      expect(shown.items).toEqual([answer('a', seq, 'Hello world')]);
      await under.flush();
      expect((await under.shown(session)).growing).toEqual([]);
    });

    test('[RC3] the head of a growing tool call is replaced in place', async () => {
      const record = under.record.session(session);
      const seq = record.nextSeq();
      record.openLive(toolHead(seq, 'pending'));
      record.updateLive(toolHead(seq, 'in_progress'));
      await record.durable();
      expect((await under.shown(session)).growing).toEqual([
        { item: toolHead(seq, 'in_progress'), text: '' },
      ]);
    });

    test('[RC4] what grew when the bridge was killed is left, with the text that was on disk', async () => {
      const record = under.record.session(session);
      const seq = record.nextSeq();
      record.openLive(answerHead('a', seq));
      record.extendLive(idOf('a'), 'half an ans');
      await record.durable();
      const again = await under.restart();
      const next = again.record.session(session);
      expect(await next.leftLive()).toEqual([{ item: answerHead('a', seq), text: 'half an ans' }]);
      next.closeLive(idOf('a'), answer('a', seq, 'half an ans'));
      await next.durable();
      expect((await again.shown(session)).items).toEqual([answer('a', seq, 'half an ans')]);
      await again.release();
    });

    test('[RC5] where an earlier life left the session is read before anything is put', async () => {
      const record = under.record.session(session);
      expect(await record.leftState()).toEqual({ run: null, receipts: [], openPermissions: [] });
      record.put('run', running);
      record.putReceipt(receipt('handed'));
      record.putPermission(request(null));
      record.putPermission({
        ...request({ kind: 'gone', why: 'cancelled', at: 4 }),
        id: permissionIdSchema.parse('other'),
      });
      await record.durable();
      const again = await under.restart();
      expect(await again.record.session(session).leftState()).toEqual({
        run: running,
        receipts: [receipt('handed')],
        openPermissions: [request(null)],
      });
      await again.release();
    });

    test('[RC6] numbers grow, over restarts too', async () => {
      const record = under.record.session(session);
      const before = [record.nextSeq(), record.nextSeq()];
      record.append(noticeItem(before[1] ?? 0));
      await record.durable();
      const again = await under.restart();
      expect(again.record.session(session).nextSeq()).toBeGreaterThan(Math.max(...before));
      await again.release();
    });

    test('[RC7] durable says that the disk was full, and what failed is not on disk; later work is judged by itself', async () => {
      const record = under.record.session(session);
      record.put('run', running);
      await record.durable();
      under.setFull(true);
      const lost = record.nextSeq();
      record.append(noticeItem(lost));
      await expect(record.durable()).rejects.toMatchObject({ failure: { code: 'disk_full' } });
      under.setFull(false);
      const kept = record.nextSeq();
      record.append(noticeItem(kept));
      await record.durable();
      const again = await under.restart();
      expect(await again.storage.items(session, 0, Number.MAX_SAFE_INTEGER)).toEqual([
        noticeItem(kept),
      ]);
      expect((await again.shown(session)).items).toEqual([noticeItem(kept)]);
      await again.release();
    });

    test('[RC1] what the bridge publishes about the workspace is durable as well', async () => {
      under.record.putAgent({
        v: 1,
        id: agentIdSchema.parse('playground'),
        name: 'Playground',
        source: 'built-in',
        found: true,
        commandLine: 'playground',
        envNames: [],
      });
      await under.record.durable();
    });
  });
}
