import type { Clock } from '#lib/domain/clock.ts';
import { failure, type Failure, type FailureCode } from '#lib/domain/failure.ts';
import { limits } from '#lib/domain/limits.ts';
import { roles, type Principal, type Role } from '#lib/domain/role.ts';
import type { Access, Directory } from '../identity/directory.ts';
import type { Revocation } from '../identity/revocations.ts';
import type { DeviceRow } from '../storage/contract.ts';
import type { Addresses } from './addresses.ts';
import { RateLimit } from './rate-limit.ts';
import type { RequestFacts } from './request-facts.ts';

/** Who may use a route. There is no route without one. */
export type OpenPolicy =
  /** The static shell and `/healthz`: tells nothing that is not public. */
  | { readonly kind: 'open' }
  /** Pairing: the one-time secret in the body is its credential. */
  | { readonly kind: 'pairing' };
export interface DevicePolicy {
  readonly kind: 'device';
  readonly roles: readonly Role[];
}

/** Whatever its role: what a role may do there is decided further in. */
export const anyDevice: DevicePolicy = { kind: 'device', roles };

/** A device that the gate let in. */
export interface Caller {
  readonly device: DeviceRow;
  readonly principal: Principal;
}

export interface Refusal {
  readonly kind: 'refused';
  readonly failure: Failure;
  readonly statement: Revocation | null;
}

export type OpenAdmission = { readonly kind: 'admitted' } | Refusal;
export type DeviceAdmission = { readonly kind: 'admitted'; readonly caller: Caller } | Refusal;

export interface GateOptions {
  readonly addresses: Addresses;
  readonly directory: Pick<Directory, 'authenticate'>;
  readonly clock: Clock;
}

const safeMethods: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/**
 * The one gate for requests and socket handshakes (R10), in this order: Host, Origin, rate, credential, role. A schema is
 * applied only to what passed.
 */
export class Gate {
  readonly #addresses: Addresses;
  readonly #directory: Pick<Directory, 'authenticate'>;
  readonly #pairings: RateLimit;
  readonly #failedCredentials: RateLimit;

  constructor({ addresses, directory, clock }: GateOptions) {
    this.#addresses = addresses;
    this.#directory = directory;
    this.#pairings = new RateLimit(clock, limits.pairingAttemptsPerMinuteMax);
    this.#failedCredentials = new RateLimit(clock, limits.failedCredentialsPerMinuteMax);
  }

  admitOpen(facts: RequestFacts, policy: OpenPolicy): OpenAdmission {
    const foreign =
      this.#foreignHost(facts) ??
      (policy.kind === 'open' ? this.#foreignPage(facts) : this.#foreignCall(facts));
    if (foreign !== null) return foreign;
    if (policy.kind === 'pairing' && this.#pairings.isExhausted(facts.remoteAddress))
      return tooMany('Too many pairing attempts failed from this address.');
    return { kind: 'admitted' };
  }

  /** A pairing attempt failed; the next ones are bounded. */
  countFailedPairing(facts: RequestFacts): void {
    this.#pairings.count(facts.remoteAddress);
  }

  /** @param way sockets must name their origin: a browser always does, and no other protection covers them (T04) */
  admitDevice(
    facts: RequestFacts,
    policy: DevicePolicy,
    way: 'request' | 'socket',
  ): DeviceAdmission {
    const foreign =
      this.#foreignHost(facts) ?? this.#foreignCall(facts) ?? this.#unnamedOrigin(facts, way);
    if (foreign !== null) return foreign;
    const known = this.#authenticate(facts);
    if (known.kind === 'refused') return known;
    const { role } = known.caller.principal;
    if (policy.roles.includes(role)) return known;
    return refusal(
      'forbidden',
      `This needs the role ${policy.roles.join(' or ')}; this device is ${role}.`,
    );
  }

  #foreignHost({ host, path }: RequestFacts): Refusal | null {
    if (path !== null && host !== null && this.#addresses.hosts.has(host.toLowerCase()))
      return null;
    return refusal('foreign_host', 'This bridge does not answer to that host name.');
  }

  /** Following a link from elsewhere to a page is fine; being embedded or fetched by a foreign page is not. */
  #foreignPage({ origin }: RequestFacts): Refusal | null {
    return origin === null || this.#addresses.origins.has(origin) ? null : foreignOrigin(origin);
  }

  #foreignCall({ method, origin, site }: RequestFacts): Refusal | null {
    if (origin !== null && !this.#addresses.origins.has(origin)) return foreignOrigin(origin);
    const ownSite =
      site === null || site === 'same-origin' || (site === 'none' && safeMethods.has(method));
    return ownSite ? null : foreignOrigin(`a ${site} page`);
  }

  /**
   * A missing Origin is allowed with a bearer token, which no foreign page can have, and where the browser itself says that
   * its own page asks. Who presents nothing is told so by the next step.
   */
  #unnamedOrigin(
    { origin, site, method, presented }: RequestFacts,
    way: 'request' | 'socket',
  ): Refusal | null {
    if (origin !== null || presented.kind !== 'cookie') return null;
    if (way === 'request' && site !== null && safeMethods.has(method)) return null;
    return refusal('foreign_origin', 'A request with a cookie must name its Origin.');
  }

  #authenticate({ presented, remoteAddress }: RequestFacts): DeviceAdmission {
    if (presented.kind === 'none')
      return refusal('unauthorized', 'This needs a paired device: no credential was sent.');
    const tokens = presented.kind === 'bearer' ? [presented.token] : presented.tokens;
    let revoked: Extract<Access, { kind: 'revoked' }> | null = null;
    for (const token of tokens) {
      const access = this.#directory.authenticate(token);
      if (access.kind === 'device')
        return {
          kind: 'admitted',
          caller: { device: access.device, principal: access.principal },
        };
      if (access.kind === 'revoked') revoked = access;
    }
    if (this.#failedCredentials.isExhausted(remoteAddress))
      return tooMany('Too many credentials failed from this address.');
    this.#failedCredentials.count(remoteAddress);
    return revoked === null
      ? refusal('unauthorized', 'This bridge does not know this device.')
      : refusal('unauthorized', 'Access of this device was withdrawn.', revoked.statement);
  }
}

const foreignOrigin = (origin: string): Refusal =>
  refusal('foreign_origin', `Requests from ${origin} are not accepted.`);

const tooMany = (what: string): Refusal => refusal('too_many', `${what} Try again in a minute.`);

function refusal(code: FailureCode, message: string, statement: Revocation | null = null): Refusal {
  return { kind: 'refused', failure: failure(code, message), statement };
}
