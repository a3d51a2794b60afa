import type { IncomingMessage } from 'node:http';
import { FailureError } from '#lib/domain/failure.ts';
import type { Parsed, Schema } from '#lib/domain/schema.ts';

/** Reads a request's body into what a handler takes, or throws a FailureError that says what was expected. */
export type BodyReader<T> = (request: IncomingMessage) => Promise<T>;

export const noBody: BodyReader<null> = (request) => {
  request.resume();
  return Promise.resolve(null);
};

/** At most `maxBytes` of raw bytes, never more held in memory. */
export const bytesBody =
  (maxBytes: number, what: string): BodyReader<Uint8Array> =>
  (request) =>
    readBytes(request, maxBytes, what);

/** JSON, sent as such, of any shape. */
export const jsonBody =
  (maxBytes: number, what: string): BodyReader<unknown> =>
  async (request) => {
    const type = request.headers['content-type'] ?? 'nothing';
    if (!/^application\/json *(;|$)/i.test(type))
      throw new FailureError('bad_request', `Expected application/json, got ${type}.`);
    const bytes = await readBytes(request, maxBytes, what);
    try {
      return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    } catch {
      throw new FailureError('bad_request', `Expected ${what} as JSON in UTF-8; it is not that.`);
    }
  };

/** JSON of one shape. */
export const parsedBody =
  <S extends Schema>(schema: S, maxBytes: number, what: string): BodyReader<Parsed<S>> =>
  async (request) =>
    parseInput(schema, await jsonBody(maxBytes, what)(request), what);

/** @throws FailureError `bad_request` naming the first field that is not as expected */
export function parseInput<S extends Schema>(schema: S, input: unknown, what: string): Parsed<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const place = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`;
  throw new FailureError(
    'bad_request',
    `This is not ${what}${place}: ${issue?.message ?? 'it does not match'}.`,
  );
}

async function readBytes(
  request: IncomingMessage,
  maxBytes: number,
  what: string,
): Promise<Uint8Array> {
  const declared = Number(request.headers['content-length'] ?? Number.NaN);
  if (declared > maxBytes) throw tooLarge(String(declared), maxBytes, what);
  const chunks: Buffer[] = [];
  let length = 0;
  return await new Promise((resolve, reject) => {
    const finish = (act: () => void): void => {
      request.off('data', take).off('end', done).off('close', cut);
      act();
    };
    const take = (chunk: Buffer): void => {
      length += chunk.byteLength;
      chunks.push(chunk);
      if (length <= maxBytes) return;
      chunks.length = 0;
      finish(() => {
        // What is still under way is read and forgotten, so that the answer reaches a client that is busy sending.
        request.resume();
        reject(tooLarge(`more than ${String(maxBytes)}`, maxBytes, what));
      });
    };
    const done = (): void => {
      finish(() => {
        resolve(Buffer.concat(chunks, length));
      });
    };
    const cut = (): void => {
      finish(() => {
        reject(new FailureError('bad_request', `The connection ended inside ${what}.`));
      });
    };
    request.on('data', take).on('end', done).on('close', cut);
  });
}

const tooLarge = (came: string, maxBytes: number, what: string): FailureError =>
  new FailureError(
    'too_large',
    `Expected ${what} of at most ${String(maxBytes)} bytes, got ${came} bytes.`,
  );
