import { createPublicKey, verify } from 'node:crypto';
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { limits } from '#lib/domain/limits.ts';
import type { Role } from '#lib/domain/role.ts';
import { proofBytes } from '#lib/sync/wire/mux-frames.ts';
import { ManualTime, seededRandom } from '../../tests/fixtures/manual-time.ts';
import { systemAmbient } from '../ambient.ts';
import { StartFailure } from '../start-failure.ts';
import { MemoryStorage } from '../storage/memory-storage.ts';
import { openIdentity, type Identity } from './identity.ts';
import type { LinkTerms } from './pairing.ts';
import { readTerminalFile, removeTerminalFile, writeTerminalFile } from './terminal.ts';

let directory: string;
let time: ManualTime;
let storage: MemoryStorage;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rejoin-identity-'));
  time = new ManualTime();
  storage = new MemoryStorage(seededRandom(1));
});
afterEach(async () => {
  await rm(directory, { recursive: true });
});

const open = (): Promise<Identity> =>
  openIdentity({
    storage,
    dataDirectory: directory,
    ambient: { clock: time, random: systemAmbient.random },
    bridgeName: 'workbench',
    accountName: 'ilse',
  });

const restart = async (): Promise<Identity> => {
  storage = storage.restart(seededRandom(2));
  return await open();
};

const redeem = (identity: Identity, secret: string, deviceName = 'Phone') =>
  identity.pairing.redeem({ secret, deviceName, deviceKind: 'browser', publicKey: null });

const terms = (role: Role, name = 'Mara'): LinkTerms => ({
  role,
  scope: { kind: 'workspace' },
  person: { kind: 'new', name },
  madeBy: null,
});

const pair = async (identity: Identity, role: Role, name?: string) =>
  await redeem(identity, (await identity.pairing.makeLink(terms(role, name))).secret);

describe('the bridge key', () => {
  test('is made once, kept for the owner alone, and proves itself to who pinned it', async () => {
    const { bridge, key } = await open();
    expect((await restart()).bridge).toEqual(bridge);
    expect((await stat(join(directory, 'bridge.key'))).mode & 0o777).toBe(0o600);
    const nonce = systemAmbient.random.bytes(32);
    const proof = key.prove(nonce, 'http://localhost:4747', 'phone');
    const pinned = createPublicKey({
      key: Buffer.from(bridge.key, 'base64url'),
      format: 'der',
      type: 'spki',
    });
    const holds = (origin: string, deviceId: string): boolean =>
      verify(
        'sha256',
        proofBytes(nonce, origin, deviceId),
        { key: pinned, dsaEncoding: 'ieee-p1363' },
        proof,
      );
    expect(holds('http://localhost:4747', 'phone')).toBe(true);
    expect(holds('http://localhost:4748', 'phone')).toBe(false);
    expect(holds('http://localhost:4747', 'laptop')).toBe(false);
  });

  test('[T06] two installations have different keys, ids and tokens', async () => {
    const one = await open();
    await rm(join(directory, 'bridge.key'));
    storage = new MemoryStorage(seededRandom(1));
    const other = await open();
    expect(other.bridge.id).not.toBe(one.bridge.id);
    expect(other.terminalToken).not.toBe(one.terminalToken);
  });

  test('[G17] [T06] missing or damaged although devices pinned it, it is not made anew', async () => {
    await pair(await open(), 'owner');
    await rm(join(directory, 'bridge.key'));
    await expect(restart()).rejects.toThrow(/key is missing.*bridge\.key/);
    await expect(stat(join(directory, 'bridge.key'))).rejects.toThrow('ENOENT');
    await writeFile(join(directory, 'bridge.key'), 'no key');
    await expect(restart()).rejects.toThrow(StartFailure);
  });
});

describe('pairing links', () => {
  test('[G13] [T09] one device each; the second is told that it was used', async () => {
    const identity = await open();
    const { secret } = await identity.pairing.makeLink(terms('editor'));
    const { device, token } = await redeem(identity, secret);
    expect(device).toMatchObject({ role: 'editor', name: 'Phone', kind: 'browser' });
    await expect(redeem(identity, secret)).rejects.toMatchObject({ failure: { code: 'gone' } });
    expect(identity.directory.authenticate(token)).toMatchObject({ kind: 'device' });
    const later = await restart();
    await expect(redeem(later, secret)).rejects.toMatchObject({ failure: { code: 'gone' } });
    expect(later.directory.authenticate(token)).toMatchObject({ kind: 'device' });
  });

  test('[R9] [G13] valid for five minutes by the bridge’s clock, and not a millisecond more', async () => {
    const identity = await open();
    const first = await identity.pairing.makeLink(terms('editor'));
    const second = await identity.pairing.makeLink(terms('editor'));
    time.advance(limits.pairingMsMax - 1);
    await redeem(identity, first.secret);
    time.advance(1);
    await expect(redeem(identity, second.secret)).rejects.toThrow(/expired/);
  });

  test('a link that could not be redeemed for want of disk can be redeemed later', async () => {
    const identity = await open();
    const { secret } = await identity.pairing.makeLink(terms('editor'));
    storage.faults.full = true;
    await expect(redeem(identity, secret)).rejects.toMatchObject({
      failure: { code: 'disk_full' },
    });
    storage.faults.full = false;
    expect((await redeem(identity, secret)).device.role).toBe('editor');
  });

  test('[G13] [T09] void once the device that made it is no owner any more', async () => {
    const identity = await open();
    const { device } = await pair(identity, 'owner');
    const { secret } = await identity.pairing.makeLink({ ...terms('owner'), madeBy: device.id });
    identity.directory.putDevice({ ...device, role: 'viewer' });
    await expect(redeem(identity, secret)).rejects.toMatchObject({ failure: { code: 'gone' } });
  });

  test('[G12] [T06] neither secrets nor tokens are stored anywhere', async () => {
    const identity = await open();
    const { secret } = await identity.pairing.makeLink(terms('editor'));
    const { token } = await redeem(identity, secret);
    const stored = JSON.stringify([await storage.devices(), await storage.pairings()]);
    expect(stored).not.toContain(secret);
    expect(stored).not.toContain(token);
    expect(stored).not.toContain(identity.terminalToken);
  });
});

describe('people', () => {
  test('get colours in order of joining, which go round after eight', async () => {
    const identity = await open();
    for (let joined = 2; joined <= 9; joined += 1) {
      time.advance(1);
      await pair(identity, 'viewer', `Person ${String(joined)}`);
    }
    expect(identity.directory.people.map(({ name, color }) => `${name} ${String(color)}`)).toEqual([
      'ilse 1',
      ...[2, 3, 4, 5, 6, 7, 8].map((color) => `Person ${String(color)} ${String(color)}`),
      'Person 9 1',
    ]);
  });

  test('[G14] the first owner is the person at the terminal; a further link for them adds a device, not a person', async () => {
    const identity = await open();
    const secret = await identity.firstOwnerLink();
    const { device } = await redeem(identity, secret ?? '');
    expect(identity.directory.people.map(({ name }) => name)).toEqual(['ilse']);
    expect(device.personId).toBe(identity.directory.people[0]?.id);
    expect(await identity.firstOwnerLink()).toBeNull();
    expect(await (await restart()).firstOwnerLink()).toBeNull();
  });
});

describe('the terminal', () => {
  test('[G16] is one device over all starts, with a new token each time', async () => {
    const first = await open();
    const second = await restart();
    expect(second.directory.devices.map(({ kind }) => kind)).toEqual(['terminal']);
    expect(second.directory.authenticate(first.terminalToken).kind).toBe('unknown');
    expect(second.directory.authenticate(second.terminalToken)).toMatchObject({
      principal: { role: 'owner' },
    });
    expect(second.directory.hasOwner()).toBe(false);
  });

  test('[G16] [T42] its file is for the owner of the data directory alone, and goes when the bridge stops', async () => {
    const content = { url: 'http://127.0.0.1:4747', token: 'x', pid: 1, certificate: null };
    await writeTerminalFile(directory, content);
    await writeTerminalFile(directory, content);
    expect((await stat(join(directory, 'terminal.json'))).mode & 0o777).toBe(0o600);
    expect(await readTerminalFile(directory)).toEqual(content);
    await removeTerminalFile(directory);
    expect(await readTerminalFile(directory)).toBeNull();
    await writeFile(join(directory, 'terminal.json'), '{"url":');
    expect(await readTerminalFile(directory)).toBeNull();
  });
});

describe('[G17] [T07] revocations', () => {
  const line = (deviceId: string): string =>
    `${JSON.stringify({ deviceId, revokedAt: 5, sig: 'signed' })}\n`;

  test('in the file hold although the database knows nothing of them', async () => {
    const { device, token } = await pair(await open(), 'owner');
    await appendFile(join(directory, 'revocations.jsonl'), line(device.id));
    const { directory: known } = await restart();
    expect(known.authenticate(token)).toEqual({
      kind: 'revoked',
      statement: { deviceId: device.id, revokedAt: 5, sig: 'signed' },
    });
    expect(known.principalOf(device.id)).toBeNull();
    expect(known.hasOwner()).toBe(false);
  });

  test('a last line cut by a crash is passed over; a damaged one stops the start', async () => {
    const { device } = await pair(await open(), 'owner');
    const file = join(directory, 'revocations.jsonl');
    await writeFile(file, line(device.id) + line('other').slice(0, 20));
    expect((await restart()).directory.principalOf(device.id)).toBeNull();
    await writeFile(file, `garbage\n${await readFile(file, 'utf8')}`);
    await expect(restart()).rejects.toThrow(/line 1 is none/);
  });
});
