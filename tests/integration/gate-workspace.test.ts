import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { bridgeDocument } from '../../src/lib/crdt/bridge-document.ts';
import type { Command } from '../../src/lib/domain/command.ts';
import { agentIdSchema, newCommandId, newSessionId } from '../../src/lib/domain/ids.ts';
import {
  commandResponseSchema,
  errorResponseSchema,
  meResponseSchema,
  pairResponseSchema,
} from '../../src/lib/sync/wire/http.ts';
import { closeCodes } from '../../src/lib/sync/wire/protocol.ts';
import { systemAmbient } from '../../server/ambient.ts';
import { pairingResponseSchema } from '../../server/http/terminal-wire.ts';
import { eventually } from '../fixtures/eventually.ts';
import { freePort } from '../fixtures/free-port.ts';
import { ask } from '../fixtures/gate-server.ts';
import { repositoryFixture, type RepositoryFixture } from '../fixtures/git-repository.ts';
import { RunningBridge, type Serving } from '../fixtures/running-bridge.ts';

// Each starts processes; on a busy machine one takes seconds.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

let data: string;
let repository: RepositoryFixture;
let bridge: RunningBridge;
let serving: Serving;
let owner: string;

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'rejoin-workspace-'));
  repository = await repositoryFixture();
  const port = String(await freePort());
  bridge = new RunningBridge(['--port', port, '--data', data, repository.path]);
  serving = await bridge.start();
  owner = await pair(serving.pairingUrl ?? '', 'Laptop');
});
afterAll(async () => {
  await bridge.stop();
  await repository[Symbol.asyncDispose]();
  await rm(data, { recursive: true });
});

const post = (path: string, body: object, token?: string) =>
  ask(serving.port, {
    method: 'POST',
    path,
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });

async function pair(link: string, name: string): Promise<string> {
  const answer = await post('/api/pair', { secret: new URL(link).hash.slice(1), name });
  return pairResponseSchema.parse(JSON.parse(answer.text)).token ?? '';
}

async function another(role: string): Promise<string> {
  const answer = await post('/api/pairings', { role, scope: { kind: 'workspace' } }, owner);
  return await pair(pairingResponseSchema.parse(JSON.parse(answer.text)).url, role);
}

/** A stock y-websocket client with a device's token, in one room. */
function stock(room: string, token: string) {
  const doc = new Y.Doc();
  class WithToken extends WebSocket {
    constructor(address: string | URL) {
      super(address, { headers: { authorization: `Bearer ${token}` } });
    }
  }
  const provider = new WebsocketProvider(`ws://localhost:${String(serving.port)}/sync`, room, doc, {
    // The provider's type names the browser's class; ws has the same events and constants.
    WebSocketPolyfill: WithToken as unknown as typeof globalThis.WebSocket,
    disableBc: true,
  });
  const closes: number[] = [];
  provider.on('connection-close', (event) => {
    if (event !== null) closes.push(event.code);
  });
  return { doc, provider, closes };
}

async function command(change: Pick<Command, 'kind' | 'params'> & Partial<Command>) {
  const answer = await ask(serving.port, {
    path: '/api/me',
    headers: { authorization: `Bearer ${owner}` },
  });
  const { epoch, seq } = meResponseSchema.parse(JSON.parse(answer.text));
  const { clock, random } = systemAmbient;
  return {
    v: 1,
    id: newCommandId(clock, random),
    expects: [],
    seen: { epoch, seq },
    createdAt: clock.now(),
    ...change,
  };
}

describe('a bridge that runs', () => {
  test('[R2] a session that a device asked for is in the room that only the bridge writes', async () => {
    const { doc, provider } = stock('bridge', owner);
    await eventually(() => provider.synced);
    const read = bridgeDocument(doc);
    const project = read.projects.read()[0];
    expect(project?.path).toBe(repository.path);
    expect(read.people.read()).toHaveLength(1);
    const sessionId = newSessionId(systemAmbient.clock, systemAmbient.random);
    const create = await command({
      kind: 'session.create',
      projectId: project?.id,
      params: {
        sessionId,
        agentId: agentIdSchema.parse('playground'),
        worktree: { kind: 'in_place' },
      },
    });
    const answer = await post('/api/commands', create, owner);
    expect(answer.status).toBe(202);
    expect(commandResponseSchema.parse(JSON.parse(answer.text))).toMatchObject({ state: 'done' });
    await eventually(() => read.sessions.read().some(({ id }) => id === sessionId));
    await eventually(() => read.operations.read().some(({ id }) => id === create.id));
    expect(read.operations.read()[0]?.summary).toBe('Start a session with Playground agent');
    provider.destroy();
  });

  test('[R1] [T08] a viewer reads tasks, and its edit is refused', async () => {
    const { doc, provider, closes } = stock('tasks', await another('viewer'));
    await eventually(() => provider.synced);
    doc.getMap('tasks').set('mine', 1);
    await eventually(() => closes.includes(closeCodes.notAllowed));
    provider.destroy();
  });

  test('[R1] nobody writes what the bridge says, not even an owner', async () => {
    const { doc, provider, closes } = stock('bridge', owner);
    await eventually(() => provider.synced);
    doc.getMap('operations').set('forged', { state: 'done' });
    await eventually(() => closes.includes(closeCodes.notAllowed));
    provider.destroy();
  });

  test('[T07] a role that is taken holds on a socket that is open', async () => {
    const token = await another('editor');
    const { doc, provider, closes } = stock('tasks', token);
    await eventually(() => provider.synced);
    const { doc: ownDoc, provider: own } = stock('tasks', owner);
    doc.getMap('labels').set('before', true);
    await eventually(() => ownDoc.getMap('labels').get('before') === true);
    const answer = await ask(serving.port, {
      path: '/api/me',
      headers: { authorization: `Bearer ${token}` },
    });
    const { deviceId } = meResponseSchema.parse(JSON.parse(answer.text));
    const demote = await command({ kind: 'device.role', params: { deviceId, role: 'viewer' } });
    expect((await post('/api/commands', demote, owner)).status).toBe(202);
    doc.getMap('labels').set('after', true);
    await eventually(() => closes.includes(closeCodes.notAllowed));
    expect(ownDoc.getMap('labels').has('after')).toBe(false);
    const refused = await post('/api/commands', { ...demote, id: 'x' }, token);
    expect(errorResponseSchema.parse(JSON.parse(refused.text)).error.code).toBe('forbidden');
    provider.destroy();
    own.destroy();
  });
});
