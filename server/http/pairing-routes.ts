import { createPublicKey } from 'node:crypto';
import type { DeviceInfo } from '#lib/domain/device.ts';
import { FailureError } from '#lib/domain/failure.ts';
import { limits } from '#lib/domain/limits.ts';
import { roles, type Scope } from '#lib/domain/role.ts';
import {
  pairRequestSchema,
  type MeResponse,
  type PairRequest,
  type PairResponse,
} from '#lib/sync/wire/http.ts';
import type { Identity } from '../identity/identity.ts';
import type { LinkPerson, PairedDevice } from '../identity/pairing.ts';
import { deviceInfo } from '../identity/published.ts';
import type { Storage } from '../storage/contract.ts';
import type { Addresses } from './addresses.ts';
import { credentialCookie } from './cookie.ts';
import type { DeviceCall, OpenCall, Route } from './routes.ts';
import { deviceRoute, openRoute } from './routes.ts';
import { json, type Reply } from './reply.ts';
import { noBody, parsedBody } from './request-body.ts';
import { isBrowser } from './request-facts.ts';
import {
  pairingRequestSchema,
  type DevicesResponse,
  type PairingRequest,
  type PairingResponse,
} from './terminal-wire.ts';
import type { Gate } from './gate.ts';

export interface PairingRouteParts {
  readonly gate: Gate;
  readonly identity: Identity;
  readonly storage: Pick<Storage, 'life' | 'position' | 'sessions'>;
  readonly addresses: Addresses;
  readonly cookieName: string;
}

const pairBody = parsedBody(pairRequestSchema, limits.smallBodyBytesMax, 'a pairing request');
const linkBody = parsedBody(
  pairingRequestSchema,
  limits.smallBodyBytesMax,
  'a request for a pairing link',
);

export function pairingRoutes(parts: PairingRouteParts): readonly Route[] {
  return [
    openRoute({
      method: 'POST',
      path: '/api/pair',
      policy: { kind: 'pairing' },
      body: pairBody,
      handle: (call, body) => pair(parts, call, body),
    }),
    deviceRoute({
      method: 'GET',
      path: '/api/me',
      roles,
      body: noBody,
      handle: (call) => Promise.resolve(me(parts, call)),
    }),
    deviceRoute({
      method: 'POST',
      path: '/api/pairings',
      roles: ['owner'],
      body: linkBody,
      handle: (call, body) => makeLink(parts, call, body),
    }),
    deviceRoute({
      method: 'GET',
      path: '/api/devices',
      roles: ['owner'],
      body: noBody,
      handle: () => Promise.resolve(listDevices(parts)),
    }),
  ];
}

/** The link as people open it: the secret is in the fragment, which browsers send nowhere (T11). */
export const pairingUrl = ({ origin }: Addresses, secret: string): string =>
  `${origin}/pair#${secret}`;

async function pair(
  parts: PairingRouteParts,
  { facts }: OpenCall,
  body: PairRequest,
): Promise<Reply> {
  const { identity, gate } = parts;
  const publicKey = body.key ?? null;
  if (publicKey !== null) assertPublicKey(publicKey);
  try {
    const paired = await identity.pairing.redeem({
      secret: body.secret,
      deviceName: body.name,
      deviceKind: isBrowser(facts) ? 'browser' : 'program',
      publicKey,
    });
    return pairedReply(parts, paired);
  } catch (error) {
    if (error instanceof FailureError) gate.countFailedPairing(facts);
    throw error;
  }
}

/** A browser gets the credential where no script can read it, and only there (T11). */
function pairedReply(parts: PairingRouteParts, { device, token }: PairedDevice): Reply {
  const { identity, storage, addresses } = parts;
  const value: PairResponse = {
    deviceId: device.id,
    personId: device.personId,
    role: device.role,
    scope: device.scope,
    state: 'active',
    bridge: identity.bridge,
    epoch: storage.life.epoch,
  };
  return device.kind === 'browser'
    ? json(200, value, { 'set-cookie': credentialCookie(parts.cookieName, token, addresses) })
    : json(200, { ...value, token });
}

function assertPublicKey(key: string): void {
  try {
    const parsed = createPublicKey({
      key: Buffer.from(key, 'base64url'),
      format: 'der',
      type: 'spki',
    });
    if (parsed.asymmetricKeyDetails?.namedCurve === 'prime256v1') return;
  } catch {
    // Said below.
  }
  throw new FailureError(
    'bad_request',
    'Expected key to be a P-256 public key, base64url of its SPKI form.',
  );
}

function me(parts: PairingRouteParts, { caller, facts }: DeviceCall): Reply {
  const { identity, storage, addresses, cookieName } = parts;
  const { device, principal } = caller;
  const value: MeResponse = {
    deviceId: device.id,
    deviceName: device.name,
    personId: device.personId,
    personName: identity.directory.person(device.personId)?.name ?? '',
    role: principal.role,
    scope: principal.scope,
    bridge: identity.bridge,
    epoch: storage.life.epoch,
    seq: storage.position(),
    paused: storage.life.paused,
  };
  const tokens = facts.presented.kind === 'cookie' ? facts.presented.tokens : [];
  const [token] = tokens;
  return token === undefined || tokens.length > 1
    ? json(200, value)
    : json(200, value, { 'set-cookie': credentialCookie(cookieName, token, addresses) });
}

async function makeLink(
  parts: PairingRouteParts,
  { caller }: DeviceCall,
  request: PairingRequest,
): Promise<Reply> {
  const { identity, addresses } = parts;
  await assertScope(parts, request.scope, request.role);
  const person = personFor(identity, caller.device.personId, request);
  const { role, scope } = request;
  const link = await identity.pairing.makeLink({ role, scope, person, madeBy: caller.device.id });
  const value: PairingResponse = {
    url: pairingUrl(addresses, link.secret),
    expiresAt: link.expiresAt,
    role,
    scope,
    personName:
      person.kind === 'new' ? person.name : (identity.directory.person(person.id)?.name ?? ''),
  };
  return json(201, value);
}

async function assertScope(
  { storage }: PairingRouteParts,
  scope: Scope,
  role: PairingRequest['role'],
): Promise<void> {
  if (scope.kind === 'workspace') return;
  if (role === 'owner')
    throw new FailureError(
      'bad_request',
      'An owner has the whole workspace; a guest of single sessions is editor, reviewer or viewer.',
    );
  const known = new Set((await storage.sessions()).map((row) => row.info.id));
  const unknown = scope.sessions.find((id) => !known.has(id));
  if (unknown !== undefined)
    throw new FailureError('not_found', `No session has the id ${unknown}.`);
}

function personFor(
  { directory }: Identity,
  maker: DeviceCall['caller']['device']['personId'],
  { person, role }: PairingRequest,
): LinkPerson {
  if (person?.kind === 'existing' && directory.person(person.id) === null)
    throw new FailureError('not_found', `No person has the id ${person.id}.`);
  if (person !== undefined) return person;
  // Only another device of one's own may read one's drafts; a lesser role is likely somebody else's.
  if (role === 'owner') return { kind: 'existing', id: maker };
  return { kind: 'new', name: `${role} ${String(directory.people.length + 1)}` };
}

function listDevices({ identity: { directory } }: PairingRouteParts): Reply {
  const value: DevicesResponse = {
    devices: directory.devices.map((row) => ({
      ...(deviceInfo(row) satisfies DeviceInfo),
      personName: directory.person(row.personId)?.name ?? '',
    })),
  };
  return json(200, value);
}
