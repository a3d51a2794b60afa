import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { pairResponseSchema, meResponseSchema } from '../../src/lib/sync/wire/http.ts';
import { bridgeClient } from '../../server/bridge-client.ts';
import { serve } from '../../server/http/serve.ts';
import { addressesOf } from '../../server/http/addresses.ts';
import { credentialCookie, cookieName } from '../../server/http/cookie.ts';
import { bridgeIdSchema } from '../../src/lib/domain/ids.ts';
import { StartFailure } from '../../server/start-failure.ts';
import { freePort } from '../fixtures/free-port.ts';
import { gateServer, type GateServer } from '../fixtures/gate-server.ts';
import { seededRandom } from '../fixtures/manual-time.ts';
import { silentLog } from '../fixtures/silent-log.ts';

const hasIpv6 = Object.values(networkInterfaces())
  .flat()
  .some((entry) => entry?.address === '::1');

const fixture = (name: string): Promise<Buffer> =>
  readFile(fileURLToPath(new URL(`../fixtures/tls/${name}`, import.meta.url)));

let bridge: GateServer;
let certificate: string;
beforeEach(async () => {
  const [cert, key] = await Promise.all([
    fixture('test-only-certificate.pem'),
    fixture('test-only-key.pem'),
  ]);
  certificate = cert.toString();
  bridge = await gateServer({ tls: { cert, key } });
});
afterEach(async () => {
  await bridge.stop();
});

const client = (trusted: string | null) =>
  bridgeClient({
    url: `${trusted === null ? 'http' : 'https'}://127.0.0.1:${String(bridge.port)}`,
    token: bridge.identity.terminalToken,
    pid: process.pid,
    certificate: trusted,
  });

describe('over TLS', () => {
  test('the command line speaks to the bridge that has the certificate, and gives its token to no other', async () => {
    const me = await client(certificate).call('GET', '/api/me', meResponseSchema);
    expect(me.role).toBe('owner');
    const other = certificate.replace(/[A-Za-z]{8}/g, (letters) => letters.toLowerCase());
    await expect(client(other).call('GET', '/api/me', meResponseSchema)).rejects.toThrow(
      StartFailure,
    );
    await expect(client(null).call('GET', '/api/me', meResponseSchema)).rejects.toThrow(
      /does not answer/,
    );
  });

  test('what the bridge refuses is said in its words', async () => {
    const call = client(certificate).call('POST', '/api/pair', pairResponseSchema, {
      secret: 'x'.repeat(43),
      name: 'Nobody',
    });
    await expect(call).rejects.toThrow('This bridge made no such pairing link');
  });

  test('[G12] [T14] the cookie is bound to TLS and to this host', () => {
    const addresses = addressesOf({
      port: 443,
      host: null,
      origin: 'https://rejoin.example',
      tls: true,
    });
    const id = bridgeIdSchema.parse('A1b2C3d4E5f6');
    const name = cookieName({ id }, addresses);
    expect(name).toBe('__Host-rejoin_A1b2C3d4');
    expect(credentialCookie(name, 'token', addresses)).toMatch(
      /^__Host-rejoin_A1b2C3d4=token; Path=\/; .*; Secure$/,
    );
    expect(addresses.hosts.has('rejoin.example')).toBe(true);
    expect(addresses.origins.has('https://rejoin.example')).toBe(true);
    expect(addresses.origins.has('http://rejoin.example')).toBe(false);
  });
});

describe('a start that cannot listen', () => {
  const start = async (port: number, tls: { cert: Buffer; key: Buffer } | null) => {
    const { identity, storage, journal, time } = bridge;
    return await serve(
      {
        identity,
        storage,
        journal,
        ambient: { clock: time, scheduler: time, random: seededRandom(1) },
        log: silentLog,
        attach: () => undefined,
      },
      { port, host: null, origin: null, tls, shellDirectory: '/nowhere', version: '0.0.0' },
    );
  };

  test('[G1] says which address is taken, and gives the others back', async () => {
    await expect(start(bridge.port, null)).rejects.toThrow(
      `Another program listens at 127.0.0.1:${String(bridge.port)}`,
    );
  });

  test.skipIf(!hasIpv6)(
    '[G1] either address taken is an error, not a start on the other',
    async () => {
      const port = await freePort();
      const squatter = createServer();
      await new Promise<void>((resolve) =>
        squatter.listen({ port, host: '::1', ipv6Only: true }, resolve),
      );
      await expect(start(port, null)).rejects.toThrow(
        `Another program listens at [::1]:${String(port)}`,
      );
      const free = createServer();
      await new Promise<void>((resolve, reject) => {
        free.once('error', reject);
        free.listen(port, '127.0.0.1', resolve);
      });
      for (const server of [squatter, free]) await new Promise((resolve) => server.close(resolve));
    },
  );

  test('says that a certificate is none', async () => {
    const nothing = Buffer.from('no certificate');
    await expect(start(1, { cert: nothing, key: nothing })).rejects.toThrow(
      'The TLS certificate and key cannot be used',
    );
  });
});
