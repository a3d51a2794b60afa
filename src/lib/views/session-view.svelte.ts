import type { SessionInfo } from '#lib/domain/session.ts';
import type { ConnectionState } from '#lib/domain/connection.ts';
import type { Note } from '#lib/domain/note.ts';
import type { PersonId } from '#lib/domain/ids.ts';
import type { PresenceState, RoomExchange, Workspace } from '#lib/sync/contract.ts';
import { sourceOf, type SessionDocuments } from './documents.ts';
import { observe, type Observed } from './observe.svelte.ts';

/** What the frame of one session shows of it beside its parts. */
export class SessionView {
  readonly #info: Observed<SessionInfo | null>;
  readonly #notes: Observed<readonly Note[]>;
  readonly #others: Observed<readonly PresenceState[]>;
  readonly #loaded: Observed<boolean>;
  readonly #exchange: Observed<RoomExchange>;
  readonly #connection: Observed<ConnectionState>;

  constructor(workspace: Workspace, { session, state, presence }: SessionDocuments) {
    this.#info = observe(sourceOf(state, (document) => document.field('info')));
    this.#notes = observe(sourceOf(session, (document) => document.notes));
    this.#others = observe(presence.others);
    this.#loaded = observe(state.replica.loaded);
    this.#exchange = observe(state.replica.exchange);
    this.#connection = observe(workspace.connection);
  }

  /** As the bridge tells the people of this session; guests have no list of all sessions. */
  get info(): SessionInfo | null {
    return this.#info.current;
  }

  get notes(): number {
    return this.#notes.current.length;
  }

  /** Each person once, however many devices they are here with; nobody without a connection. */
  get peopleHere(): readonly PersonId[] {
    const ids: PersonId[] = [];
    for (const { personId } of this.#others.current)
      if (!ids.includes(personId)) ids.push(personId);
    return ids;
  }

  /** Whether what this device holds was read. */
  get loaded(): boolean {
    return this.#loaded.current;
  }

  /** Until when what is shown is known to be so; `null` while connected, or when it never was. */
  get asOf(): number | null {
    const exchange = this.#exchange.current;
    if (this.#connection.current.kind === 'online') return null;
    return exchange.kind === 'held' ? exchange.asOf : null;
  }

  get deleted(): boolean {
    const exchange = this.#exchange.current;
    return exchange.kind === 'closed' && exchange.code === 4404;
  }

  /** Whether the bridge answered for this session, in this life of the browser or an earlier one. */
  get known(): boolean {
    return this.#exchange.current.kind !== 'never';
  }
}
