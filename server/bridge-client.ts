import { request as plainRequest, type RequestOptions } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type * as z from 'zod/mini';
import { errorResponseSchema } from '#lib/sync/wire/http.ts';
import type { TerminalFile } from './identity/terminal.ts';
import { StartFailure } from './start-failure.ts';

/** The running bridge, as its own command line speaks to it. */
export interface BridgeClient {
  /** @throws StartFailure with the bridge's words when it refuses, or when it does not answer as one */
  call<S extends z.ZodMiniType>(
    method: 'GET' | 'POST',
    path: string,
    schema: S,
    body?: object,
  ): Promise<z.output<S>>;
}

export function bridgeClient(terminal: TerminalFile): BridgeClient {
  return {
    async call(method, path, schema, body) {
      const { status, text } = await exchange(terminal, method, path, body);
      const answer = parseJson(text);
      const parsed = schema.safeParse(answer);
      if (status < 300 && parsed.success) return parsed.data;
      const error = errorResponseSchema.safeParse(answer);
      throw new StartFailure(
        error.success
          ? error.data.error.message
          : `Expected an answer of the bridge to ${method} ${path}, got status ${String(status)}.`,
      );
    },
  };
}

async function exchange(
  { url, token, certificate }: TerminalFile,
  method: string,
  path: string,
  body: object | undefined,
): Promise<{ readonly status: number; readonly text: string }> {
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const options: RequestOptions = {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(payload === undefined ? {} : { 'content-type': 'application/json' }),
    },
  };
  return await new Promise((resolve, reject) => {
    const target = new URL(path, url);
    const request =
      certificate === null
        ? plainRequest(target, options)
        : tlsRequest(target, {
            ...options,
            // This certificate and no other: whoever else has the port does not get the token.
            ca: certificate,
            allowPartialTrustChain: true,
            checkServerIdentity: () => undefined,
          });
    request.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          text: Buffer.concat(chunks).toString('utf8'),
        });
      });
      response.on('error', reject);
    });
    request.on('error', (cause) => {
      reject(
        new StartFailure(`The bridge does not answer at ${url}: ${cause.message}.`, { cause }),
      );
    });
    request.end(payload);
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
