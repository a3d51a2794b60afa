import { bridgeDocument, type BridgeDocument } from '#lib/crdt/bridge-document.ts';
import { personDocument, type PersonDocument } from '#lib/crdt/person-document.ts';
import { sessionDocument, type SessionDocument } from '#lib/crdt/session-document.ts';
import { stateDocument, type StateDocument } from '#lib/crdt/state-document.ts';
import { tasksDocument, type TasksDocument } from '#lib/crdt/tasks-document.ts';
import type { Source } from '#lib/crdt/source.ts';
import { workspaceDocument, type WorkspaceDocument } from '#lib/crdt/workspace-document.ts';
import type { SessionId } from '#lib/domain/ids.ts';
import type { Room } from '#lib/domain/room.ts';
import type { Identity, Presence, Replica, Workspace } from '#lib/sync/contract.ts';

/** A replica with the typed reading of its document. */
export interface OpenDocument<D> {
  readonly replica: Replica;
  /**
   * The document as of now, for verbs in event handlers. A refusal or a new epoch puts another in its place: what a page shows
   * is read through {@link sourceOf}.
   */
  readonly document: D;
}

/** The documents that every page reads, open as long as the app is. */
export interface Documents {
  readonly identity: Identity;
  readonly bridge: OpenDocument<BridgeDocument>;
  readonly workspace: OpenDocument<WorkspaceDocument>;
  readonly tasks: OpenDocument<TasksDocument>;
  readonly person: OpenDocument<PersonDocument>;
  release(): void;
}

/** One session's documents, without its transcript. */
export interface SessionDocuments {
  readonly sessionId: SessionId;
  readonly session: OpenDocument<SessionDocument>;
  readonly state: OpenDocument<StateDocument>;
  readonly presence: Presence;
  release(): void;
}

export function openDocuments(workspace: Workspace, identity: Identity): Documents {
  const bridge = openDocument(workspace, { kind: 'bridge' }, bridgeDocument);
  const labels = openDocument(workspace, { kind: 'workspace' }, workspaceDocument);
  const tasks = openDocument(workspace, { kind: 'tasks' }, tasksDocument);
  const person = openDocument(
    workspace,
    { kind: 'person', personId: identity.personId },
    personDocument,
  );
  return {
    identity,
    bridge,
    workspace: labels,
    tasks,
    person,
    release() {
      for (const one of [bridge, labels, tasks, person]) one.replica.release();
    },
  };
}

export function openSession(workspace: Workspace, sessionId: SessionId): SessionDocuments {
  const session = openDocument(workspace, { kind: 'session', sessionId }, sessionDocument);
  const state = openDocument(workspace, { kind: 'state', sessionId }, stateDocument);
  return {
    sessionId,
    session,
    state,
    presence: workspace.presence(sessionId),
    release() {
      session.replica.release();
      state.replica.release();
    },
  };
}

/**
 * One value of a document as a source that outlives the document: after the replica was given another one, it reads there.
 *
 * @param pick names the source; called once for each document
 */
export function sourceOf<D, T>(open: OpenDocument<D>, pick: (document: D) => Source<T>): Source<T> {
  let picked: { readonly from: D; readonly source: Source<T> } | null = null;
  const source = (): Source<T> => {
    const from = open.document;
    if (picked === null || picked.from !== from) picked = { from, source: pick(from) };
    return picked.source;
  };
  return {
    read: () => source().read(),
    subscribe(listener) {
      let end = source().subscribe(listener);
      const endReplaced = open.replica.document.subscribe(() => {
        end();
        end = source().subscribe(listener);
        listener();
      });
      return () => {
        end();
        endReplaced();
      };
    },
  };
}

/** Opens one room; its user releases the replica. */
export function openDocument<D>(
  workspace: Workspace,
  room: Room,
  read: (doc: Replica['doc']) => D,
): OpenDocument<D> {
  const replica = workspace.open(room);
  let known = { doc: replica.doc, document: read(replica.doc) };
  return {
    replica,
    get document() {
      if (known.doc !== replica.doc) known = { doc: replica.doc, document: read(replica.doc) };
      return known.document;
    },
  };
}
