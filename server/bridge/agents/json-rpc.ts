import type {
  AnyMessage,
  AnyNotification,
  AnyRequest,
  AnyResponse,
} from '@agentclientprotocol/sdk';
import * as z from 'zod/mini';

const id = z.nullable(z.union([z.string(), z.number()]));
const version = z.literal('2.0');
const errorSchema = z.looseObject({ code: z.int(), message: z.string() });

const messageSchema = z.union([
  z.looseObject({ jsonrpc: version, id, method: z.string() }),
  z.looseObject({ jsonrpc: version, id: z.optional(z.undefined()), method: z.string() }),
  z.looseObject({ jsonrpc: version, id, error: errorSchema, method: z.optional(z.undefined()) }),
  z.looseObject({ jsonrpc: version, id, result: z.unknown(), method: z.optional(z.undefined()) }),
]);

/** Whether a value is one message of JSON-RPC 2.0; batches are not part of ACP. */
export const isJsonRpcMessage = (value: unknown): value is AnyMessage =>
  messageSchema.safeParse(value).success;

export const isRequest = (message: AnyMessage): message is AnyRequest =>
  'method' in message && 'id' in message;

export const isNotification = (message: AnyMessage): message is AnyNotification =>
  'method' in message && !('id' in message);

export const isResponse = (message: AnyMessage): message is AnyResponse => !('method' in message);
