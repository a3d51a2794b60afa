import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { failure, failureStatus, FailureError, type Failure } from '#lib/domain/failure.ts';
import type { ErrorResponse } from '#lib/sync/wire/http.ts';
import type { Refusal } from './gate.ts';

/** What a route answers, as a value. */
export interface Reply {
  readonly status: number;
  readonly headers?: OutgoingHttpHeaders;
  readonly body:
    | { readonly kind: 'json'; readonly value: object }
    | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly type: string }
    | { readonly kind: 'none' };
}

export const json = (status: number, value: object, headers: OutgoingHttpHeaders = {}): Reply => ({
  status,
  headers,
  body: { kind: 'json', value },
});

export const empty = (status: number, headers: OutgoingHttpHeaders = {}): Reply => ({
  status,
  headers,
  body: { kind: 'none' },
});

const retryAfterSeconds = '60';

export function failureReply({ code, message }: Failure): Reply {
  const value: ErrorResponse = { error: { code, message } };
  return json(
    failureStatus[code],
    value,
    code === 'too_many' ? { 'retry-after': retryAfterSeconds } : {},
  );
}

/** A foreign host learns nothing, not even who refused it (T02). */
export function refusalReply({ failure: refused, statement }: Refusal): Reply {
  if (refused.code === 'foreign_host') return empty(failureStatus.foreign_host);
  const reply = failureReply(refused);
  if (statement === null || reply.body.kind !== 'json') return reply;
  return { ...reply, body: { kind: 'json', value: { ...reply.body.value, statement } } };
}

/** The one place where what was thrown becomes an answer; what is not a {@link FailureError} is our defect and is not told. */
export function thrownReply(thrown: unknown): Reply {
  return failureReply(
    thrown instanceof FailureError
      ? thrown.failure
      : failure('internal', 'The bridge failed at this; its log says how. Nothing was changed.'),
  );
}

export function send(
  response: ServerResponse,
  reply: Reply,
  headers: OutgoingHttpHeaders,
  withBody: boolean,
): void {
  const bytes = bytesOf(reply);
  response.writeHead(reply.status, {
    ...headers,
    ...(reply.body.kind === 'json' ? { 'content-type': 'application/json; charset=utf-8' } : {}),
    ...(reply.body.kind === 'bytes' ? { 'content-type': reply.body.type } : {}),
    ...(reply.status === 304 ? {} : { 'content-length': bytes.byteLength }),
    ...reply.headers,
  });
  response.end(withBody ? bytes : undefined);
}

function bytesOf({ body }: Reply): Uint8Array {
  switch (body.kind) {
    case 'json':
      return Buffer.from(JSON.stringify(body.value));
    case 'bytes':
      return body.bytes;
    case 'none':
      return new Uint8Array();
  }
}
