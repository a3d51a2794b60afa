import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as Y from 'yjs';
import type { Random } from '#lib/domain/clock.ts';
import { deviceIdSchema, personIdSchema, type DeviceId } from '#lib/domain/ids.ts';
import type { Principal, Role } from '#lib/domain/role.ts';
import { roomName, type Room } from '#lib/domain/room.ts';
import type { MeResponse } from '#lib/sync/wire/http.ts';
import { revocationBytes } from '#lib/sync/wire/revocation.ts';
import type { Storage } from '../../server/storage/contract.ts';
import { openSqliteStorage } from '../../server/storage/sqlite-storage.ts';
import { openDocuments, type Documents } from '../../server/sync/documents.ts';
import { createSyncServer, type SyncServer } from '../../server/sync/sync-server.ts';
import { BridgeSigner } from '../fixtures/bridge-signer.ts';
import type { ManualTime } from '../fixtures/manual-time.ts';
import { silentLog } from '../fixtures/silent-log.ts';
import { FaultyNetwork } from './faulty-network.ts';

export const simulatedOrigin = 'http://localhost:4747';

interface Life {
  readonly storage: Storage;
  readonly server: SyncServer;
  readonly documents: Documents;
  readonly fate: Fate;
}

interface Fate {
  /** From now on nothing of this life reaches the disk or a socket. */
  isDead: boolean;
}

/** A bridge with the real sync server over real SQLite that can be killed at any moment and started again. */
export class SimulatedBridge {
  readonly roles = new Map<DeviceId, Role>();
  readonly #statements = new Map<DeviceId, object>();
  readonly networks = new Map<DeviceId, FaultyNetwork>();
  readonly #signer = new BridgeSigner();
  readonly #directory = mkdtempSync(join(tmpdir(), 'rejoin-simulation-'));
  readonly #time: ManualTime;
  readonly #random: Random;
  #life: Life | null = null;

  constructor(time: ManualTime, random: Random) {
    this.#time = time;
    this.#random = random;
  }

  get isRunning(): boolean {
    return this.#life !== null;
  }

  /** A network of its own for a device, so that one can be offline while others are not. */
  networkOf(deviceId: DeviceId): FaultyNetwork {
    let network = this.networks.get(deviceId);
    if (network === undefined) {
      network = new FaultyNetwork(this.#time, this.#random);
      this.networks.set(deviceId, network);
      this.#listen(deviceId, network);
    }
    return network;
  }

  async start(): Promise<void> {
    const storage = await openSqliteStorage({
      directory: this.#directory,
      clock: this.#time,
      random: this.#random,
      log: silentLog,
    });
    const fate: Fate = { isDead: false };
    const documents = await openDocuments({
      storage: mortal(storage, fate),
      clock: this.#time,
      random: this.#random,
      scheduler: this.#time,
      log: silentLog,
    });
    const { pin } = this.#signer;
    const server = createSyncServer({
      documents,
      principalOf: (deviceId) => this.principalOf(deviceId),
      bridge: {
        id: pin.bridgeId,
        prove: (nonce, origin, deviceId) =>
          this.#signer.proof(nonce, origin, deviceIdSchema.parse(deviceId)).signature,
      },
      epoch: () => storage.life.epoch,
      position: () => storage.position(),
      clock: this.#time,
      scheduler: this.#time,
      log: silentLog,
    });
    this.#life = { storage, server, documents, fate };
    for (const [deviceId, network] of this.networks) this.#listen(deviceId, network);
  }

  /** As `kill -9`: what was not committed is gone, what was not sent is never sent. */
  async kill(): Promise<void> {
    const life = this.#life;
    if (life === null) return;
    this.#life = null;
    life.fate.isDead = true;
    for (const network of this.networks.values()) {
      network.listener = null;
      network.cutAll();
    }
    // Frees the directory's lock, as the end of a process does.
    await life.storage.close();
  }

  async end(): Promise<void> {
    await this.kill();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** The room as it is on disk. */
  async stored(room: Room): Promise<Y.Doc> {
    const doc = new Y.Doc();
    const stored = await this.#life?.storage.loadRoom(roomName(room));
    for (const update of stored?.updates ?? []) Y.applyUpdate(doc, update);
    return doc;
  }

  /** An edit of the bridge's own hand, in a room that only it writes. */
  async edit(room: Room, change: (doc: Y.Doc) => void): Promise<void> {
    const document = await this.#life?.documents.open(room);
    await document?.edit(change);
  }

  setRole(deviceId: DeviceId, role: Role): void {
    this.roles.set(deviceId, role);
    this.#life?.server.roleChanged(deviceId);
  }

  /** Withdraws a device's access, with or without the signed word that makes it erase its copies. */
  revoke(deviceId: DeviceId, how: 'signed' | 'unsigned' | 'signed by another'): void {
    this.roles.delete(deviceId);
    const revokedAt = this.#time.now();
    const signer = how === 'signed by another' ? new BridgeSigner() : this.#signer;
    const sig = Buffer.from(signer.sign(revocationBytes(deviceId, revokedAt)));
    if (how !== 'unsigned')
      this.#statements.set(deviceId, { deviceId, revokedAt, sig: sig.toString('base64url') });
    this.#life?.server.revoke(deviceId);
  }

  /**
   * The database as it is now, to be put back later; only while it does not run. `with its mark`: also what says how far it had
   * come, so that the bridge itself cannot see that it was put back.
   */
  backUp(how: 'alone' | 'with its mark' = 'alone'): () => void {
    const kept = mkdtempSync(join(tmpdir(), 'rejoin-backup-'));
    const files = ['rejoin.sqlite', 'rejoin.sqlite-wal', 'rejoin.sqlite-shm'];
    if (how === 'with its mark') files.push('high-water-mark.json');
    const copy = (from: string, to: string): void => {
      for (const file of files) {
        rmSync(join(to, file), { force: true });
        if (existsSync(join(from, file))) cpSync(join(from, file), join(to, file));
      }
    };
    copy(this.#directory, kept);
    return () => {
      copy(kept, this.#directory);
      rmSync(kept, { recursive: true, force: true });
    };
  }

  /** What `GET /api/me` answers a device; `null` when nothing answers. */
  me(deviceId: DeviceId): Response | null {
    const life = this.#life;
    if (life === null || !this.networkOf(deviceId).isUp) return null;
    const principal = this.principalOf(deviceId);
    if (principal === null) {
      const error = { code: 'unauthorized', message: 'who?' };
      const statement = this.#statements.get(deviceId);
      return Response.json({ error, ...(statement && { statement }) }, { status: 401 });
    }
    const { pin } = this.#signer;
    return Response.json({
      ...principal,
      deviceName: deviceId,
      personName: principal.personId,
      bridge: { id: pin.bridgeId, key: pin.bridgeKey, name: 'bridge' },
      epoch: life.storage.life.epoch,
      seq: life.storage.position(),
      paused: false,
    } satisfies MeResponse);
  }

  principalOf(deviceId: DeviceId): Principal | null {
    const role = this.roles.get(deviceId);
    if (role === undefined) return null;
    const personId = personIdSchema.parse('person-1');
    return { deviceId, personId, role, scope: { kind: 'workspace' } };
  }

  #listen(deviceId: DeviceId, network: FaultyNetwork): void {
    network.listener =
      this.#life === null
        ? null
        : (socket) =>
            this.#life?.server.attach(socket, { kind: 'mux', deviceId, origin: simulatedOrigin });
  }
}

/** A storage whose process may be killed: from then on nothing is written and nobody hears of what was. */
function mortal(storage: Storage, fate: Fate): Storage {
  const never = new Promise<never>(() => undefined);
  return new Proxy(storage, {
    get(target, property) {
      if (property === 'commit')
        return async (batch: Parameters<Storage['commit']>[0]): Promise<void> => {
          if (fate.isDead) await never;
          await target.commit(batch);
          if (fate.isDead) await never;
        };
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
