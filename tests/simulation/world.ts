import type * as Y from 'yjs';
import * as z from 'zod/mini';
import { personDocument } from '#lib/crdt/person-document.ts';
import { sessionDocument } from '#lib/crdt/session-document.ts';
import { tasksDocument } from '#lib/crdt/tasks-document.ts';
import { workspaceDocument } from '#lib/crdt/workspace-document.ts';
import type { Random } from '#lib/domain/clock.ts';
import {
  deviceIdSchema,
  newName,
  noteIdSchema,
  personIdSchema,
  promptIdSchema,
  sessionIdSchema,
  taskIdSchema,
} from '#lib/domain/ids.ts';
import { roomName, type Room } from '#lib/domain/room.ts';
import type { Replica } from '#lib/sync/contract.ts';
import { ManualTime, seededRandom } from '../fixtures/manual-time.ts';
import { SimulatedBridge } from './simulated-bridge.ts';
import { SimulatedDevice, type SimulatedTab } from './simulated-device.ts';

const sessionId = sessionIdSchema.parse('00000000-0000-7000-8000-000000000001');
const deviceId = deviceIdSchema.parse('device-0');
const personId = personIdSchema.parse('person-1');

export const simulatedRooms: readonly Room[] = [
  { kind: 'tasks' },
  { kind: 'session', sessionId },
  { kind: 'workspace' },
  { kind: 'person', personId },
];

/** Something that somebody wrote and that is never deleted, by a name that is found again in the document's content. */
export interface Fact {
  readonly room: Room;
  readonly name: string;
  readonly device: SimulatedDevice;
  /** On the device's disk, as it told. */
  durable: boolean;
  /** On the bridge's disk, as the device was told. */
  acknowledged: boolean;
}

/** What a document says, as people read it; equal content of two copies is what convergence means. */
export function contentOf(room: Room, doc: Y.Doc): string {
  switch (room.kind) {
    case 'tasks':
      return JSON.stringify(tasksDocument(doc).tasks.read());
    case 'session': {
      const session = sessionDocument(doc);
      return JSON.stringify([session.prompts.read(), session.notes.read()]);
    }
    case 'workspace':
      return JSON.stringify([...workspaceDocument(doc).sessions.read()].sort());
    default:
      return personDocument(doc).draft(sessionId).read();
  }
}

/** Some browsers and a bridge under one clock and one seed. */
export class World {
  readonly time = new ManualTime();
  readonly random: Random;
  readonly bridge: SimulatedBridge;
  readonly devices: readonly SimulatedDevice[];
  readonly facts: Fact[] = [];
  readonly #open = new Map<SimulatedTab, Map<string, Replica>>();
  #lines = 0;

  constructor(seed: number, devices: number) {
    this.random = seededRandom(seed);
    // Each provider listens for the end of the process.
    process.setMaxListeners(0);
    this.bridge = new SimulatedBridge(this.time, this.random);
    this.devices = Array.from(
      { length: devices },
      (_, index) =>
        new SimulatedDevice(
          `device-${String(index)}`,
          index === 0 ? 'owner' : 'editor',
          this.bridge,
          this.time,
          this.random,
        ),
    );
  }

  pick<T>(from: readonly T[]): T | undefined {
    return from[Math.floor(this.random.next() * from.length)];
  }

  get tabs(): readonly SimulatedTab[] {
    return this.devices.flatMap(({ tabs }) => [...tabs]);
  }

  async openTab(device: number): Promise<SimulatedTab> {
    const opened = await this.devices[device]?.openTab();
    if (opened === undefined) throw new Error(`expected a device ${String(device)}`);
    return opened;
  }

  /** Closes what is open; safe to call in any state. */
  async end(): Promise<void> {
    for (const tab of this.tabs) await tab.workspace.close();
    await this.bridge.end();
  }

  /** Opens a document in a tab, once, and follows what it says of its edits. */
  replica(tab: SimulatedTab, room: Room): Replica {
    let open = this.#open.get(tab);
    if (open === undefined) this.#open.set(tab, (open = new Map()));
    const name = roomName(room);
    let replica = open.get(name);
    if (replica === undefined) {
      replica = tab.workspace.open(room);
      open.set(name, replica);
    }
    return replica;
  }

  releaseRoom(tab: SimulatedTab, room: Room): void {
    const open = this.#open.get(tab);
    open?.get(roomName(room))?.release();
    open?.delete(roomName(room));
  }

  /** One edit of a person in a tab. */
  edit(tab: SimulatedTab): void {
    if (tab.workspace.identity.read() === null) return;
    const room = this.pick(simulatedRooms) ?? { kind: 'tasks' };
    const replica = this.replica(tab, room);
    const name = newName(this.random);
    this.#write(room, replica.doc, name);
    const fact: Fact = {
      room,
      name,
      device: tab.device,
      durable: false,
      acknowledged: false,
    };
    this.facts.push(fact);
    replica.whenDurable().then(
      () => {
        if (tab.device.tabs.has(tab)) fact.durable = true;
      },
      () => undefined,
    );
    const end = replica.waiting.subscribe(() => {
      if (replica.waiting.read().length > 0) return;
      end();
      if (tab.device.tabs.has(tab)) fact.acknowledged = true;
    });
  }

  /** Lets time pass in small steps, with all that becomes due and all that it leads to. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 100) {
      this.time.advance(Math.min(left, 100));
      await turn();
    }
  }

  /** The names of all facts that a document of this room holds. */
  missingFrom(room: Room, doc: Y.Doc, facts: readonly Fact[]): readonly string[] {
    const content = contentOf(room, doc);
    return facts
      .filter((fact) => roomName(fact.room) === roomName(room) && !content.includes(fact.name))
      .map(({ name }) => name);
  }

  /** Whether its device keeps it as refused, readable in the difference that was kept. */
  isNotAccepted(fact: Fact): boolean {
    // From its disk, since its tabs may all be gone.
    return fact.device.tables.rows.appliedTo('notAccepted', []).some(({ value }) => {
      const { room, update } = z.object({ room: z.string(), update: z.string() }).parse(value);
      const text = Buffer.from(update, 'base64').toString('latin1');
      return room === roomName(fact.room) && text.includes(fact.name);
    });
  }

  #write(room: Room, doc: Y.Doc, name: string): void {
    const at = this.time.now();
    switch (room.kind) {
      case 'tasks': {
        const tasks = tasksDocument(doc);
        const known = this.pick(tasks.tasks.read());
        if (known === undefined || this.random.next() < 0.5) {
          tasks.create({
            id: taskIdSchema.parse(name),
            title: `task ${name}`,
            sessionId: null,
            createdBy: personId,
            createdAt: at,
          });
          return;
        }
        tasks.setState(known.id, this.random.next() < 0.5 ? 'done' : 'doing');
        const title = tasks.title(known.id);
        title?.replace(insertedAt(title.read(), this.random, ` ${name} `));
        return;
      }
      case 'session': {
        const session = sessionDocument(doc);
        if (this.random.next() < 0.5)
          session.putPrompt({
            v: 1,
            id: promptIdSchema.parse(name),
            text: name,
            blobs: [],
            personId,
            deviceId,
            writtenAt: at,
          });
        else
          session.putNote({
            v: 1,
            id: noteIdSchema.parse(name),
            text: name,
            personId,
            deviceId,
            writtenAt: at,
            editedAt: null,
          });
        return;
      }
      case 'workspace':
        workspaceDocument(doc).rename(
          sessionIdSchema.parse(
            `00000000-0000-7000-8000-${String((this.#lines += 1)).padStart(12, '0')}`,
          ),
          name,
        );
        return;
      default: {
        const draft = personDocument(doc).draft(sessionId);
        draft.replace(insertedAt(draft.read(), this.random, ` ${name} `));
      }
    }
  }
}

function insertedAt(text: string, random: Random, insertion: string): string {
  // Between words only, so that no name is cut by the next.
  const places = [...text.matchAll(/ |^|$/g)].map(({ index }) => index);
  const at = places[Math.floor(random.next() * places.length)] ?? 0;
  return text.slice(0, at) + insertion + text.slice(at);
}

/** Everything that is ready runs: promises, immediates, and the provider's own timers of no delay. */
export async function turn(): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
  for (let round = 0; round < 4; round += 1)
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
}
