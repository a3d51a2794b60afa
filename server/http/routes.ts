import type { IncomingMessage } from 'node:http';
import type { Caller, DevicePolicy, OpenPolicy } from './gate.ts';
import type { Reply } from './reply.ts';
import type { BodyReader } from './request-body.ts';
import type { RequestFacts } from './request-facts.ts';

export type Method = 'GET' | 'POST' | 'PUT';

/** One request that passed the gate. */
export interface OpenCall {
  readonly request: IncomingMessage;
  readonly facts: RequestFacts;
  /** The values of the path's `:names`. */
  readonly params: Readonly<Record<string, string>>;
}
export interface DeviceCall extends OpenCall {
  readonly caller: Caller;
}

interface RouteHead {
  readonly method: Method;
  /** Segments; one that begins with a colon matches anything and names it. */
  readonly path: string;
}

/** A row of the table. Its policy is part of its type: a route without one does not compile (T01). */
export type Route = RouteHead &
  (
    | {
        readonly access: 'open';
        readonly policy: OpenPolicy;
        readonly run: (call: OpenCall) => Promise<Reply>;
      }
    | {
        readonly access: 'device';
        readonly policy: DevicePolicy;
        readonly run: (call: DeviceCall) => Promise<Reply>;
      }
  );

/** A route for paired devices; the body is read and checked only after the gate, then handed over as `T`. */
export function deviceRoute<T>(
  spec: RouteHead & {
    readonly roles: DevicePolicy['roles'];
    readonly body: BodyReader<T>;
    readonly handle: (call: DeviceCall, body: T) => Promise<Reply>;
  },
): Route {
  const { method, path, roles, body, handle } = spec;
  return {
    method,
    path,
    access: 'device',
    policy: { kind: 'device', roles },
    run: async (call) => handle(call, await body(call.request)),
  };
}

/** A route that needs no credential. */
export function openRoute<T>(
  spec: RouteHead & {
    readonly policy: OpenPolicy;
    readonly body: BodyReader<T>;
    readonly handle: (call: OpenCall, body: T) => Promise<Reply>;
  },
): Route {
  const { method, path, policy, body, handle } = spec;
  return {
    method,
    path,
    access: 'open',
    policy,
    run: async (call) => handle(call, await body(call.request)),
  };
}

export interface RouteMatch {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** Finds the route of a path; HEAD is answered as GET. */
export function matchRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): RouteMatch | null {
  const wanted = method === 'HEAD' ? 'GET' : method;
  for (const route of routes) {
    if (route.method !== wanted) continue;
    const params = matchPath(route.path, path);
    if (params !== null) return { route, params };
  }
  return null;
}

function matchPath(pattern: string, path: string): Readonly<Record<string, string>> | null {
  const expected = pattern.split('/');
  const came = path.split('/');
  if (expected.length !== came.length) return null;
  const params: Record<string, string> = {};
  for (const [index, segment] of expected.entries()) {
    const value = came[index] ?? '';
    if (segment.startsWith(':')) params[segment.slice(1)] = value;
    else if (segment !== value) return null;
  }
  return params;
}
