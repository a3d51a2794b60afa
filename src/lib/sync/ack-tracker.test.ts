import { describe, expect, it } from 'vitest';
import { AckTracker } from './ack-tracker.ts';
import type { RoomMessage } from './wire/ack-frames.ts';

function tracker() {
  const sent: RoomMessage[] = [];
  const acknowledged: number[] = [];
  const refused: string[] = [];
  const acks = new AckTracker({
    acknowledged: (edits) => acknowledged.push(edits),
    position: () => undefined,
    refused: (reason) => refused.push(reason),
  });
  return {
    acks,
    sent,
    acknowledged,
    refused,
    open: () => {
      acks.opened((message) => sent.push(message));
    },
    ack: (n: number) => {
      acks.receive({ type: 'ack', n, epoch: 'e1', seq: n });
    },
    marks: () => sent.flatMap((message) => (message.type === 'mark' ? [message.n] : [])),
  };
}

const tick = (): Promise<void> => Promise.resolve();

describe('marks', () => {
  it('[R6] are not sent before the bridge got what it lacks', async () => {
    const { acks, marks, open } = tracker();
    acks.edited();
    open();
    acks.edited();
    await tick();
    expect(marks()).toEqual([]);
    acks.answered();
    expect(marks()).toEqual([1]);
  });

  it('cover all edits of one tick', async () => {
    const { acks, marks, open } = tracker();
    open();
    acks.answered();
    for (let edit = 0; edit < 200; edit += 1) acks.edited();
    await tick();
    expect(marks()).toEqual([1, 2]);
  });

  it('begin at 1 with each opening and cover everything before', async () => {
    const { acks, acknowledged, ack, marks, open } = tracker();
    open();
    acks.answered();
    acks.edited();
    await tick();
    acks.closed();
    acks.edited();
    open();
    acks.answered();
    expect(marks()).toEqual([1, 2, 1]);
    ack(1);
    expect(acknowledged.at(-1)).toBe(2);
  });
});

describe('acknowledgements', () => {
  it('[R6] cover the edits before their mark and no later one', async () => {
    const { acks, acknowledged, ack, open } = tracker();
    open();
    acks.answered();
    acks.edited();
    await tick();
    acks.edited();
    await tick();
    ack(2);
    expect(acknowledged.at(-1)).toBe(1);
    expect(acks.acknowledgedEdits).toBe(1);
    ack(3);
    expect(acks.acknowledgedEdits).toBe(2);
  });

  it('of an earlier opening cover nothing of this one', () => {
    const { acks, ack, open } = tracker();
    open();
    acks.answered();
    acks.closed();
    acks.edited();
    open();
    ack(1);
    expect(acks.acknowledgedEdits).toBe(0);
  });

  it('confirm what is in the document only by a mark that was sent afterwards', async () => {
    const { acks, ack, open } = tracker();
    open();
    acks.answered();
    let isConfirmed = false;
    void acks.confirm().then(() => (isConfirmed = true));
    await tick();
    ack(1);
    await tick();
    expect(isConfirmed).toBe(false);
    ack(2);
    await tick();
    await tick();
    expect(isConfirmed).toBe(true);
  });

  it('confirm over a lost connection by the first mark of the next', async () => {
    const { acks, ack, open } = tracker();
    let isConfirmed = false;
    void acks.confirm().then(() => (isConfirmed = true));
    open();
    acks.answered();
    acks.closed();
    open();
    acks.answered();
    ack(1);
    await tick();
    await tick();
    expect(isConfirmed).toBe(true);
  });
});

describe('a refusal', () => {
  it('ends the marks of this opening', async () => {
    const { acks, marks, open, refused } = tracker();
    open();
    acks.answered();
    acks.receive({ type: 'refusal', n: 1, reason: 'read only' });
    acks.edited();
    await tick();
    expect(refused).toEqual(['read only']);
    expect(marks()).toEqual([1]);
  });
});
