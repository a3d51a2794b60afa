import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { failure, reasonOf } from '#lib/domain/failure.ts';
import type { Log } from '../storage/log.ts';
import type { Addresses } from './addresses.ts';
import { anyDevice, type Gate, type Refusal } from './gate.ts';
import { empty, failureReply, refusalReply, send, thrownReply, type Reply } from './reply.ts';
import { requestFacts, type RequestFacts } from './request-facts.ts';
import { matchRoute, type Route } from './routes.ts';
import type { StaticShell } from './static-shell.ts';

export interface ListenerParts {
  readonly addresses: Addresses;
  readonly gate: Gate;
  readonly cookieName: string;
  readonly routes: readonly Route[];
  readonly shell: StaticShell;
  /** On every response. */
  readonly headers: OutgoingHttpHeaders;
  readonly log: Log;
}

/** What is not a route but lies under one of these needs a credential before it is told so. */
const guarded = ['/api', '/sync', '/metrics'];

/** Turns one request into one answer. */
export function requestListener(
  parts: ListenerParts,
): (request: IncomingMessage, response: ServerResponse) => void {
  return (request, response) => {
    const facts = requestFacts(request, parts.cookieName);
    void answer(parts, request, facts)
      .catch((error: unknown) => {
        const reply = thrownReply(error);
        if (reply.status === 500)
          parts.log.error({ err: error, ...logged(facts) }, 'a request failed');
        else parts.log.debug({ ...logged(facts), why: reasonOf(error) }, 'a request was refused');
        return reply;
      })
      .then((reply) => {
        // What a refused request still sends is read and forgotten; the server's timeouts bound it.
        request.resume();
        const noStore = isUnder(guarded, facts.path) ? { 'cache-control': 'no-store' } : {};
        send(response, reply, { ...parts.headers, ...noStore }, facts.method !== 'HEAD');
      });
  };
}

async function answer(
  parts: ListenerParts,
  request: IncomingMessage,
  facts: RequestFacts,
): Promise<Reply> {
  const { gate, routes, log } = parts;
  const refuse = (refusal: Refusal): Reply => {
    log.warn({ ...logged(facts), code: refusal.failure.code }, 'the gate refused a request');
    return refusalReply(refusal);
  };
  const match = matchRoute(routes, facts.method, facts.path ?? '');
  if (match === null) return answerWithoutRoute(parts, request, facts, refuse);
  const { route, params } = match;
  if (route.access === 'open') {
    const admission = gate.admitOpen(facts, route.policy);
    return admission.kind === 'refused'
      ? refuse(admission)
      : await route.run({ request, facts, params });
  }
  const admission = gate.admitDevice(facts, route.policy, 'request');
  return admission.kind === 'refused'
    ? refuse(admission)
    : await route.run({ request, facts, params, caller: admission.caller });
}

/** A path that no route has: under the API a secret until there is a credential, else the static shell. */
function answerWithoutRoute(
  { gate, addresses, shell }: ListenerParts,
  request: IncomingMessage,
  facts: RequestFacts,
  refuse: (refusal: Refusal) => Reply,
): Reply {
  const path = facts.path ?? '';
  if (isUnder(guarded, path)) {
    const admission = gate.admitDevice(facts, anyDevice, 'request');
    if (admission.kind === 'refused') return refuse(admission);
    return failureReply(failure('not_found', `There is no ${facts.method} ${path} here.`));
  }
  const admission = gate.admitOpen(facts, { kind: 'open' });
  if (admission.kind === 'refused') return refuse(admission);
  if (facts.method !== 'GET' && facts.method !== 'HEAD') return empty(405, { allow: 'GET, HEAD' });
  if (facts.host?.toLowerCase() !== addresses.host)
    return empty(307, { location: `${addresses.origin}${request.url ?? '/'}` });
  return shell.get(path, {
    acceptEncoding: request.headers['accept-encoding'] ?? '',
    ifNoneMatch: request.headers['if-none-match'] ?? null,
  });
}

const isUnder = (tops: readonly string[], path: string | null): boolean =>
  path !== null && tops.some((top) => path === top || path.startsWith(`${top}/`));

/** Never the query, a header or a body: they may hold what nobody may read later (T11). */
const logged = ({ method, path, remoteAddress }: RequestFacts) => ({ method, path, remoteAddress });
