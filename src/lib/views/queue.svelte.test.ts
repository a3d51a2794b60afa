import { describe, expect, test } from 'vitest';
import { laptop, mara, phone, sessionId } from '../../../tests/fixtures/conversation.ts';
import {
  anOperation,
  aDevice,
  aWorkspace,
  commandId,
} from '../../../tests/fixtures/workspace-pages.ts';
import { anIdentity } from '../../../tests/fixtures/conversation.ts';
import { putInStateDocument, stateDocument } from '#lib/crdt/state-document.ts';
import { IdentityView } from './identity.svelte.ts';
import { Queue } from './queue.svelte.ts';
import { QueueLines } from './queue-line.ts';

function aQueue(identity = anIdentity()) {
  const all = aWorkspace(identity);
  const queue = new Queue(all.workspace, all.documents);
  const lines = new QueueLines(queue, new IdentityView(all.documents));
  const stop = () => all.outbox.send('session.stop', { params: {}, summary: 'Stop it', sessionId });
  return { ...all, queue, lines, stop };
}
const ids = (entries: readonly { readonly id: string }[]): readonly string[] =>
  entries.map(({ id }) => id);

describe('where an entry of the queue is', () => {
  test('[R6] a command is on this device until the bridge answered it', async () => {
    const { queue, lines, stop, settles } = aQueue();
    const id = await stop();
    expect(ids(queue.onDevice)).toEqual([id]);
    expect(lines.find(id)).toMatchObject({
      state: { kind: 'on_device' },
      number: null,
      arrivedAt: null,
      delivery: { attempts: 0, mayHaveArrived: false },
    });
    await settles(id, 'done');
    expect(queue.onDevice).toEqual([]);
    expect(lines.find(id)).toMatchObject({ state: { kind: 'done' }, delivery: null });
  });

  test('[R6] an attempt without an answer may have arrived: it stays here and cannot be taken back', async () => {
    const { queue, lines, stop, attempted } = aQueue();
    const id = await stop();
    await attempted(id, { state: 'sending', attempts: 2, lastError: 'timeout' });
    expect(lines.find(id)).toMatchObject({
      state: { kind: 'on_device' },
      delivery: { attempts: 2, lastError: 'timeout', mayHaveArrived: true },
    });
    expect(await queue.cancel(id)).toBe(false);
    expect(ids(queue.onDevice)).toEqual([id]);
  });

  test('delivery goes in order: only the first that waits is next', async () => {
    const { lines, stop } = aQueue();
    const [first, second] = [await stop(), await stop()];
    expect(lines.find(first)?.delivery?.isBehind).toBe(false);
    expect(lines.find(second)?.delivery?.isBehind).toBe(true);
  });

  test('what was never sent can be taken back', async () => {
    const { queue, lines, stop } = aQueue();
    const id = await stop();
    expect(await queue.cancel(id)).toBe(true);
    expect(queue.onDevice).toEqual([]);
    expect(lines.find(id)).toBeNull();
  });

  test('what the bridge lists is on the bridge only, also when its answer was lost', async () => {
    const { queue, lines, stop, attempted, operation } = aQueue();
    const id = await stop();
    await attempted(id, { state: 'sending', attempts: 1 });
    operation(anOperation(9, { id }));
    expect(queue.onDevice).toEqual([]);
    expect(ids(queue.onBridge)).toEqual([id]);
    expect(lines.find(id)).toMatchObject({ state: { kind: 'accepted' }, number: 9 });
  });

  test('what was accepted and is not listed yet is accepted, without a number', async () => {
    const { queue, lines, stop, settles } = aQueue();
    const id = await stop();
    await settles(id, 'waiting');
    expect(ids(queue.onBridge)).toEqual([id]);
    expect(lines.find(id)).toMatchObject({ state: { kind: 'accepted' }, number: null });
  });

  test('operations on the bridge come in order of acceptance, and say what holds them', () => {
    const { queue, lines, operation } = aQueue();
    operation(anOperation(2, { after: [commandId(1)] }));
    operation(anOperation(1, { state: 'conflict' }));
    operation(anOperation(3, { state: 'running' }));
    expect(lines.of(queue.onBridge).map(({ number }) => number)).toEqual([2, 3]);
    expect(lines.find(commandId(2))?.state).toEqual({ kind: 'held', by: 1 });
    expect(ids(queue.needsYou)).toEqual([commandId(1)]);
  });

  test('what it waits for holds it no longer once that is settled', () => {
    const { lines, operation } = aQueue();
    operation(anOperation(1, { state: 'done' }));
    operation(anOperation(2, { after: [commandId(1)] }));
    expect(lines.find(commandId(2))?.state).toEqual({ kind: 'accepted' });
  });
});

describe('what was denied', () => {
  test.each(['refused', 'expired', 'failed'] as const)(
    '[R6] %s: it needs somebody until it is dismissed, with the reason',
    async (state) => {
      const { queue, lines, stop, settles } = aQueue();
      const id = await stop();
      await settles(id, state, 'Nothing was done.');
      expect(ids(queue.refused)).toEqual([id]);
      expect(lines.find(id)).toMatchObject({
        state: { kind: state },
        message: 'Nothing was done.',
      });
      await queue.dismiss(id);
      expect(queue.refused).toEqual([]);
    },
  );

  test.each(['done', 'cancelled'] as const)('%s: nobody is needed', async (state) => {
    const { queue, stop, settles } = aQueue();
    await settles(await stop(), state);
    expect(queue.refused).toEqual([]);
    expect(queue.open).toBe(0);
  });

  test('an expired command that is offered again is a new one, as of the present position', async () => {
    const { queue, outbox, stop, settles } = aQueue();
    const id = await stop();
    await settles(id, 'expired');
    const again = await queue.offerAgain(id);
    expect(again).not.toBe(id);
    expect(queue.refused).toEqual([]);
    expect(outbox.entries.read()).toMatchObject([
      { state: 'waiting', command: { id: again, kind: 'session.stop', seen: { seq: 7 } } },
    ]);
  });

  test('what is dismissed here stays in the history, which is the bridge’s', async () => {
    const { queue, lines, stop, settles, operation } = aQueue();
    const id = await stop();
    operation(anOperation(4, { id, state: 'refused', settledAt: 5, message: 'no' }));
    await settles(id, 'refused', 'no');
    expect(lines.find(id)).toMatchObject({ number: 4, own: { state: 'settled' } });
    await queue.dismiss(id);
    expect(ids(queue.settled)).toEqual([id]);
    expect(lines.find(id)).toMatchObject({ number: 4, own: null });
  });
});

describe('how the bridge’s list is known', () => {
  test('[R6] without one exchange nothing is said to be all', () => {
    const { queue, bridge } = aQueue();
    bridge.exchange.set({ kind: 'never' });
    expect(queue.listed).toEqual({ kind: 'never' });
  });

  test('without a connection it is as of the last exchange', () => {
    const { queue, bridge, workspace } = aQueue();
    expect(queue.listed).toEqual({ kind: 'now' });
    workspace.connection.set({ kind: 'offline', since: 1 });
    bridge.exchange.set({ kind: 'held', asOf: 42 });
    expect(queue.listed).toEqual({ kind: 'as_of', at: 42 });
  });

  test('a guest’s operations are those of the session', () => {
    const { workspace, documents } = aQueue();
    const state = workspace.replica({ kind: 'state', sessionId }).doc;
    const queue = new Queue(workspace, documents, stateDocument(state).operations);
    putInStateDocument(state, 'operations', commandId(8), anOperation(8, { state: 'done' }));
    expect(ids(queue.ofSession(sessionId).settled)).toEqual([commandId(8)]);
  });
});

test('authors are named by the bridge’s list, and a claim is shown as one', () => {
  const { lines, operation, device } = aQueue();
  device(aDevice(phone, { name: 'Pixel 9', personId: mara }));
  operation(anOperation(1));
  operation(anOperation(2, { author: { personId: mara, deviceId: laptop, verified: false } }));
  expect(lines.find(commandId(1))?.author).toMatchObject({
    person: 'Mara Lindqvist',
    device: 'Pixel 9',
    me: false,
    verified: true,
  });
  expect(lines.find(commandId(2))?.author.verified).toBe(false);
});
