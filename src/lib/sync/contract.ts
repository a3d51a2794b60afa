import type { ChangeLabel } from '#lib/crdt/origins.ts';
import type { Source } from '#lib/crdt/source.ts';
import type { Command, CommandKind, CommandOf } from '#lib/domain/command.ts';
import type { ConnectionState } from '#lib/domain/connection.ts';
import type { Failure } from '#lib/domain/failure.ts';
import type {
  BridgeId,
  CommandId,
  DeviceId,
  Epoch,
  PersonId,
  PromptId,
  SessionId,
  Sha256,
} from '#lib/domain/ids.ts';
import type { OutboxEntry } from '#lib/domain/outbox.ts';
import type { Role, Scope } from '#lib/domain/role.ts';
import type { Room, RoomName } from '#lib/domain/room.ts';
import type { SealedSegment, TranscriptItem } from '#lib/domain/transcript.ts';
import type * as Y from 'yjs';

/** Who this device is, as the bridge said when it last answered; known offline too, and never a secret. */
export interface Identity {
  readonly deviceId: DeviceId;
  readonly deviceName: string;
  readonly personId: PersonId;
  readonly personName: string;
  readonly role: Role;
  readonly scope: Scope;
  readonly bridgeId: BridgeId;
  readonly bridgeName: string;
  /** The pinned public key. */
  readonly bridgeKey: string;
  readonly epoch: Epoch;
}

/** Whether a document's edits reach this browser's disk. Told truthfully: "on this device" is shown only with `kept`. */
export type StorageState =
  | { readonly kind: 'opening' }
  | { readonly kind: 'kept' }
  /** An edit could not be written; it is retried, and until then it is in memory only. */
  | { readonly kind: 'full' }
  | { readonly kind: 'memory_only'; readonly why: string };

/** One entry that a person changed here and that the bridge has not acknowledged. */
export interface WaitingChange {
  readonly room: RoomName;
  readonly label: ChangeLabel;
  /** Device time of the last edit of it, for display. */
  readonly at: number;
  /** False while it is in this tab's memory only. */
  readonly onDevice: boolean;
}

/** What the bridge refused; kept readable and exportable until the person dismisses it (R6). */
export interface NotAccepted {
  readonly id: string;
  readonly room: RoomName;
  readonly reason: string;
  readonly at: number;
  readonly changes: readonly ChangeLabel[];
  /** The refused difference as a Yjs update, base64. */
  readonly update: string;
}

/**
 * One document on this device: the Y.Doc, its copy in IndexedDB and its way to the bridge. Reading and editing work at once
 * and offline; the rest runs behind.
 */
export interface Replica {
  readonly room: Room;
  /** The document as of now: what `document` reads. */
  readonly doc: Y.Doc;
  /**
   * The document, which another one replaces when the bridge refused a change (the room is read anew without it) and, for a
   * room that the bridge writes, when a new epoch began. Read models are made anew then.
   */
  readonly document: Source<Y.Doc>;
  /** Resolves when what this device holds is in `doc`, or when the database could not be opened in time. Never rejects. */
  readonly whenLoaded: Promise<void>;
  readonly loaded: Source<boolean>;
  readonly storage: Source<StorageState>;
  /** `never`: not one exchange in this browser's life; the copy may be missing, not empty. */
  readonly exchange: Source<RoomExchange>;
  readonly waiting: Source<readonly WaitingChange[]>;
  /** Resolves when all edits made before the call are on this device's disk; rejects with why not. */
  whenDurable(): Promise<void>;
  /** Gives this use back; the replica closes when nobody uses it and nothing of it is unacknowledged. */
  release(): void;
}

export type RoomExchange =
  | { readonly kind: 'never' }
  | { readonly kind: 'held'; readonly asOf: number | null }
  | { readonly kind: 'connected' }
  | { readonly kind: 'closed'; readonly code: number; readonly reason: string };

/** What a person does that others may see while they are connected; nothing of it is stored. */
export interface PresenceState {
  readonly personId: PersonId;
  readonly deviceId: DeviceId;
  readonly typing: 'prompt' | 'shared draft' | 'note' | null;
  /** The queued prompt that is open in this device's editor: the bridge holds it. */
  readonly editing: PromptId | null;
}

export interface Presence {
  /** The others; empty as soon as the connection is not `online`. */
  readonly others: Source<readonly PresenceState[]>;
  set(state: Pick<PresenceState, 'typing' | 'editing'>): void;
}

/** Commands on their way (DESIGN 4.2): durable, in order, bounded, visible. */
export interface Outbox {
  /** In order of writing. */
  readonly entries: Source<readonly OutboxEntry[]>;
  /**
   * Writes the command down; resolves when it is on this device's disk (or `memory_only` is shown), not when it is delivered.
   *
   * @throws FailureError `too_many` when 1,000 entries wait, `too_large` with both numbers
   */
  send<K extends CommandKind>(kind: K, request: CommandRequest<K>): Promise<CommandId>;
  /** Tries everything that waits, now. */
  deliverNow(): void;
  /** Takes back what is still only on this device. @returns false when it is no longer */
  cancel(id: CommandId): Promise<boolean>;
  /** Removes a settled or refused entry from the list. */
  dismiss(id: CommandId): Promise<void>;
  /** Writes an expired command anew, as a new command. */
  offerAgain(id: CommandId): Promise<CommandId | null>;
}

export interface CommandRequest<K extends CommandKind> {
  readonly params: CommandOf<K>['params'];
  readonly summary: string;
  readonly sessionId?: SessionId;
  readonly projectId?: Command['projectId'];
  readonly after?: readonly CommandId[];
}

/** A sealed segment's items, from this device or the bridge. */
export type SegmentContent =
  | { readonly kind: 'items'; readonly items: readonly TranscriptItem[] }
  | { readonly kind: 'not_here'; readonly bytes: number }
  | { readonly kind: 'failed'; readonly failure: Failure };

export interface Blobs {
  /** From this device, else from the bridge; `null` when neither can give it now. */
  get(sha256: Sha256): Promise<Uint8Array | null>;
  has(sha256: Sha256): Promise<boolean>;
  /** Keeps it here, pinned until the bridge has it, and uploads it. @throws FailureError `too_large` */
  put(bytes: Uint8Array): Promise<Sha256>;
  segment(sessionId: SessionId, sealed: SealedSegment): Promise<SegmentContent>;
}

/** Small values of this browser only: preferences, last place. Never a credential. */
export interface Preferences {
  get(key: string): Source<string | null>;
  set(key: string, value: string | null): void;
}

export interface StorageUse {
  readonly documents: { readonly count: number };
  readonly outboxEntries: number;
  readonly blobBytes: number;
  readonly segmentBytes: number;
  /** The browser's estimate for the whole origin; `null` where it gives none. */
  readonly estimate: { readonly usage: number; readonly quota: number } | null;
  /** Whether the browser promised not to evict: `null` before it was asked. */
  readonly persisted: boolean | null;
}

/** All that a device holds and does, made once in the root layout. */
export interface Workspace {
  /** `null` before this browser was paired. */
  readonly identity: Source<Identity | null>;
  readonly connection: Source<ConnectionState>;
  /** All unacknowledged changes of all documents, of all tabs and of earlier lives of this browser, oldest first. */
  readonly waiting: Source<readonly WaitingChange[]>;
  readonly notAccepted: Source<readonly NotAccepted[]>;
  /** The worst storage state over all documents, the outbox included. */
  readonly storage: Source<StorageState>;
  readonly outbox: Outbox;
  readonly blobs: Blobs;
  readonly preferences: Preferences;
  /** Opens a document or shares the open one; the caller releases it. */
  open(room: Room): Replica;
  /** Presence in a session's room. */
  presence(sessionId: SessionId): Presence;
  /** Redeems a pairing secret. Offline or refused: a Failure that says why. */
  pair(secret: string, deviceName: string): Promise<Failure | null>;
  /** Tries the connection and everything that waits, now. */
  tryNow(): void;
  dismissNotAccepted(id: string): Promise<void>;
  storageUse(): Promise<StorageUse>;
  /** Asks the browser to keep this origin's data; shows the answer in `storageUse`. */
  askToPersist(): Promise<boolean>;
  close(): Promise<void>;
}
