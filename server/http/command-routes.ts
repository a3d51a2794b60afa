import {
  commandHeadSchema,
  commandKinds,
  commandSchema,
  type Command,
} from '#lib/domain/command.ts';
import { FailureError } from '#lib/domain/failure.ts';
import { limits } from '#lib/domain/limits.ts';
import type { Operation } from '#lib/domain/operation.ts';
import { inScope, roles, type Scope } from '#lib/domain/role.ts';
import type { CommandResponse, OperationsResponse } from '#lib/sync/wire/http.ts';
import type { Journal } from '../journal/contract.ts';
import type { Storage } from '../storage/contract.ts';
import { deviceRoute, type DeviceCall, type Route } from './routes.ts';
import { json, type Reply } from './reply.ts';
import { jsonBody, noBody, parseInput } from './request-body.ts';

export interface CommandRouteParts {
  readonly journal: Journal;
  readonly storage: Pick<Storage, 'life'>;
}

/** The version of commands that this build reads. */
const commandVersion = 1;

export function commandRoutes(parts: CommandRouteParts): readonly Route[] {
  return [
    deviceRoute({
      method: 'POST',
      path: '/api/commands',
      // What each kind needs is decided by the journal; nobody else may send any kind there is.
      roles: ['owner', 'editor'],
      body: jsonBody(limits.commandBytesMax, 'a command'),
      handle: async ({ caller }, body) => {
        const { id, state, seq, message } = await parts.journal.accept(
          parseCommand(body),
          caller.principal,
        );
        const value: CommandResponse = { id, state, seq, message };
        return json(202, value);
      },
    }),
    deviceRoute({
      method: 'GET',
      path: '/api/operations',
      roles,
      body: noBody,
      handle: (call) => operations(parts, call),
    }),
  ];
}

/** @throws FailureError `bad_request` naming the command by its id wherever it has one */
export function parseCommand(body: unknown): Command {
  const head = parseInput(commandHeadSchema, body, 'a command');
  if (head.v > commandVersion)
    throw new FailureError(
      'bad_request',
      `Command ${head.id} was written by a newer version (v ${String(head.v)}); this bridge reads v ${String(commandVersion)}. ` +
        'Nothing was done. Update the bridge, then send it again.',
    );
  if (!commandKinds.some((kind) => kind === head.kind))
    throw new FailureError(
      'bad_request',
      `Command ${head.id} is of the kind "${head.kind.slice(0, 100)}", which this bridge does not know. Nothing was done.`,
    );
  return parseInput(commandSchema, body, `a command of the kind ${head.kind} (${head.id})`);
}

async function operations(
  { journal, storage }: CommandRouteParts,
  { caller, facts }: DeviceCall,
): Promise<Reply> {
  // A device that has seen nothing yet names no epoch.
  const epoch = facts.query.get('epoch') ?? '';
  const after = facts.query.get('after') ?? '0';
  if (epoch !== '' && epoch !== storage.life.epoch)
    throw new FailureError(
      'conflict',
      `Expected epoch ${storage.life.epoch}, got ${epoch.slice(0, 100)}: the bridge's database was restored or begun anew since.`,
    );
  if (!/^\d{1,15}$/.test(after))
    throw new FailureError('bad_request', `Expected "after" to be a position, got "${after}".`);
  const page = await journal.after(Number(after), limits.operationsPerPageMax);
  const value: OperationsResponse = {
    epoch: storage.life.epoch,
    next: page.next,
    operations: page.operations.filter((operation) => mayRead(caller.principal.scope, operation)),
  };
  return json(200, value);
}

/** A guest learns of the operations of its sessions, not of the workspace's. */
const mayRead = (scope: Scope, { sessionId }: Operation): boolean =>
  scope.kind === 'workspace' || (sessionId !== null && inScope(scope, sessionId));
