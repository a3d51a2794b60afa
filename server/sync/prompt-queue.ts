import type * as Y from 'yjs';
import { promptWriter, sessionDocument, type SessionDocument } from '#lib/crdt/session-document.ts';
import { stateDocument, type StateDocument } from '#lib/crdt/state-document.ts';
import type { Clock } from '#lib/domain/clock.ts';
import type { DeviceId, PersonId, PromptId, SessionId } from '#lib/domain/ids.ts';
import type { Room } from '#lib/domain/room.ts';
import type { Author, Prompt } from '#lib/domain/prompt.ts';
import type { PromptQueue, QueuedPrompt } from '../journal/session-record.ts';
import type { Documents } from './documents.ts';
import type { RoomDocument } from './room-document.ts';

export interface PromptQueueOptions {
  readonly documents: Documents;
  readonly clock: Clock;
  /** Whose a device is; `null` for one that the bridge does not know any more. */
  readonly personOf: (deviceId: DeviceId) => PersonId | null;
}

/**
 * Reads the queues of prompts out of the rooms `session/<id>`; it writes nothing there (R1).
 *
 * A prompt that has a receipt is not in its queue any more, whatever its text is now: it was handed over, and at most once. A
 * later edit of it is offered by the views as a new prompt.
 */
export function createPromptQueue(options: PromptQueueOptions): PromptQueue {
  const { documents } = options;
  const listeners = new Set<(sessionId: SessionId) => void>();
  const arrivals = new Map<SessionId, Map<PromptId, number>>();
  const sessions = new WeakMap<Y.Doc, SessionDocument>();
  const states = new WeakMap<Y.Doc, StateDocument>();

  const promptsIn = (doc: Y.Doc) =>
    viewOf(sessions, doc, sessionDocument)
      .prompts.read()
      .map(({ prompt }) => prompt);

  const noteArrivals = (sessionId: SessionId, prompts: readonly Prompt[]): void => {
    const known = arrivals.get(sessionId) ?? new Map<PromptId, number>();
    const present = prompts.map(({ id }) => [id, known.get(id) ?? options.clock.now()] as const);
    arrivals.set(sessionId, new Map(present));
  };

  const authorOf = (document: RoomDocument, prompt: Prompt): Author => {
    const client = promptWriter(document.doc, prompt.id);
    const deviceId = client === null ? null : document.broughtBy(client);
    const personId = deviceId === null ? null : options.personOf(deviceId);
    if (deviceId === null || personId === null)
      return { personId: prompt.personId, deviceId: prompt.deviceId, verified: false };
    const verified = deviceId === prompt.deviceId && personId === prompt.personId;
    return { personId, deviceId, verified };
  };

  const watch = (document: RoomDocument): void => {
    const { room } = document;
    if (room.kind !== 'session') return;
    const { sessionId } = room;
    let seen = '';
    const look = (): void => {
      const prompts = promptsIn(document.doc);
      noteArrivals(sessionId, prompts);
      const held = heldIn(document);
      const now = JSON.stringify(prompts.map((prompt) => [prompt, held.has(prompt.id)]));
      if (now === seen) return;
      seen = now;
      for (const listener of listeners) listener(sessionId);
    };
    seen = JSON.stringify(promptsIn(document.doc).map((prompt) => [prompt, false]));
    noteArrivals(sessionId, promptsIn(document.doc));
    document.onChange(look);
    document.presence.onChange(look);
  };
  for (const document of documents.loaded()) watch(document);
  documents.onOpen(watch);

  return {
    async queued(sessionId) {
      const state = await onDisk(documents, { kind: 'state', sessionId });
      const document = await onDisk(documents, { kind: 'session', sessionId });
      const receipts = viewOf(states, state.doc, stateDocument).receipts.read();
      const held = heldIn(document);
      const arrived = arrivals.get(sessionId);
      return promptsIn(document.doc)
        .filter(({ id }) => !receipts.has(id))
        .map((prompt): QueuedPrompt => ({
          prompt,
          author: authorOf(document, prompt),
          arrivedAt: arrived?.get(prompt.id) ?? options.clock.now(),
          held: held.has(prompt.id),
        }));
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** A room's document when what it holds is on disk: nothing is handed over that a crash could take back. */
async function onDisk(documents: Documents, room: Room): Promise<RoomDocument> {
  const document = await documents.open(room);
  try {
    await document.settled;
    return document;
  } catch {
    // It was dropped; what is on disk is read anew.
    return documents.open(room);
  }
}

/** Prompts that are open in the editor of a connected device; who may not edit them cannot hold them up either. */
function heldIn(document: RoomDocument): ReadonlySet<unknown> {
  const editors = document.presence.states().filter(({ mayWrite }) => mayWrite);
  return new Set(editors.map(({ state }) => state['editing']));
}

function viewOf<V>(views: WeakMap<Y.Doc, V>, doc: Y.Doc, make: (doc: Y.Doc) => V): V {
  const known = views.get(doc);
  if (known !== undefined) return known;
  const made = make(doc);
  views.set(doc, made);
  return made;
}
