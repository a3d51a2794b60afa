import type { Health } from '#lib/sync/wire/http.ts';
import { protocolVersion } from '#lib/sync/wire/protocol.ts';
import type { Storage } from '../storage/contract.ts';
import { json } from './reply.ts';
import { noBody } from './request-body.ts';
import { openRoute, type Route } from './routes.ts';

/** `GET /healthz`: that a bridge answers, and which life of its database; nothing that a stranger may not know. */
export function healthRoute(storage: Pick<Storage, 'life'>, version: string): Route {
  return openRoute({
    method: 'GET',
    path: '/healthz',
    policy: { kind: 'open' },
    body: noBody,
    handle: () => {
      const value: Health = {
        status: 'ok',
        version,
        protocol: protocolVersion,
        epoch: storage.life.epoch,
      };
      return Promise.resolve(json(200, value, { 'cache-control': 'no-store' }));
    },
  });
}
