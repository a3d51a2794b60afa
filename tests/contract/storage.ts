import { createHash } from 'node:crypto';
import * as Y from 'yjs';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  agentIdSchema,
  commandIdSchema,
  deviceIdSchema,
  itemIdSchema,
  personIdSchema,
  projectIdSchema,
  promptIdSchema,
  ruleIdSchema,
  sessionIdSchema,
  sha256Schema,
} from '#lib/domain/ids.ts';
import type { Operation } from '#lib/domain/operation.ts';
import type { SealedSegment, TranscriptItem } from '#lib/domain/transcript.ts';
import {
  RoomDamaged,
  type PairingRow,
  type SessionRow,
  type Storage,
} from '../../server/storage/contract.ts';

/** What the suite needs of an implementation besides the contract itself. */
export interface StorageUnderTest {
  readonly storage: Storage;
  /** The same data as another process finds it after this one was killed. */
  restart(): Promise<Storage>;
  /** The same data after an orderly end. */
  reopen(): Promise<Storage>;
  /** Makes the next batches fail as on a full disk, until the returned function is called. */
  fill(): Promise<() => Promise<void>>;
  /** Changes stored bytes of a room behind its back. */
  damage(room: string): void;
  release(): Promise<void>;
}

const laptop = deviceIdSchema.parse('laptop');
const phone = deviceIdSchema.parse('phone');
const mara = personIdSchema.parse('mara');
const session = sessionIdSchema.parse('018f0000-0000-7000-8000-000000000001');
const other = sessionIdSchema.parse('018f0000-0000-7000-8000-000000000002');
const author = { personId: mara, deviceId: laptop, verified: true };

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const hash = (content: Uint8Array) =>
  sha256Schema.parse(createHash('sha256').update(content).digest('hex'));

const operation = (n: number, seq: number): Operation => ({
  v: 1,
  id: commandIdSchema.parse(`018f0000-0000-7000-8000-${String(n).padStart(12, '0')}`),
  seq,
  number: n,
  kind: 'session.stop',
  projectId: null,
  sessionId: session,
  summary: 'Stop the agent',
  author,
  writtenAt: 1,
  acceptedAt: 2,
  settledAt: null,
  state: 'waiting',
  message: null,
  after: [],
});

const notice = (seq: number, text = 'hello'): TranscriptItem => ({
  v: 1,
  id: itemIdSchema.parse(`item${String(seq)}`),
  seq,
  turnId: null,
  at: 5,
  kind: 'notice',
  level: 'info',
  text,
  detail: null,
});

const promptItem = (seq: number, promptId: string): TranscriptItem => ({
  v: 1,
  id: itemIdSchema.parse(`item${String(seq)}`),
  seq,
  turnId: null,
  at: 5,
  kind: 'prompt',
  promptId: promptIdSchema.parse(promptId),
  text: 'do it',
  blobs: [],
  author,
  writtenAt: 1,
  arrivedAt: 2,
});

const segment = (n: number): SealedSegment => ({
  n,
  sha256: hash(bytes(n)),
  firstSeq: n * 10 + 1,
  lastSeq: n * 10 + 9,
  items: 9,
  bytes: 900,
});

const sessionRow = (patch: Partial<SessionRow> = {}): SessionRow => ({
  info: {
    v: 1,
    id: session,
    projectId: projectIdSchema.parse('project'),
    agentId: agentIdSchema.parse('agent'),
    title: 'A session',
    directory: '/repository',
    branch: 'main',
    createdBy: mara,
    createdAt: 1,
    lastActivityAt: 1,
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
  ...patch,
});

/** Rules ST1 to ST16 of docs/spec/sync.md, for every implementation of {@link Storage}. */
export function storageContract(name: string, open: () => Promise<StorageUnderTest>): void {
  describe(`storage: ${name}`, () => {
    let under: StorageUnderTest;
    let storage: Storage;

    beforeEach(async () => {
      under = await open();
      storage = under.storage;
      return () => under.release();
    });

    test('[ST1] what was committed is there after a kill; what was not is not', async () => {
      const seq = storage.allocate();
      await storage.commit([{ kind: 'update', room: 'tasks', seq, update: bytes(1, 2, 3) }]);
      void storage
        .commit([{ kind: 'update', room: 'tasks', seq: storage.allocate(), update: bytes(9) }])
        .catch(() => undefined);
      const again = await under.restart();
      const room = await again.loadRoom('tasks');
      expect(room.updates.slice(0, 1)).toEqual([bytes(1, 2, 3)]);
      expect(room.seq).toBeGreaterThanOrEqual(seq);
    });

    test('[ST2] a batch is written whole or not at all', async () => {
      const seq = storage.allocate();
      await storage.commit([{ kind: 'update', room: 'tasks', seq, update: bytes(1) }]);
      const half = storage.commit([
        { kind: 'blob', sha256: hash(bytes(7)), bytes: bytes(7) },
        { kind: 'update', room: 'tasks', seq, update: bytes(2) },
      ]);
      await expect(half).rejects.toMatchObject({ failure: { code: 'internal' } });
      expect(await storage.hasBlob(hash(bytes(7)))).toBe(false);
      expect((await storage.loadRoom('tasks')).updates).toEqual([bytes(1)]);
    });

    test('[ST2] a batch that cannot be written does not take the batches beside it along', async () => {
      const seq = storage.allocate();
      const results = await Promise.allSettled([
        storage.commit([{ kind: 'update', room: 'tasks', seq, update: bytes(1) }]),
        storage.commit([{ kind: 'update', room: 'tasks', seq, update: bytes(2) }]),
        storage.commit([{ kind: 'update', room: 'a', seq: storage.allocate(), update: bytes(3) }]),
      ]);
      expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      expect(await storage.roomNames()).toEqual(['a', 'tasks']);
    });

    test('[ST3] batches take effect in the order of the calls', async () => {
      const seqs = [storage.allocate(), storage.allocate(), storage.allocate()];
      const order: number[] = [];
      await Promise.all(
        seqs.map((seq, index) =>
          storage
            .commit([{ kind: 'update', room: 'tasks', seq, update: bytes(index) }])
            .then(() => order.push(index)),
        ),
      );
      expect(order).toEqual([0, 1, 2]);
      expect((await storage.loadRoom('tasks')).updates).toEqual([bytes(0), bytes(1), bytes(2)]);
    });

    test('[ST4] a number that was given out before a committed batch is never given out again', async () => {
      const before = [storage.allocate(), storage.allocate(), storage.allocate()];
      await storage.commit([{ kind: 'time_mark', seq: before[0] ?? 0, at: 1 }]);
      const again = await under.restart();
      expect(again.allocate()).toBeGreaterThan(Math.max(...before));
    });

    test('[ST4] the position is the highest number on disk', async () => {
      expect(storage.position()).toBe(0);
      const seq = storage.allocate();
      storage.allocate();
      expect(storage.position()).toBe(0);
      await storage.commit([{ kind: 'update', room: 'tasks', seq, update: bytes(1) }]);
      expect(storage.position()).toBe(seq);
      expect((await under.restart()).position()).toBe(seq);
    });

    test('[ST5] on a full disk a batch is wholly absent, is told so, and a later one works', async () => {
      const freed = await under.fill();
      const bulk = new Uint8Array(64 * 1024).fill(1);
      const refused = storage.commit([
        { kind: 'attribution', room: 'tasks', clientId: 5, deviceId: laptop },
        { kind: 'update', room: 'tasks', seq: storage.allocate(), update: bulk },
      ]);
      const waiting = storage.commit([
        { kind: 'update', room: 'tasks', seq: storage.allocate(), update: bytes(1) },
      ]);
      await expect(refused).rejects.toMatchObject({ failure: { code: 'disk_full' } });
      await expect(waiting).rejects.toMatchObject({ failure: { code: 'disk_full' } });
      expect((await storage.loadRoom('tasks')).updates).toEqual([]);
      expect((await storage.attribution('tasks')).size).toBe(0);
      await freed();
      await storage.commit([
        { kind: 'update', room: 'tasks', seq: storage.allocate(), update: bulk },
      ]);
      expect((await storage.loadRoom('tasks')).updates).toEqual([bulk]);
    });

    test('[ST6] a snapshot replaces the rows up to its position and keeps the later ones', async () => {
      const [a, b, c] = [storage.allocate(), storage.allocate(), storage.allocate()];
      await storage.commit([{ kind: 'update', room: 'tasks', seq: a, update: bytes(1) }]);
      await storage.commit([{ kind: 'update', room: 'tasks', seq: b, update: bytes(2) }]);
      await storage.commit([{ kind: 'update', room: 'tasks', seq: c, update: bytes(3, 3) }]);
      await storage.commit([{ kind: 'snapshot', room: 'tasks', seq: b, state: bytes(12) }]);
      expect(await storage.loadRoom('tasks')).toEqual({
        updates: [bytes(12), bytes(3, 3)],
        rowsSinceSnapshot: 1,
        bytesSinceSnapshot: 2,
        seq: c,
      });
    });

    test('[ST7] a room whose bytes were damaged says so, and the others load', async () => {
      for (const room of ['tasks', 'workspace'])
        await storage.commit([
          { kind: 'update', room, seq: storage.allocate(), update: bytes(1, 2, 3) },
        ]);
      under.damage('tasks');
      await expect(storage.loadRoom('tasks')).rejects.toBeInstanceOf(RoomDamaged);
      expect((await storage.loadRoom('workspace')).updates).toHaveLength(1);
    });

    test('[ST8] the first device that brought a client id stays its author', async () => {
      await storage.commit([
        { kind: 'attribution', room: 'tasks', clientId: 7, deviceId: laptop },
        { kind: 'attribution', room: 'tasks', clientId: 7, deviceId: phone },
        { kind: 'attribution', room: 'tasks', clientId: 4_294_967_295, deviceId: phone },
      ]);
      const again = await under.restart();
      expect([...(await again.attribution('tasks'))].sort(([a], [b]) => a - b)).toEqual([
        [7, laptop],
        [4_294_967_295, phone],
      ]);
      expect((await again.attribution('workspace')).size).toBe(0);
    });

    test('[ST9] a deleted room is empty and known as deleted until it is written again', async () => {
      const write = { kind: 'update', room: 'tasks', update: bytes(1) } as const;
      await storage.commit([{ ...write, seq: storage.allocate() }]);
      await storage.commit([{ kind: 'room_deleted', room: 'tasks' }]);
      expect(await storage.deletedRooms()).toEqual(['tasks']);
      expect(await storage.roomNames()).toEqual([]);
      expect((await storage.loadRoom('tasks')).updates).toEqual([]);
      await storage.commit([{ ...write, seq: storage.allocate() }]);
      expect(await storage.deletedRooms()).toEqual([]);
      expect(await storage.roomNames()).toEqual(['tasks']);
    });

    test('[ST10] rows of devices, people, pairings, agents, rules and projects are replaced by id', async () => {
      const device = {
        id: laptop,
        personId: mara,
        name: 'Laptop',
        role: 'owner',
        scope: { kind: 'workspace' },
        kind: 'browser',
        tokenHash: 'aa',
        publicKey: null,
        pairedAt: 1,
        revokedAt: null,
      } as const;
      const person = { id: mara, name: 'Mara', color: 1, joinedAt: 1 };
      const pairing: PairingRow = {
        secretHash: 'bb',
        role: 'editor',
        scope: { kind: 'sessions', sessions: [session] },
        personId: null,
        personName: 'Ben',
        madeBy: laptop,
        expiresAt: 9,
        usedAt: null,
      };
      const agent = {
        id: agentIdSchema.parse('mine'),
        name: 'Mine',
        launch: { command: 'mine', args: ['--acp'], env: { KEY: 'x' } },
        setBy: laptop,
        setAt: 1,
      };
      const rule = {
        v: 1,
        id: ruleIdSchema.parse('rule'),
        projectId: projectIdSchema.parse('project'),
        agentId: agent.id,
        toolKind: 'execute',
        command: 'npm test',
        directory: '/repository',
        by: author,
        madeAt: 1,
        madeBy: operation(1, 1).id,
      } as const;
      const project = {
        id: projectIdSchema.parse('project'),
        name: 'project',
        path: '/repository',
        playground: false,
        addedAt: 1,
      };
      await storage.commit([
        { kind: 'device', row: device },
        { kind: 'person', row: person },
        { kind: 'pairing', row: pairing },
        { kind: 'agent', row: agent },
        { kind: 'rule', rule },
        { kind: 'project', row: project },
      ]);
      await storage.commit([
        { kind: 'device', row: { ...device, role: 'viewer', revokedAt: 7 } },
        { kind: 'pairing', row: { ...pairing, usedAt: 8 } },
        { kind: 'agent', row: { ...agent, launch: null } },
      ]);
      const again = await under.restart();
      expect(await again.devices()).toEqual([{ ...device, role: 'viewer', revokedAt: 7 }]);
      expect(await again.people()).toEqual([person]);
      expect(await again.pairings()).toEqual([{ ...pairing, usedAt: 8 }]);
      expect(await again.agents()).toEqual([{ ...agent, launch: null }]);
      expect(await again.rules()).toEqual([rule]);
      expect(await again.projects()).toEqual([project]);
      await again.commit([{ kind: 'rule_deleted', id: rule.id }]);
      expect(await again.rules()).toEqual([]);
    });

    test('[ST11] what is sealed stays sealed, whichever row of the session is written after', async () => {
      await storage.commit([{ kind: 'session', row: sessionRow() }]);
      await storage.commit([{ kind: 'segment_sealed', sessionId: session, segment: segment(0) }]);
      await storage.commit([{ kind: 'session', row: sessionRow({ turns: 3 }) }]);
      const again = await under.restart();
      expect(await again.sessions()).toEqual([
        sessionRow({ turns: 3, sealed: [segment(0)], openSegment: 1 }),
      ]);
      expect([...(await again.sealedSegments())]).toEqual([[session, [segment(0)]]]);
      await again.commit([
        { kind: 'session', row: sessionRow({ sealed: [segment(0), segment(1)], openSegment: 2 }) },
      ]);
      expect(await again.sessions()).toEqual([
        sessionRow({ sealed: [segment(0), segment(1)], openSegment: 2 }),
      ]);
    });

    test('[ST12] operations are found by id, by cursor and by number', async () => {
      const rowOf = (n: number, seq: number) => ({
        operation: operation(n, seq),
        payloadHash: `hash${String(n)}`,
        command: `{"n":${String(n)}}`,
      });
      const seqs = [1, 2, 3, 4].map(() => storage.allocate());
      const [a = 0, b = 0, c = 0, d = 0] = seqs;
      await storage.commit([
        { kind: 'operation', row: rowOf(1, a) },
        { kind: 'operation', row: rowOf(2, b) },
        { kind: 'operation', row: rowOf(3, c) },
      ]);
      const changed = {
        ...rowOf(1, d),
        operation: { ...operation(1, d), state: 'done' as const, settledAt: 9 },
      };
      await storage.commit([{ kind: 'operation', row: changed }]);
      const again = await under.restart();
      expect(await again.operation(changed.operation.id)).toEqual(changed);
      expect(await again.operation(operation(9, 9).id)).toBeNull();
      expect((await again.operationsAfter(0, 2)).map((row) => row.operation.number)).toEqual([
        2, 3,
      ]);
      expect((await again.operationsAfter(c, 10)).map((row) => row.operation.number)).toEqual([1]);
      expect((await again.recentOperations(2)).map((row) => row.operation.number)).toEqual([3, 2]);
      expect(again.position()).toBe(d);
    });

    test('[ST13] the time of a position is that of the greatest mark at or before it', async () => {
      await storage.commit([
        { kind: 'time_mark', seq: 10, at: 1000 },
        { kind: 'time_mark', seq: 20, at: 2000 },
      ]);
      expect(await storage.issuedAt(9)).toBeNull();
      expect(await storage.issuedAt(10)).toBe(1000);
      expect(await storage.issuedAt(19)).toBe(1000);
      expect(await storage.issuedAt(500)).toBe(2000);
    });

    test('[ST14] items of a session come in order of their numbers, both ends included', async () => {
      await storage.commit([
        { kind: 'item', sessionId: session, segment: 0, item: notice(7) },
        { kind: 'item', sessionId: session, segment: 0, item: notice(3) },
        { kind: 'item', sessionId: session, segment: 1, item: promptItem(9, 'p1') },
        { kind: 'item', sessionId: other, segment: 0, item: promptItem(5, 'p2') },
      ]);
      const seqs = async (from: number, to: number) =>
        (await storage.items(session, from, to)).map(({ seq }) => seq);
      expect(await seqs(0, Number.MAX_SAFE_INTEGER)).toEqual([3, 7, 9]);
      expect(await seqs(3, 7)).toEqual([3, 7]);
      expect(await seqs(4, 6)).toEqual([]);
      expect([...(await storage.handedOver(session))]).toEqual(['p1']);
      expect([...(await storage.handedOver(other))]).toEqual(['p2']);
    });

    test('[ST15] a blob is its bytes under their hash', async () => {
      const content = crypto.getRandomValues(new Uint8Array(5000));
      const sha256 = hash(content);
      expect(await storage.blob(sha256)).toBeNull();
      expect(await storage.hasBlob(sha256)).toBe(false);
      await storage.commit([{ kind: 'blob', sha256, bytes: content }]);
      await storage.commit([{ kind: 'blob', sha256, bytes: content }]);
      const again = await under.restart();
      expect(await again.hasBlob(sha256)).toBe(true);
      expect(await again.blob(sha256)).toEqual(content);
    });

    test('[ST16] an epoch goes on over a kill and over an orderly end', async () => {
      expect(storage.life).toMatchObject({ kind: 'begun', paused: false });
      await storage.commit([{ kind: 'time_mark', seq: storage.allocate(), at: 1 }]);
      const killed = await under.restart();
      expect(killed.life).toEqual({ epoch: storage.life.epoch, kind: 'continued', paused: false });
      const ended = await under.reopen();
      expect(ended.life).toEqual(killed.life);
    });

    test('[ST1] close finishes what was begun', async () => {
      const doc = new Y.Doc();
      doc.getMap('m').set('k', 1);
      const update = Y.encodeStateAsUpdate(doc);
      const committed = storage.commit([
        { kind: 'update', room: 'tasks', seq: storage.allocate(), update },
      ]);
      const again = await under.reopen();
      await committed;
      expect((await again.loadRoom('tasks')).updates).toEqual([update]);
      await expect(storage.commit([])).rejects.toMatchObject({ failure: { code: 'unavailable' } });
    });
  });
}
