import { newName, noteIdSchema, type NoteId } from '#lib/domain/ids.ts';
import type { Note } from '#lib/domain/note.ts';
import { sourceOf, type Documents, type SessionDocuments } from './documents.ts';
import type { Environment } from './environment.ts';
import { observe } from './observe.svelte.ts';
import { waitingEntities } from './waiting-entities.ts';

/** Notes to people in a session, oldest first. */
export class Notes {
  readonly #session: SessionDocuments;
  readonly #documents: Documents;
  readonly #environment: Environment;
  readonly #notes;
  readonly #waiting;
  readonly #others;

  constructor(session: SessionDocuments, documents: Documents, environment: Environment) {
    this.#session = session;
    this.#documents = documents;
    this.#environment = environment;
    this.#notes = observe(sourceOf(session.session, (document) => document.notes));
    this.#waiting = observe(session.session.replica.waiting);
    this.#others = observe(session.presence.others);
  }

  get all(): readonly Note[] {
    return this.#notes.current;
  }

  /** Notes that the bridge has not acknowledged. */
  get waiting(): ReadonlySet<string> {
    return waitingEntities(this.#waiting.current, 'note');
  }

  /** Who writes a note now. */
  get typing() {
    return this.#others.current
      .filter(({ typing }) => typing === 'note')
      .map(({ personId }) => personId);
  }

  isMine(note: Note): boolean {
    return note.personId === this.#documents.identity.personId;
  }

  setTyping(typing: boolean): void {
    this.#session.presence.set({ typing: typing ? 'note' : null, editing: null });
  }

  add(text: string): NoteId {
    const { personId, deviceId } = this.#documents.identity;
    const id = noteIdSchema.parse(newName(this.#environment.random));
    const writtenAt = this.#environment.clock.now();
    this.#session.session.document.putNote({
      v: 1,
      id,
      text,
      personId,
      deviceId,
      writtenAt,
      editedAt: null,
    });
    return id;
  }

  rewrite(note: Note, text: string): void {
    this.#session.session.document.putNote({
      ...note,
      text,
      editedAt: this.#environment.clock.now(),
    });
  }

  remove(note: Note): void {
    this.#session.session.document.removeNote(note.id);
  }

  restore(note: Note): void {
    this.#session.session.document.putNote(note);
  }
}
