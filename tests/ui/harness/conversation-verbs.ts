import { sessionDocument } from '#lib/crdt/session-document.ts';
import { putInStateDocument, putState, stateDocument } from '#lib/crdt/state-document.ts';
import { appendItem, dropLive, extendLive, putLive } from '#lib/crdt/transcript-document.ts';
import { itemIdSchema, promptIdSchema, sha256Schema, turnIdSchema } from '#lib/domain/ids.ts';
import type { PermissionOutcome, PermissionRequest } from '#lib/domain/permission.ts';
import type { Receipt } from '#lib/domain/prompt.ts';
import type { SessionState } from '#lib/domain/session.ts';
import type { ToolCall, TranscriptItem } from '#lib/domain/transcript.ts';
import { permissionIdSchema } from '#lib/domain/ids.ts';
import { sessionIdOf } from './ids.ts';
import type { MemoryWorkspace } from './memory-workspace.ts';
import { byMara, ilse, laptop, mara, macbook, storyTime } from './people.ts';

/** What the bridge, the agent and the others do in the story's first session. */
export interface ConversationVerbs {
  state<K extends keyof SessionState>(key: K, value: SessionState[K]): void;
  /** Empties the queue, ends what is asked, and leaves nothing growing. */
  quiet(): void;
  answer(id: string, seq: number, text: string): void;
  tool(id: string, seq: number, call: Partial<ToolCall>): void;
  item(item: Record<string, unknown>): void;
  /** An entry that no version so far could write. */
  foreign(raw: unknown): void;
  /** Adds text to an answer that grows, and begins it when it is new. */
  stream(id: string, seq: number, text: string): void;
  finish(id: string, seq: number, text: string): void;
  ask(
    id: string,
    subject: Partial<PermissionRequest['subject']>,
    fields?: Partial<PermissionRequest>,
  ): void;
  outcome(id: string, outcome: PermissionOutcome['kind']): void;
  prompt(id: string, text: string): void;
  receipt(id: string, state: Receipt['state'], text?: string): void;
  /** Seals older segments of so many items each; `kept` says how many of them can be read. */
  history(segments: number, items: number, kept: number): void;
  /** Puts bytes where they can be read. @returns their hash */
  blob(text: string): Promise<string>;
  typing(where: 'shared draft' | 'prompt' | null): void;
  sharedDraft(text: string): void;
  /** The commands that this device sent, newest last. */
  sent(): readonly { readonly kind: string; readonly params: unknown }[];
}

declare global {
  interface Window {
    rejoinConversation?: ConversationVerbs;
  }
}

const turnId = turnIdSchema.parse('turn-4');
const itemId = (id: string) => itemIdSchema.parse(id);
const sessionId = sessionIdOf(1);

const aCall: ToolCall = {
  toolCallId: 'call',
  title: 'Run a command',
  toolKind: 'execute',
  status: 'completed',
  command: null,
  locations: [],
  diffs: [],
  output: null,
  exitCode: null,
  startedAt: storyTime - 4000,
  endedAt: storyTime - 1000,
};

export function conversationVerbs(workspace: MemoryWorkspace): ConversationVerbs {
  const state = workspace.replica({ kind: 'state', sessionId }).doc;
  const session = () => sessionDocument(workspace.replica({ kind: 'session', sessionId }).doc);
  const openSegment = () => stateDocument(state).field('segments').read()?.open ?? 0;
  const transcript = () =>
    workspace.replica({ kind: 'transcript', sessionId, segment: openSegment() }).doc;
  const head = (id: string, seq: number) =>
    ({ v: 1, id: itemId(id), seq, turnId, at: storyTime }) as const;
  const requests = () => stateDocument(state).permissions.read();

  return {
    state: (key, value) => {
      putState(state, key, value);
    },
    quiet() {
      for (const { prompt } of session().prompts.read()) session().withdrawPrompt(prompt.id);
      for (const { id } of requests()) putInStateDocument(state, 'permissions', id, null);
      putState(state, 'plan', []);
      const live = transcript().getMap('live');
      transcript().transact(() => {
        for (const id of [...live.keys()]) dropLive(transcript(), itemId(id));
      });
    },
    answer: (id, seq, text) => {
      appendItem(transcript(), { ...head(id, seq), kind: 'answer', text, cut: false });
    },
    tool: (id, seq, call) => {
      const whole = { ...aCall, toolCallId: id, ...call };
      appendItem(transcript(), { ...head(id, seq), kind: 'tool', call: whole });
    },
    item: (item) => {
      transcript()
        .getArray<unknown>('items')
        .push([{ ...head('item', 1), ...item }]);
    },
    foreign: (raw) => {
      transcript().getArray<unknown>('items').push([raw]);
    },
    stream(id, seq, text) {
      const doc = transcript();
      doc.transact(() => {
        if (!doc.getMap('live').has(id)) putLive(doc, { ...head(id, seq), kind: 'answer' });
        extendLive(doc, itemId(id), text);
      });
    },
    finish(id, seq, text) {
      const doc = transcript();
      doc.transact(() => {
        dropLive(doc, itemId(id));
        appendItem(doc, { ...head(id, seq), kind: 'answer', text, cut: false });
      });
    },
    ask(id, subject, fields = {}) {
      putInStateDocument(state, 'permissions', id, {
        v: 1,
        id: permissionIdSchema.parse(id),
        turnId,
        subject: {
          toolCallId: id,
          toolKind: 'execute',
          title: 'Run a command',
          command: null,
          directory: '/home/ilse/code/parcel-api',
          diffs: [],
          rawInput: null,
          agentWords: null,
          ...subject,
        },
        options: [
          { optionId: 'allow', name: 'Allow once', kind: 'allow_once' },
          { optionId: 'reject', name: 'Reject', kind: 'reject_once' },
        ],
        hash: `hash-${id}`,
        askedAt: storyTime - 5000,
        outcome: null,
        ...fields,
      });
    },
    outcome(id, kind) {
      const request = requests().find((one) => one.id === id);
      const [option] = request?.options ?? [];
      if (request === undefined || option === undefined) return;
      const outcome =
        kind === 'gone'
          ? { kind, why: 'turn_ended', at: storyTime }
          : { kind: 'answered', option, reason: null, by: byMara, at: storyTime };
      putInStateDocument(state, 'permissions', id, { ...request, outcome });
    },
    prompt(id, text) {
      session().putPrompt({
        v: 1,
        id: promptIdSchema.parse(id),
        text,
        blobs: [],
        personId: ilse,
        deviceId: laptop,
        writtenAt: storyTime,
      });
    },
    receipt(id, receiptState, text) {
      const found = session()
        .prompts.read()
        .find(({ prompt }) => prompt.id === id);
      if (found === undefined) return;
      const { prompt } = found;
      putInStateDocument(state, 'receipts', id, {
        v: 1,
        promptId: prompt.id,
        text: text ?? prompt.text,
        blobs: prompt.blobs,
        author: { personId: prompt.personId, deviceId: prompt.deviceId, verified: true },
        writtenAt: prompt.writtenAt,
        arrivedAt: storyTime,
        turnId,
        itemId: itemId(`receipt-${id}`),
        state: receiptState,
      });
    },
    history(segments, items, kept) {
      const sealed = Array.from({ length: segments }, (_, n) => ({
        n,
        sha256: sha256Schema.parse(String(n).padStart(64, '0')),
        firstSeq: -100_000 + n * items,
        lastSeq: -100_000 + (n + 1) * items - 1,
        items,
        bytes: items * 1200,
      }));
      for (const { n, firstSeq } of sealed.slice(segments - kept)) {
        const kept: TranscriptItem[] = Array.from({ length: items }, (_, index) => ({
          ...head(`old-${String(n)}-${String(index)}`, firstSeq + index),
          kind: 'answer',
          text: `Entry ${String(index)} of part ${String(n)}. `.repeat(1 + (index % 5) * 4),
          cut: false,
        }));
        workspace.blobs.keepSegment(n, kept);
      }
      putState(state, 'segments', { open: openSegment(), sealed });
    },
    blob: (text) => workspace.blobs.put(new TextEncoder().encode(text)),
    typing: (where) => {
      workspace.presenceOf([{ personId: mara, deviceId: macbook, typing: where, editing: null }]);
    },
    sharedDraft: (text) => {
      session().sharedDraft.replace(text);
    },
    sent: () =>
      workspace.outbox.entries
        .read()
        .map(({ command }) => ({ kind: command.kind, params: command.params })),
  };
}
