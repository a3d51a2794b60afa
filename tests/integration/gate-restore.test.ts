import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { newCommandId, type DeviceId, type Epoch } from '../../src/lib/domain/ids.ts';
import {
  commandResponseSchema,
  errorResponseSchema,
  meResponseSchema,
  pairResponseSchema,
} from '../../src/lib/sync/wire/http.ts';
import { systemAmbient } from '../../server/ambient.ts';
import { freePort } from '../fixtures/free-port.ts';
import { ask } from '../fixtures/gate-server.ts';
import { RunningBridge } from '../fixtures/running-bridge.ts';

// Each starts processes; on a busy machine one takes seconds.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let root: string;
let port: number;
let bridge: RunningBridge;
const database = () => join(root, 'data', 'rejoin.sqlite');

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'rejoin-restore-'));
  port = await freePort();
  bridge = new RunningBridge(['--port', String(port), '--data', join(root, 'data')], {
    INIT_CWD: root,
  });
});
afterEach(async () => {
  await bridge.stop();
  await rm(root, { recursive: true });
});

let token: string;
let device: DeviceId;
const headers = () => ({
  authorization: `Bearer ${token}`,
  'content-type': 'application/json',
});
const me = async () =>
  meResponseSchema.parse(
    JSON.parse((await ask(port, { path: '/api/me', headers: headers() })).text),
  );

async function send(kind: string, params: object, epoch: Epoch, seq: number) {
  const { clock, random } = systemAmbient;
  const id = newCommandId(clock, random);
  const command = { v: 1, id, kind, params, expects: [], seen: { epoch, seq }, createdAt: 0 };
  return await ask(port, {
    method: 'POST',
    path: '/api/commands',
    headers: headers(),
    body: JSON.stringify(command),
  });
}

test('[C7] [C8] a database that was put back waits for its release, and does nothing that was asked of another life', async () => {
  const serving = await bridge.start();
  const answer = await ask(port, {
    method: 'POST',
    path: '/api/pair',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      secret: new URL(serving.pairingUrl ?? '').hash.slice(1),
      name: 'Laptop',
    }),
  });
  const paired = pairResponseSchema.parse(JSON.parse(answer.text));
  token = paired.token ?? '';
  device = paired.deviceId;
  await bridge.stop();
  await cp(database(), join(root, 'copy.sqlite'));
  await bridge.start();
  const before = await me();
  const role = { deviceId: device, role: 'owner' };
  expect((await send('device.role', role, before.epoch, before.seq)).status).toBe(202);
  await bridge.stop();
  await cp(join(root, 'copy.sqlite'), database());

  await bridge.start();
  const after = await me();
  expect(after.paused).toBe(true);
  expect(after.epoch).not.toBe(before.epoch);
  const stop = () => send('rule.revoke', { ruleId: 'none' }, after.epoch, after.seq);
  const refused = await stop();
  expect(refused.status).toBe(503);
  expect(errorResponseSchema.parse(JSON.parse(refused.text)).error.message).toContain('paused');
  const old = await send('device.role', role, before.epoch, before.seq);
  expect(commandResponseSchema.parse(JSON.parse(old.text)).state).toBe('expired');

  const release = await send('bridge.release', { epoch: after.epoch }, after.epoch, after.seq);
  expect(commandResponseSchema.parse(JSON.parse(release.text)).state).toBe('done');
  expect((await me()).paused).toBe(false);
  expect((await stop()).status).toBe(202);
  await bridge.stop();
  await bridge.start();
  expect(await me()).toMatchObject({ paused: false, epoch: after.epoch });
});
