import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import { beforeEach, describe, expect, test } from 'vitest';
import { sessionDocument } from '#lib/crdt/session-document.ts';
import {
  deviceIdSchema,
  itemIdSchema,
  personIdSchema,
  promptIdSchema,
  sessionIdSchema,
  turnIdSchema,
} from '#lib/domain/ids.ts';
import type { Prompt, Receipt } from '#lib/domain/prompt.ts';
import { seededRandom } from '../../tests/fixtures/manual-time.ts';
import { projectorBench, type ProjectorBench } from '../../tests/fixtures/projector-bench.ts';
import type { PromptQueue } from '../journal/session-record.ts';
import { memoryStorage } from '../storage/memory-storage.ts';
import { createPromptQueue } from './prompt-queue.ts';
import type { RoomMember } from './room-member.ts';

const session = sessionIdSchema.parse('018f0000-0000-7000-8000-000000000001');
const persons = new Map([
  ['laptop', 'mara'],
  ['phone', 'mara'],
  ['guest', 'ben'],
]);

let bench: ProjectorBench;
let queue: PromptQueue;

beforeEach(async () => {
  bench = await projectorBench(memoryStorage(seededRandom(1)));
  queue = queueOf(bench);
  return () => {
    bench.documents.close();
  };
});

const queueOf = ({ documents, time }: ProjectorBench): PromptQueue =>
  createPromptQueue({
    documents,
    clock: time,
    personOf(deviceId) {
      const person = persons.get(deviceId);
      return person === undefined ? null : personIdSchema.parse(person);
    },
  });

/** A device in the session's room: what it edits is brought to the bridge at once. */
async function enter(device: string, mayWrite = true) {
  const document = await bench.documents.open({ kind: 'session', sessionId: session });
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(document.doc));
  const member: RoomMember = {
    identity: () => ({
      deviceId: deviceIdSchema.parse(device),
      personId: personIdSchema.parse(persons.get(device) ?? 'nobody'),
    }),
    mayWrite: () => mayWrite,
    committed: () => undefined,
    presence: () => undefined,
    heldEnded: () => undefined,
    refused: () => undefined,
    resumed: () => undefined,
    closed: () => undefined,
  };
  document.join(member);
  doc.on('update', (update: Uint8Array) => {
    document.take(update, member, false);
  });
  return {
    view: sessionDocument(doc),
    doc,
    says: (state: object | null, clock: number) => {
      document.presence.receive(
        member,
        encoding.encode((encoder) => {
          encoding.writeVarUint(encoder, 1);
          encoding.writeVarUint(encoder, doc.clientID);
          encoding.writeVarUint(encoder, clock);
          encoding.writeVarString(encoder, JSON.stringify(state));
        }),
      );
    },
    leave: () => {
      document.leave(member);
    },
  };
}

const prompt = (id: string, text: string, device = 'laptop', person = 'mara'): Prompt => ({
  v: 1,
  id: promptIdSchema.parse(id),
  text,
  blobs: [],
  personId: personIdSchema.parse(person),
  deviceId: deviceIdSchema.parse(device),
  writtenAt: 1,
});

const receiptOf = ({ id, text }: Prompt): Receipt => ({
  v: 1,
  promptId: id,
  text,
  blobs: [],
  author: {
    personId: personIdSchema.parse('mara'),
    deviceId: deviceIdSchema.parse('laptop'),
    verified: true,
  },
  writtenAt: 1,
  arrivedAt: 1,
  turnId: turnIdSchema.parse('turn'),
  itemId: itemIdSchema.parse('item'),
  state: 'handed',
});

const texts = async () => (await queue.queued(session)).map(({ prompt }) => prompt.text);

describe('the queue of prompts', () => {
  test('[PQ1] prompts come in the order that people gave them', async () => {
    const laptop = await enter('laptop');
    for (const id of ['a', 'b', 'c']) laptop.view.putPrompt(prompt(id, id));
    expect(await texts()).toEqual(['a', 'b', 'c']);
    laptop.view.movePrompt(promptIdSchema.parse('c'), null, promptIdSchema.parse('a'));
    expect(await texts()).toEqual(['c', 'a', 'b']);
    laptop.view.withdrawPrompt(promptIdSchema.parse('a'));
    expect(await texts()).toEqual(['c', 'b']);
  });

  test('[PQ2] what has a receipt was handed over and is not in the queue again, whatever its text is now', async () => {
    const laptop = await enter('laptop');
    laptop.view.putPrompt(prompt('a', 'first'));
    laptop.view.putPrompt(prompt('b', 'second'));
    const record = bench.projector.session(session);
    record.putReceipt(receiptOf(prompt('a', 'first')));
    await record.durable();
    expect(await texts()).toEqual(['second']);
    laptop.view.putPrompt(prompt('a', 'first, edited too late'));
    expect(await texts()).toEqual(['second']);
  });

  test('[PQ3] the author is the device that brought the entry, and a claim to be another is unverified', async () => {
    const laptop = await enter('laptop');
    laptop.view.putPrompt(prompt('a', 'mine'));
    const guest = await enter('guest');
    guest.view.putPrompt(prompt('b', 'forged', 'laptop', 'mara'));
    const [mine, forged] = await queue.queued(session);
    expect(mine?.author).toEqual({ personId: 'mara', deviceId: 'laptop', verified: true });
    expect(forged?.author).toEqual({ personId: 'ben', deviceId: 'guest', verified: false });
  });

  test('[PQ3] who rewrites a prompt is its author from then on, after a restart too', async () => {
    const laptop = await enter('laptop');
    laptop.view.putPrompt(prompt('a', 'mine'));
    const guest = await enter('guest');
    guest.view.putPrompt(prompt('a', 'changed', 'guest', 'ben'));
    expect((await queue.queued(session))[0]?.author).toMatchObject({ deviceId: 'guest' });
    bench = await bench.restart();
    queue = queueOf(bench);
    expect(await queue.queued(session)).toMatchObject([
      { prompt: { text: 'changed' }, author: { deviceId: 'guest', verified: true } },
    ]);
  });

  test('[PQ4] what is open in a connected device’s editor is held until it is closed or the device leaves', async () => {
    const heard: string[] = [];
    const laptop = await enter('laptop');
    const phone = await enter('phone');
    laptop.view.putPrompt(prompt('a', 'first'));
    await queue.queued(session);
    queue.onChange((id) => heard.push(id));
    phone.says({ editing: 'a', typing: null }, 1);
    expect(await queue.queued(session)).toMatchObject([{ held: true }]);
    expect(heard).toHaveLength(1);
    phone.says({ editing: null, typing: null }, 2);
    expect(await queue.queued(session)).toMatchObject([{ held: false }]);
    expect(heard).toHaveLength(2);
    phone.says({ editing: 'a', typing: null }, 3);
    phone.leave();
    expect(await queue.queued(session)).toMatchObject([{ held: false }]);
    expect(heard).toHaveLength(4);
  });

  test('[PQ4] who may only read holds nothing up', async () => {
    const laptop = await enter('laptop');
    laptop.view.putPrompt(prompt('a', 'first'));
    const viewer = await enter('guest', false);
    viewer.says({ editing: 'a', typing: null }, 1);
    expect(await queue.queued(session)).toMatchObject([{ held: false }]);
  });

  test('[PQ5] a change of the queue is told once it is on disk, a note is not', async () => {
    const heard: string[] = [];
    queue.onChange((id) => heard.push(id));
    const laptop = await enter('laptop');
    bench.storage.faults.held = true;
    laptop.view.putPrompt(prompt('a', 'first'));
    await Promise.resolve();
    expect(heard).toEqual([]);
    bench.storage.letGo();
    await (
      await bench.documents.open({ kind: 'session', sessionId: session })
    ).settled;
    await Promise.resolve();
    expect(heard).toEqual([session]);
    laptop.doc.getMap('notes').set('n', { v: 1 });
    await (
      await bench.documents.open({ kind: 'session', sessionId: session })
    ).settled;
    await Promise.resolve();
    expect(heard).toEqual([session]);
  });

  test('[PQ6] the time of arrival is that of the first sight, whatever is edited later', async () => {
    const laptop = await enter('laptop');
    laptop.view.putPrompt(prompt('a', 'first'));
    await (
      await bench.documents.open({ kind: 'session', sessionId: session })
    ).settled;
    await Promise.resolve();
    const arrived = bench.time.now();
    bench.time.advance(5000);
    laptop.view.putPrompt(prompt('a', 'edited'));
    await (
      await bench.documents.open({ kind: 'session', sessionId: session })
    ).settled;
    expect(await queue.queued(session)).toMatchObject([{ arrivedAt: arrived }]);
  });

  test('an entry that a newer version wrote, or that cannot be read, is left alone', async () => {
    const laptop = await enter('laptop');
    laptop.view.putPrompt(prompt('a', 'first'));
    laptop.doc.getMap('prompts').set('b', { ...prompt('b', 'newer'), v: 2 });
    laptop.doc.getMap('prompts').set('c', 'garbage');
    expect(await texts()).toEqual(['first']);
  });
});
