import { limits } from '#lib/domain/limits.ts';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import {
  aConversation,
  anIdentity,
  merge,
  phone,
  sessionId,
} from '../../../tests/fixtures/conversation.ts';

/** Two devices of one person that were together and now are apart. */
function twoDevices() {
  const one = aConversation(anIdentity(), 1);
  const other = aConversation(anIdentity({ deviceId: phone, deviceName: 'Phone' }), 2);
  const meet = (): void => {
    merge(one.personReplica.doc, other.personReplica.doc);
    merge(one.sessionReplica.doc, other.sessionReplica.doc);
  };
  return { one, other, meet };
}
const type = (device: ReturnType<typeof aConversation>, text: string): void => {
  device.conversation.composer.replace(text);
};
const queued = (device: ReturnType<typeof aConversation>): string[] =>
  device.conversation.prompts.queued.map(({ prompt }) => prompt.text);

describe('the composer', () => {
  test('a draft gets its id with its first letter and loses it when it was sent', () => {
    const { conversation, person } = aConversation();
    expect(person.draftId(sessionId).read()).toBeNull();
    conversation.composer.replace('a');
    const id = person.draftId(sessionId).read();
    conversation.composer.replace('ab');
    expect(person.draftId(sessionId).read()).toBe(id);
    conversation.composer.send();
    expect(person.draftId(sessionId).read()).toBeNull();
    expect(conversation.composer.text).toBe('');
  });

  test('one draft sent from two devices apart is one prompt', () => {
    const { one, other, meet } = twoDevices();
    type(one, 'Fix the header');
    meet();
    one.conversation.composer.send();
    other.conversation.composer.send();
    meet();
    expect(queued(one)).toEqual(['Fix the header']);
    expect(queued(other)).toEqual(['Fix the header']);
  });

  test('one draft edited and sent on two devices apart is two prompts, both whole', () => {
    const { one, other, meet } = twoDevices();
    type(one, 'Fix the header');
    meet();
    type(one, 'Fix the header now');
    type(other, 'Fix the header later');
    one.conversation.composer.send();
    other.conversation.composer.send();
    meet();
    expect(queued(one).sort()).toEqual(['Fix the header later', 'Fix the header now']);
  });

  test('a draft written on one device is there on the other, merged by letter', () => {
    const { one, other, meet } = twoDevices();
    type(one, 'middle');
    meet();
    type(one, 'first middle');
    type(other, 'middle last');
    meet();
    expect(one.conversation.composer.text).toBe('first middle last');
    expect(other.conversation.composer.text).toBe('first middle last');
  });

  test('writing together edits the session’s draft and leaves one’s own alone', () => {
    const { one, other, meet } = twoDevices();
    type(one, 'mine');
    one.conversation.composer.writeTogether(true);
    type(one, 'ours');
    meet();
    expect(other.conversation.composer.sharedDraftWaits).toBe(true);
    other.conversation.composer.writeTogether(true);
    expect(other.conversation.composer.text).toBe('ours');
    other.conversation.composer.send();
    meet();
    expect(queued(one)).toEqual(['ours']);
    one.conversation.composer.writeTogether(false);
    expect(one.conversation.composer.text).toBe('mine');
  });

  test('[R9] a prompt of the limit is sent, one character more is not', () => {
    const { conversation } = aConversation();
    conversation.composer.replace('x'.repeat(limits.promptCharsMax + 1));
    expect(conversation.composer.excessChars).toBe(1);
    expect(conversation.composer.send()).toBeNull();
    conversation.composer.replace('x'.repeat(limits.promptCharsMax));
    expect(conversation.composer.send()).not.toBeNull();
  });

  test('nothing but space is not sent', () => {
    const { conversation } = aConversation();
    conversation.composer.replace('  \n');
    expect(conversation.composer.send()).toBeNull();
    expect(conversation.prompts.queued).toEqual([]);
  });

  test('attached files are the prompt’s blobs, stay with the draft until then, and can be taken out', async () => {
    const { conversation, session } = aConversation();
    const { composer } = conversation;
    const file = { name: 'a.png', type: 'image/png', bytes: new Uint8Array([1, 2]) };
    await composer.attach(file);
    await composer.attach(file);
    await composer.attach({ ...file, name: 'b.png', bytes: new Uint8Array([3]) });
    expect(composer.attachments.map(({ name }) => name)).toEqual(['a.png', 'b.png']);
    const [, second] = composer.attachments;
    if (second !== undefined) composer.detach(second);
    const shas = composer.attachments.map(({ sha256 }) => sha256);
    composer.send();
    expect(session.prompts.read()[0]?.prompt.blobs).toEqual(shas);
    expect(composer.attachments).toEqual([]);
  });

  test('others see that one types, and no longer some seconds after the last key', () => {
    const { conversation, workspace, time } = aConversation();
    conversation.composer.replace('a');
    expect(workspace.told.at(-1)).toEqual({ typing: 'prompt', editing: null });
    time.advance(5000);
    expect(workspace.told.at(-1)).toEqual({ typing: null, editing: null });
  });

  test('a draft goes on in the document that takes the place of a refused one', () => {
    const { conversation, personReplica } = aConversation();
    conversation.composer.replace('before');
    const fresh = new Y.Doc();
    Y.applyUpdate(fresh, Y.encodeStateAsUpdate(personReplica.doc));
    personReplica.document.set(fresh);
    conversation.composer.replace('before and after');
    expect(conversation.composer.text).toBe('before and after');
  });
});
