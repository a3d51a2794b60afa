import type { PersonDocument } from '#lib/crdt/person-document.ts';
import type { SessionDocument } from '#lib/crdt/session-document.ts';
import type { SharedText } from '#lib/crdt/shared-text.ts';
import type { Source } from '#lib/crdt/source.ts';
import type { Attachment } from '#lib/domain/attachment.ts';
import type { Cancel } from '#lib/domain/clock.ts';
import { newName, type PersonId, type PromptId, type SessionId } from '#lib/domain/ids.ts';
import { limits } from '#lib/domain/limits.ts';
import type { SlashCommand } from '#lib/domain/session.ts';
import type { Identity, PresenceState, Workspace } from '#lib/sync/contract.ts';
import { sourceOf, type Documents, type OpenDocument, type SessionDocuments } from './documents.ts';
import type { Environment } from './environment.ts';
import { observe, type Observed } from './observe.svelte.ts';
import type { OwnPresence } from './own-presence.ts';
import { promptIdOf } from './prompts.svelte.ts';
import { editedText, type EditedText } from './shared-text.svelte.ts';

/** A text that becomes a prompt, and the id that its prompt will have. */
interface Draft {
  readonly text: EditedText;
  readonly id: Source<string | null>;
  setId(id: string | null): void;
}

/** How long after the last key somebody counts as typing. */
const typingMs = 4000;

export interface ComposerSources {
  readonly workspace: Workspace;
  readonly documents: Documents;
  readonly session: SessionDocuments;
  readonly environment: Environment;
  readonly presence: OwnPresence;
}

/**
 * What is written next: one's own draft, the same on all one's devices, or the one that all in the session share. The draft's id
 * is made with its first letter, so that a draft that two devices send while apart is one prompt.
 */
export class ComposerView {
  readonly #workspace: Workspace;
  readonly #environment: Environment;
  readonly #presence: OwnPresence;
  readonly #identity: Identity;
  readonly #sessionId: SessionId;
  readonly #session: OpenDocument<SessionDocument>;
  readonly #person: OpenDocument<PersonDocument>;
  readonly #own: Draft;
  readonly #shared: Draft;
  readonly #attachments: Observed<readonly Attachment[]>;
  readonly #others: Observed<readonly PresenceState[]>;
  readonly #commands: Observed<readonly SlashCommand[] | null>;
  readonly #paths: Observed<readonly string[] | null>;
  #together = $state(false);
  #stopTyping: Cancel | null = null;

  constructor({ workspace, documents, session, environment, presence }: ComposerSources) {
    const { sessionId } = session;
    const { person } = documents;
    this.#workspace = workspace;
    this.#environment = environment;
    this.#presence = presence;
    this.#identity = documents.identity;
    this.#sessionId = sessionId;
    this.#session = session.session;
    this.#person = person;
    this.#own = {
      text: editedText(draftText(person, (document) => document.draft(sessionId))),
      id: sourceOf(person, (document) => document.draftId(sessionId)),
      setId: (id) => {
        person.document.setDraftId(sessionId, id);
      },
    };
    this.#shared = {
      text: editedText(draftText(session.session, (document) => document.sharedDraft)),
      id: sourceOf(session.session, (document) => document.sharedDraftId),
      setId: (id) => {
        session.session.document.setSharedDraftId(id);
      },
    };
    this.#attachments = observe(sourceOf(person, (document) => document.attachments(sessionId)));
    this.#others = observe(session.presence.others);
    this.#commands = observe(sourceOf(session.state, (document) => document.field('commands')));
    this.#paths = observe(sourceOf(session.state, (document) => document.field('paths')));
  }

  /** Whether the shared draft is open here in place of one's own. */
  get together(): boolean {
    return this.#together;
  }

  writeTogether(together: boolean): void {
    this.#together = together;
    this.#presence.type(null);
  }

  /** Whether others have begun a shared draft that is not open here. */
  get sharedDraftWaits(): boolean {
    return !this.#together && this.#shared.text.current.trim() !== '';
  }

  get text(): string {
    return this.#draft.text.current;
  }

  edit(before: string, after: string): void {
    const draft = this.#draft;
    if (after !== '' && draft.id.read() === null) draft.setId(newName(this.#environment.random));
    draft.text.edit(before, after);
    this.#tellTyping();
  }

  mark(index: number): { index(): number } {
    return this.#draft.text.mark(index);
  }

  /** Puts another text in the place of the draft. */
  replace(text: string): void {
    this.edit(this.text, text);
  }

  get excessChars(): number {
    return Math.max(0, this.text.length - limits.promptCharsMax);
  }

  get attachments(): readonly Attachment[] {
    return this.#together ? [] : this.#attachments.current;
  }

  /** @throws FailureError `too_large` with both numbers, when the file is over what a blob may be */
  async attach(file: { name: string; type: string; bytes: Uint8Array }): Promise<void> {
    const sha256 = await this.#workspace.blobs.put(file.bytes);
    const { name, type } = file;
    const known = this.#attachments.current;
    if (known.some((one) => one.sha256 === sha256)) return;
    if (this.#own.id.read() === null) this.#own.setId(newName(this.#environment.random));
    const added = { sha256, name, type, bytes: file.bytes.length };
    this.#person.document.setAttachments(this.#sessionId, [...known, added]);
  }

  detach(attachment: Attachment): void {
    const rest = this.#attachments.current.filter((one) => one.sha256 !== attachment.sha256);
    this.#person.document.setAttachments(this.#sessionId, rest);
  }

  get isEmpty(): boolean {
    return this.text.trim() === '' && this.attachments.length === 0;
  }

  /** Makes the draft a prompt at the end of the queue and empties it. @returns its id; `null` when there is nothing to send */
  send(): PromptId | null {
    if (this.isEmpty || this.excessChars > 0) return null;
    const { personId, deviceId } = this.#identity;
    const { clock, random } = this.#environment;
    const draft = this.#draft;
    const text = this.text.trimEnd();
    const files = this.attachments;
    const id = promptIdOf(
      draft.id.read() ?? newName(random),
      [text, ...files.map((file) => file.sha256)].join('\n'),
    );
    const blobs = files.map((file) => file.sha256);
    this.#session.document.putPrompt({
      v: 1,
      id,
      text,
      blobs,
      personId,
      deviceId,
      writtenAt: clock.now(),
    });
    draft.text.edit(this.text, '');
    draft.setId(null);
    if (files.length > 0) this.#person.document.setAttachments(this.#sessionId, []);
    this.#presence.type(null);
    return id;
  }

  /** Others who write in the shared draft now. */
  get writersHere(): readonly PersonId[] {
    return this.#others.current
      .filter((other) => other.typing === 'shared draft')
      .map((other) => other.personId);
  }

  get commands(): readonly SlashCommand[] {
    return this.#commands.current ?? [];
  }

  get paths(): readonly string[] {
    return this.#paths.current ?? [];
  }

  close(): void {
    this.#stopTyping?.();
  }

  get #draft(): Draft {
    return this.#together ? this.#shared : this.#own;
  }

  #tellTyping(): void {
    this.#presence.type(this.#together ? 'shared draft' : 'prompt');
    this.#stopTyping?.();
    this.#stopTyping = this.#environment.scheduler.after(typingMs, () => {
      this.#presence.type(null);
    });
  }
}

/** A text of a document that may be replaced by another one under the page. */
function draftText<D>(open: OpenDocument<D>, pick: (document: D) => SharedText): SharedText {
  let known: { readonly of: D; readonly text: SharedText } | null = null;
  const text = (document: D): SharedText => {
    if (known === null || known.of !== document) known = { of: document, text: pick(document) };
    return known.text;
  };
  const source = sourceOf(open, text);
  return {
    read: () => source.read(),
    subscribe: (listener) => source.subscribe(listener),
    replace: (next) => {
      text(open.document).replace(next);
    },
    mark: (index) => text(open.document).mark(index),
  };
}
