import type * as Y from 'yjs';
import {
  putInStateDocument,
  putState,
  stateDocument,
  type stateMaps,
} from '#lib/crdt/state-document.ts';
import type { Clock, Scheduler } from '#lib/domain/clock.ts';
import type { PersonInfo } from '#lib/domain/device.ts';
import type { ItemId, PersonId, PromptId, SessionId } from '#lib/domain/ids.ts';
import type { Operation } from '#lib/domain/operation.ts';
import type { PermissionRequest } from '#lib/domain/permission.ts';
import type { Receipt } from '#lib/domain/prompt.ts';
import type { SessionState } from '#lib/domain/session.ts';
import type { LiveItem, TranscriptItem } from '#lib/domain/transcript.ts';
import type { LeftState, SessionRecord } from '../journal/session-record.ts';
import type { Storage, Write } from '../storage/contract.ts';
import type { Log } from '../storage/log.ts';
import type { Documents } from './documents.ts';
import { DurableLedger } from './durable-ledger.ts';
import { KeptOperations } from './kept-operations.ts';
import { RoomWriter } from './room-writer.ts';
import type { SegmentBlob } from './segment-blob.ts';
import { TranscriptWriter } from './transcript-writer.ts';

export interface SessionProjectorParts {
  readonly storage: Storage;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Log;
  readonly person: (personId: PersonId) => PersonInfo | null;
}

/** One session's rooms `state/<id>` and `transcript/<id>/<n>`, written as its record is told. */
export class SessionProjector implements SessionRecord {
  readonly #sessionId: SessionId;
  readonly #parts: SessionProjectorParts;
  readonly #state: RoomWriter;
  readonly #transcript: TranscriptWriter;
  readonly #ledger = new DurableLedger();
  readonly #people = new Map<PersonId, PersonInfo | null>();
  #operations: KeptOperations | null = null;
  #begun = false;

  constructor(sessionId: SessionId, parts: SessionProjectorParts) {
    this.#sessionId = sessionId;
    this.#parts = parts;
    this.#state = new RoomWriter(parts.documents, { kind: 'state', sessionId });
    this.#transcript = new TranscriptWriter({
      sessionId,
      documents: parts.documents,
      clock: parts.clock,
      scheduler: parts.scheduler,
      log: parts.log,
      noted: (work) => {
        this.#ledger.note(work);
      },
      publish: (blob, also) => this.#publish(blob, also),
    });
  }

  /** `segments` is the transcript's own: what is put there is what the transcript says. */
  put<K extends keyof SessionState>(key: K, value: SessionState[K]): void {
    if (key === 'segments') return;
    this.#note(value, (doc) => {
      putState(doc, key, value);
    });
  }

  putPermission(request: PermissionRequest): void {
    if (request.outcome?.kind === 'answered') this.mention(request.outcome.by.personId);
    this.#putInMap('permissions', request.id, request);
  }

  putReceipt(receipt: Receipt): void {
    this.mention(receipt.author.personId);
    this.#putInMap('receipts', receipt.promptId, receipt);
  }

  dropReceipt(promptId: PromptId): void {
    this.#putInMap('receipts', promptId, null);
  }

  /** The session's part of the board. */
  putOperation(operation: Operation): void {
    this.mention(operation.author.personId);
    this.#note(operation, (doc) => {
      this.#operations ??= new KeptOperations(stateDocument(doc).operations.read());
      putInStateDocument(doc, 'operations', operation.id, operation);
      for (const id of this.#operations.put(operation))
        putInStateDocument(doc, 'operations', id, null);
    });
  }

  append(item: TranscriptItem): void {
    this.#begin();
    if (item.kind === 'prompt') this.mention(item.author.personId);
    this.#ledger.note(this.#transcript.append(item));
  }

  openLive(item: LiveItem): void {
    this.#begin();
    this.#ledger.note(this.#transcript.putLive(item));
  }

  updateLive(item: LiveItem): void {
    this.#ledger.note(this.#transcript.putLive(item));
  }

  extendLive(id: ItemId, text: string): void {
    this.#transcript.extend(id, text);
  }

  closeLive(id: ItemId, final: TranscriptItem): void {
    this.#ledger.note(this.#transcript.closeLive(id, final));
  }

  leftLive(): Promise<readonly { readonly item: LiveItem; readonly text: string }[]> {
    return this.#transcript.growing();
  }

  leftState(): Promise<LeftState> {
    return this.#state.read((doc) => {
      const state = stateDocument(doc);
      return {
        run: state.field('run').read(),
        receipts: [...state.receipts.read().values()],
        openPermissions: state.permissions.read().filter(({ outcome }) => outcome === null),
      };
    });
  }

  nextSeq(): number {
    return this.#parts.storage.allocate();
  }

  durable(): Promise<void> {
    this.#transcript.writeCollected();
    return this.#ledger.durable();
  }

  /** A person who did something here: guests of the session read names in its own room. */
  mention(personId: PersonId): void {
    const known = this.#people.get(personId);
    const person = this.#parts.person(personId);
    if (known !== undefined && known === person) return;
    this.#people.set(personId, person);
    if (person !== null) this.#putInMap('people', personId, person);
  }

  /** A person's entry changed. */
  personChanged(personId: PersonId): void {
    if (this.#people.has(personId)) this.mention(personId);
  }

  #putInMap(map: (typeof stateMaps)[number], key: string, value: object | null): void {
    this.#note(value, (doc) => {
      putInStateDocument(doc, map, key, value);
    });
  }

  #note(value: unknown, change: (doc: Y.Doc) => void): void {
    this.#ledger.note(this.#edit(value, change, []));
  }

  /** The manifest is there before the first item is, so that a device knows which segment to open. */
  #begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#ledger.note(
      this.#state.edit({
        change: (doc) => {
          if (stateDocument(doc).field('segments').read() === null)
            putState(doc, 'segments', this.#segments());
        },
        bytes: 0,
      }),
    );
  }

  #edit(value: unknown, change: (doc: Y.Doc) => void, also: readonly Write[]): Promise<void> {
    this.#begin();
    return this.#state.edit({ change, bytes: (JSON.stringify(value) ?? '').length, also });
  }

  #segments(): SessionState['segments'] {
    return this.#parts.documents.directory.segments(this.#sessionId);
  }

  #publish({ segment }: SegmentBlob, also: readonly Write[]): Promise<void> {
    const sealed = [...this.#segments().sealed, segment];
    const segments = { open: segment.n + 1, sealed };
    return this.#edit(
      segments,
      (doc) => {
        putState(doc, 'segments', segments);
      },
      also,
    );
  }
}
