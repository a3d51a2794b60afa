import type * as Y from 'yjs';
import { bridgeDocument, putInBridgeDocument, type BridgeMap } from '#lib/crdt/bridge-document.ts';
import type { AgentInfo } from '#lib/domain/agent.ts';
import type { BridgeInfo } from '#lib/domain/bridge.ts';
import type { Clock, Scheduler } from '#lib/domain/clock.ts';
import type { DeviceInfo, PersonInfo } from '#lib/domain/device.ts';
import type { DeviceId, PersonId, SessionId } from '#lib/domain/ids.ts';
import type { Operation } from '#lib/domain/operation.ts';
import type { PermissionRule } from '#lib/domain/permission.ts';
import type { ProjectInfo } from '#lib/domain/project.ts';
import type { SessionInfo } from '#lib/domain/session.ts';
import type { OperationBoard } from '../journal/contract.ts';
import type { BridgeRecord } from '../journal/session-record.ts';
import type { Storage, Write } from '../storage/contract.ts';
import type { Log } from '../storage/log.ts';
import type { Documents } from './documents.ts';
import { DurableLedger } from './durable-ledger.ts';
import { KeptOperations } from './kept-operations.ts';
import { RoomWriter } from './room-writer.ts';
import { SessionProjector } from './session-projector.ts';

export interface ProjectorOptions {
  readonly storage: Storage;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly scheduler: Scheduler;
  readonly log: Log;
}

/** Reads what room `bridge` holds from an earlier life; then the projector takes what the bridge has to say. */
export async function openProjector(options: ProjectorOptions): Promise<Projector> {
  const document = await options.documents.open({ kind: 'bridge' });
  // Held for good: everybody reads this room, and its projection is written all the time.
  document.hold();
  const before = bridgeDocument(document.doc);
  return new Projector(options, {
    people: before.people.read(),
    devices: before.devices.read(),
    operations: before.operations.read(),
  });
}

/**
 * Writes what happened into the documents that only the bridge writes (R1): room `bridge` and, through
 * {@link SessionProjector}, those of each session.
 */
export class Projector implements BridgeRecord, OperationBoard {
  readonly #options: ProjectorOptions;
  readonly #writer: RoomWriter;
  readonly #ledger = new DurableLedger();
  readonly #sessions = new Map<SessionId, SessionProjector>();
  readonly #people: Map<PersonId, PersonInfo>;
  readonly #personOf: Map<DeviceId, PersonId>;
  readonly #operations: KeptOperations;

  constructor(
    options: ProjectorOptions,
    before: {
      readonly people: readonly PersonInfo[];
      readonly devices: readonly DeviceInfo[];
      readonly operations: readonly Operation[];
    },
  ) {
    this.#options = options;
    this.#writer = new RoomWriter(options.documents, { kind: 'bridge' });
    this.#people = new Map(before.people.map((person) => [person.id, person]));
    this.#personOf = new Map(before.devices.map((device) => [device.id, device.personId]));
    this.#operations = new KeptOperations(before.operations);
    options.documents.onBrought((room, deviceId) => {
      const personId = this.#personOf.get(deviceId);
      if (personId === undefined || (room.kind !== 'session' && room.kind !== 'review')) return;
      this.#sessions.get(room.sessionId)?.mention(personId);
    });
  }

  session(sessionId: SessionId): SessionProjector {
    const known = this.#sessions.get(sessionId);
    if (known !== undefined) return known;
    const made = new SessionProjector(sessionId, {
      ...this.#options,
      person: (personId) => this.#people.get(personId) ?? null,
    });
    this.#options.documents.directory.sessionKnown(sessionId);
    this.#sessions.set(sessionId, made);
    return made;
  }

  putProject(project: ProjectInfo): void {
    this.#put('projects', project.id, project);
  }

  putAgent(agent: AgentInfo): void {
    this.#put('agents', agent.id, agent);
  }

  dropAgent(id: AgentInfo['id']): void {
    this.#put('agents', id, null);
  }

  putPerson(person: PersonInfo): void {
    this.#people.set(person.id, person);
    for (const session of this.#sessions.values()) session.personChanged(person.id);
    this.#put('people', person.id, person);
  }

  putDevice(device: DeviceInfo): void {
    this.#personOf.set(device.id, device.personId);
    this.#put('devices', device.id, device);
  }

  putSession(info: SessionInfo): void {
    this.#options.documents.directory.sessionKnown(info.id);
    this.session(info.id).mention(info.createdBy);
    this.#put('sessions', info.id, info);
  }

  /** Takes the session out of the index for good: its rooms are deleted and answer 4404. */
  dropSession(id: SessionId): void {
    const { documents } = this.#options;
    const also = documents.directory
      .roomsOf(id)
      .map((room): Write => ({ kind: 'room_deleted', room }));
    const dropped = this.#edit(null, also, (doc) => {
      putInBridgeDocument(doc, 'sessions', id, null);
    }).then(() => {
      documents.sessionDeleted(id);
    });
    this.#ledger.note(dropped);
    this.#sessions.delete(id);
  }

  putRule(rule: PermissionRule): void {
    this.#put('rules', rule.id, rule);
  }

  dropRule(id: PermissionRule['id']): void {
    this.#put('rules', id, null);
  }

  putOperation(operation: Operation): void {
    const leaving = this.#operations.put(operation);
    const noted = this.#edit(operation, [], (doc) => {
      putInBridgeDocument(doc, 'operations', operation.id, operation);
      for (const id of leaving) putInBridgeDocument(doc, 'operations', id, null);
    });
    this.#ledger.note(noted);
    const { sessionId } = operation;
    if (sessionId === null) return;
    if (this.#options.documents.directory.status({ kind: 'state', sessionId }) === 'deleted')
      return;
    this.session(sessionId).putOperation(operation);
  }

  show(operation: Operation): void {
    this.putOperation(operation);
  }

  shown(sessionId: SessionId): readonly Operation[] {
    return this.#operations.of(sessionId);
  }

  putBridge(info: BridgeInfo): void {
    this.#put('info', 'bridge', info);
  }

  durable(): Promise<void> {
    return this.#ledger.durable();
  }

  #put(map: BridgeMap, key: string, value: object | null): void {
    const noted = this.#edit(value, [], (doc) => {
      putInBridgeDocument(doc, map, key, value);
    });
    this.#ledger.note(noted);
  }

  #edit(value: object | null, also: readonly Write[], change: (doc: Y.Doc) => void): Promise<void> {
    return this.#writer.edit({ change, bytes: JSON.stringify(value).length, also });
  }
}
