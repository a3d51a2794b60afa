import type { PromptId } from '#lib/domain/ids.ts';
import { sessionDocument } from '#lib/crdt/session-document.ts';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import {
  aConversation,
  aPrompt,
  aReceipt,
  mara,
  merge,
  phone,
} from '../../../tests/fixtures/conversation.ts';

const texts = (list: readonly { readonly prompt: { readonly text: string } }[]): string[] =>
  list.map(({ prompt }) => prompt.text);

describe('queued prompts', () => {
  test('stand in the order of hand-over, and a moved one stands where it was put', () => {
    const { session, conversation } = aConversation();
    for (const name of ['a', 'b', 'c']) session.putPrompt(aPrompt(name, name));
    conversation.prompts.move('c' as PromptId, 0);
    expect(texts(conversation.prompts.queued)).toEqual(['c', 'a', 'b']);
    conversation.prompts.move('c' as PromptId, 1);
    expect(texts(conversation.prompts.queued)).toEqual(['a', 'c', 'b']);
    conversation.prompts.move('c' as PromptId, 99);
    expect(texts(conversation.prompts.queued)).toEqual(['a', 'b', 'c']);
  });

  test('[R6] a prompt is on the bridge only when nothing of it waits here', () => {
    const { session, conversation, sessionReplica } = aConversation();
    const prompt = aPrompt('a', 'text');
    session.putPrompt(prompt);
    const label = { kind: 'prompt', entity: 'a', text: 'text' } as const;
    const change = { room: 'session/x', label, at: 1, onDevice: true };
    expect(conversation.prompts.queued[0]?.place).toBe('on_bridge');
    sessionReplica.waiting.set([change]);
    expect(conversation.prompts.queued[0]?.place).toBe('on_device');
    sessionReplica.waiting.set([{ ...change, onDevice: false }]);
    sessionReplica.storage.set({ kind: 'full' });
    expect(conversation.prompts.queued[0]?.place).toBe('disk_full');
    sessionReplica.storage.set({ kind: 'memory_only', why: 'private window' });
    expect(conversation.prompts.queued[0]?.place).toBe('this_tab');
  });

  test('one that is open in another’s editor says whose', () => {
    const { session, conversation, workspace } = aConversation();
    const prompt = aPrompt('a', 'text');
    session.putPrompt(prompt);
    workspace.others.set([{ personId: mara, deviceId: phone, typing: null, editing: prompt.id }]);
    expect(conversation.prompts.queued[0]?.editedBy).toEqual([mara]);
  });

  test('one with an equal receipt is hidden: it is in the transcript', () => {
    const { session, conversation, putReceipt } = aConversation();
    const prompt = aPrompt('a', 'text');
    session.putPrompt(prompt);
    putReceipt(aReceipt(prompt));
    expect(conversation.prompts.queued).toEqual([]);
    expect(conversation.prompts.offered).toEqual([]);
  });

  test('a withdrawn one comes back whole and to its place', () => {
    const { session, conversation } = aConversation();
    for (const name of ['a', 'b', 'c']) session.putPrompt(aPrompt(name, name));
    const withdrawn = conversation.prompts.withdraw('b' as PromptId);
    expect(texts(conversation.prompts.queued)).toEqual(['a', 'c']);
    if (withdrawn === null) throw new Error('nothing was withdrawn');
    conversation.prompts.restore(withdrawn);
    expect(texts(conversation.prompts.queued)).toEqual(['a', 'b', 'c']);
  });
});

describe('prompts that are offered again', () => {
  test('a text edited after its hand-over is not lost: it is offered as a new prompt', () => {
    const { session, conversation, putReceipt } = aConversation();
    const prompt = aPrompt('a', 'before');
    session.putPrompt({ ...prompt, text: 'after' });
    putReceipt(aReceipt(prompt));
    expect(conversation.prompts.offered).toMatchObject([
      { why: 'differs', prompt: { text: 'after' } },
    ]);
  });

  test('a prompt of an interrupted turn is offered; one that was handed over is not', () => {
    const { session, conversation, putReceipt } = aConversation();
    const prompt = aPrompt('a', 'text');
    session.putPrompt(prompt);
    putReceipt(aReceipt(prompt));
    expect(conversation.prompts.offered).toEqual([]);
    putReceipt(aReceipt(prompt, { state: 'interrupted' }));
    expect(conversation.prompts.offered).toMatchObject([{ why: 'interrupted' }]);
  });

  test('sent again from two devices apart, it is one prompt, at the end of the queue', () => {
    const one = aConversation();
    const prompt = aPrompt('0123456789012345678901-hash', 'text');
    one.session.putPrompt(prompt);
    const other = aConversation();
    Y.applyUpdate(other.sessionReplica.doc, Y.encodeStateAsUpdate(one.sessionReplica.doc));
    for (const device of [one, other]) {
      device.putReceipt(aReceipt(prompt, { state: 'interrupted' }));
      const offer = device.conversation.prompts.offered[0];
      if (offer === undefined) throw new Error('nothing is offered');
      device.conversation.prompts.sendAgain(offer, 7);
      expect(device.conversation.prompts.offered).toEqual([]);
    }
    merge(one.sessionReplica.doc, other.sessionReplica.doc);
    expect(texts(one.conversation.prompts.queued)).toEqual(['text']);
    expect(sessionDocument(other.sessionReplica.doc).prompts.read()).toHaveLength(1);
  });
});

describe('settled prompts', () => {
  test('[DESIGN 4.1] are cleared once the bridge no longer lists their receipt', () => {
    const { session, putReceipt, removeReceipt, time } = aConversation();
    const prompt = aPrompt('a', 'text');
    session.putPrompt(prompt);
    session.putPrompt(aPrompt('b', 'waits'));
    putReceipt(aReceipt(prompt, { state: 'answered' }));
    time.advance(1);
    expect(session.prompts.read()).toHaveLength(2);
    removeReceipt('a');
    time.advance(1);
    expect(texts(session.prompts.read())).toEqual(['waits']);
  });

  test('a late edit stays although its receipt is gone', () => {
    const { session, putReceipt, removeReceipt, time } = aConversation();
    const prompt = aPrompt('a', 'before');
    session.putPrompt({ ...prompt, text: 'after' });
    putReceipt(aReceipt(prompt));
    removeReceipt('a');
    time.advance(1);
    expect(texts(session.prompts.read())).toEqual(['after']);
  });

  test('a new epoch, which begins with an empty record, clears nothing', () => {
    const { session, putReceipt, stateReplica, time } = aConversation();
    const prompt = aPrompt('a', 'text');
    session.putPrompt(prompt);
    putReceipt(aReceipt(prompt));
    stateReplica.document.set(new Y.Doc());
    time.advance(1);
    expect(session.prompts.read()).toHaveLength(1);
  });
});
