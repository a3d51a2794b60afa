import { createPublicKey, verify, type KeyObject } from 'node:crypto';
import type { Clock, Random, Scheduler } from '#lib/domain/clock.ts';
import { deviceIdSchema, type DeviceId } from '#lib/domain/ids.ts';
import type { Role } from '#lib/domain/role.ts';
import type { Workspace } from '#lib/sync/contract.ts';
import type { BrowserEnvironment } from '#lib/sync/environment.ts';
import { MemoryDisk } from '#lib/sync/memory-tables.ts';
import { openWorkspace } from '#lib/sync/workspace.ts';
import { MemoryChannels } from '../fixtures/memory-channels.ts';
import type { ManualTime } from '../fixtures/manual-time.ts';
import type { FaultyNetwork } from './faulty-network.ts';
import { MemoryLocks } from './memory-locks.ts';
import { mortalDocuments, mortalTables } from './mortal-disk.ts';
import { simulatedOrigin, type SimulatedBridge } from './simulated-bridge.ts';

/** One browser: its disk outlives its tabs. */
export class SimulatedDevice {
  readonly id: DeviceId;
  readonly network: FaultyNetwork;
  readonly tabs = new Set<SimulatedTab>();
  readonly locks = new MemoryLocks();
  readonly channels = new MemoryChannels();
  readonly tables = new MemoryDisk();
  readonly documents = new Map<string, Uint8Array[]>();
  readonly bridge: SimulatedBridge;
  readonly time: ManualTime;
  readonly random: Random;

  constructor(name: string, role: Role, bridge: SimulatedBridge, time: ManualTime, random: Random) {
    this.id = deviceIdSchema.parse(name);
    this.bridge = bridge;
    this.time = time;
    this.random = random;
    bridge.roles.set(this.id, role);
    this.network = bridge.networkOf(this.id);
  }

  async openTab(): Promise<SimulatedTab> {
    const tab = new SimulatedTab(this);
    await tab.open();
    this.tabs.add(tab);
    return tab;
  }
}

/** One tab, until it is closed or dies; a dead one does nothing more, however much it had planned. */
export class SimulatedTab {
  readonly device: SimulatedDevice;
  #workspace: Workspace | null = null;
  #isAlive = true;

  constructor(device: SimulatedDevice) {
    this.device = device;
  }

  get workspace(): Workspace {
    if (this.#workspace === null) throw new Error('expected an open tab');
    return this.#workspace;
  }

  async open(): Promise<void> {
    this.#workspace = await openWorkspace(this.#environment());
  }

  /** As a crash: nothing is finished, nothing is said. */
  die(): void {
    this.#isAlive = false;
    this.device.tabs.delete(this);
    this.device.locks.died(this);
  }

  #environment(): BrowserEnvironment {
    const { bridge, channels, documents, id, locks, network, random, tables, time } = this.device;
    const isAlive = (): boolean => this.#isAlive;
    const clock: Clock = time;
    const scheduler: Scheduler = {
      after: (delayMs, task) =>
        time.after(delayMs, () => {
          if (isAlive()) task();
        }),
    };
    return {
      clock,
      random,
      scheduler,
      origin: simulatedOrigin,
      fetch: (path) => {
        const me = path === '/api/me' && isAlive() ? bridge.me(id) : null;
        return me === null ? Promise.reject(new Error('no answer')) : Promise.resolve(me);
      },
      dial: (url, subprotocol, handlers) => {
        const ifAlive =
          <A extends readonly unknown[]>(call: (...values: A) => void) =>
          (...values: A): void => {
            if (isAlive()) call(...values);
          };
        return network.dialFor(isAlive)(url, subprotocol, {
          opened: ifAlive(() => {
            handlers.opened();
          }),
          message: ifAlive((bytes: Uint8Array) => {
            handlers.message(bytes);
          }),
          closed: ifAlive((code: number, reason: string) => {
            handlers.closed(code, reason);
          }),
        });
      },
      subtle: nodeVerifier,
      locks: locks.for(this),
      openChannel: (name, listener) => {
        const channel = channels.open(name, (message) => {
          if (isAlive()) listener(message);
        });
        return {
          post: (message) => {
            if (isAlive()) channel.post(message);
          },
          close: () => {
            channel.close();
          },
        };
      },
      network: { isOnline: () => network.isUp, subscribe: () => () => undefined },
      documents: mortalDocuments(documents, isAlive),
      openTables: () => mortalTables(tables, isAlive),
      eraseTables: () => Promise.resolve(),
      storage: {
        estimate: () => Promise.resolve(null),
        persisted: () => Promise.resolve(null),
        persist: () => Promise.resolve(false),
      },
    };
  }
}

/** What of WebCrypto proofs need, without its threads, so that a seed repeats a run. */
const nodeVerifier = {
  importKey: (_format: string, spki: Uint8Array) =>
    Promise.resolve(createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })),
  verify: (_algorithm: object, key: KeyObject, signature: Uint8Array, bytes: Uint8Array) =>
    Promise.resolve(verify('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' }, signature)),
} as unknown as SubtleCrypto;
