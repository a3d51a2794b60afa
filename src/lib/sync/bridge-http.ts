import type { Command } from '#lib/domain/command.ts';
import { failure, reasonOf, type Failure } from '#lib/domain/failure.ts';
import type { DeviceId, Epoch, Sha256 } from '#lib/domain/ids.ts';
import type { Parsed, Schema } from '#lib/domain/schema.ts';
import {
  commandResponseSchema,
  errorResponseSchema,
  meResponseSchema,
  operationsResponseSchema,
  pairResponseSchema,
  type CommandResponse,
  type MeResponse,
  type OperationsResponse,
  type PairRequest,
  type PairResponse,
} from './wire/http.ts';

/** The signed word that a device was revoked, as it came. */
export interface RevocationStatement {
  readonly deviceId: DeviceId;
  readonly revokedAt: number;
  readonly sig: string;
}

/** An answer of the bridge, or that there was none: a request without an answer may still have taken effect. */
export type Answer<T> =
  | { readonly kind: 'answer'; readonly value: T }
  | {
      readonly kind: 'refusal';
      readonly failure: Failure;
      readonly statement: RevocationStatement | null;
    }
  | { readonly kind: 'no_answer'; readonly why: string };

/** `fetch`, and how long an answer is waited for. */
export type Fetch = (path: string, init: RequestInit) => Promise<Response>;

/** The bridge over HTTP. No method throws: what can go wrong is in the {@link Answer}. */
export class BridgeHttp {
  readonly #fetch: Fetch;

  constructor(fetch: Fetch) {
    this.#fetch = fetch;
  }

  pair(request: PairRequest): Promise<Answer<PairResponse>> {
    return this.#json('POST', '/api/pair', pairResponseSchema, request);
  }

  me(): Promise<Answer<MeResponse>> {
    return this.#json('GET', '/api/me', meResponseSchema);
  }

  command(command: Command): Promise<Answer<CommandResponse>> {
    return this.#json('POST', '/api/commands', commandResponseSchema, command);
  }

  operations(epoch: Epoch, after: number): Promise<Answer<OperationsResponse>> {
    const query = new URLSearchParams({ epoch, after: String(after) });
    return this.#json('GET', `/api/operations?${query.toString()}`, operationsResponseSchema);
  }

  async blob(sha256: Sha256): Promise<Answer<Uint8Array<ArrayBuffer>>> {
    return await this.#request('GET', `/api/blobs/${sha256}`, {}, async (response) => ({
      kind: 'answer',
      value: new Uint8Array(await response.arrayBuffer()),
    }));
  }

  async putBlob(sha256: Sha256, bytes: Uint8Array): Promise<Answer<null>> {
    const init = {
      body: Uint8Array.from(bytes),
      headers: { 'content-type': 'application/octet-stream' },
    };
    return await this.#request('PUT', `/api/blobs/${sha256}`, init, () =>
      Promise.resolve({ kind: 'answer', value: null }),
    );
  }

  #json<S extends Schema>(
    method: string,
    path: string,
    schema: S,
    body?: object,
  ): Promise<Answer<Parsed<S>>> {
    const init: RequestInit =
      body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    return this.#request(method, path, init, async (response) => {
      const parsed = schema.safeParse(await response.json());
      if (parsed.success) return { kind: 'answer', value: parsed.data };
      return {
        kind: 'no_answer',
        why: `${method} ${path}: the answer is not of the expected shape`,
      };
    });
  }

  async #request<T>(
    method: string,
    path: string,
    init: RequestInit,
    read: (response: Response) => Promise<Answer<T>>,
  ): Promise<Answer<T>> {
    try {
      const response = await this.#fetch(path, {
        ...init,
        method,
        credentials: 'same-origin',
        cache: 'no-store',
      });
      if (response.ok) return await read(response);
      return await refusalOf(response);
    } catch (thrown) {
      return { kind: 'no_answer', why: reasonOf(thrown) };
    }
  }
}

/** What is not the bridge's own error (a proxy's page, say) is no word of the bridge. */
async function refusalOf(response: Response): Promise<Answer<never>> {
  const parsed = errorResponseSchema.safeParse(await response.json().catch(() => null));
  if (!parsed.success)
    return { kind: 'no_answer', why: `status ${String(response.status)} without a reason` };
  const { error, statement } = parsed.data;
  return {
    kind: 'refusal',
    failure: failure(error.code, error.message),
    statement: statement ?? null,
  };
}
