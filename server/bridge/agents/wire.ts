import type { Readable, Writable } from 'node:stream';
import type { AnyMessage, AnyNotification, AnyRequest, Stream } from '@agentclientprotocol/sdk';
import { reasonOf } from '#lib/domain/failure.ts';
import { limits } from '#lib/domain/limits.ts';
import { isJsonRpcMessage, isNotification, isRequest, isResponse } from './json-rpc.ts';
import { LineSplitter } from './line-splitter.ts';

/** What is told of an agent's output before the connection sees it, in the order of the wire and synchronously. */
export interface WireTaps {
  /** Every notification goes here and, but for `$/cancel_request`, nowhere else. */
  notification(message: AnyNotification): void;
  /** Before the connection handles it. */
  request(message: AnyRequest): void;
  /** A line that is no message of the protocol. */
  noise(line: string): void;
  /** The stream cannot be used any further: a line too long, or more requests than are answered. Nothing follows. */
  broken(message: string): void;
}

const cancelRequest = '$/cancel_request';

/**
 * Newline-delimited JSON-RPC over a process's standard input and output, as a stream for the SDK.
 *
 * The SDK answers a request as soon as its response has come, maybe before the handlers of earlier notifications have run,
 * and drops updates of kinds it does not know. Therefore notifications are taken off here: what an agent sends before a
 * response has been delivered when the response is handled.
 */
export function openWire(stdin: Writable, stdout: Readable, taps: WireTaps): Stream {
  const asked = new Set<string>();
  const open = new Set<string>();

  const receive = (line: string, toConnection: (message: AnyMessage) => void): void => {
    if (line.trim() === '') return;
    const message = parsed(line);
    if (message === null) {
      taps.noise(line);
    } else if (isNotification(message)) {
      if (message.method === cancelRequest) toConnection(message);
      else taps.notification(message);
    } else if (isRequest(message)) {
      if (open.size >= limits.agentOpenRequestsMax) {
        throw new Error(
          `expected at most ${String(limits.agentOpenRequestsMax)} requests without an answer, got more`,
        );
      }
      open.add(keyOf(message.id));
      taps.request(message);
      toConnection(message);
    } else if (asked.delete(keyOf(message.id))) {
      toConnection(message);
    } else {
      taps.noise(line);
    }
  };

  let connected = true;
  const readable = new ReadableStream<AnyMessage>({
    async start(controller) {
      const lines = new LineSplitter(limits.agentLineBytesMax);
      const toConnection = (message: AnyMessage): void => {
        if (connected) controller.enqueue(message);
      };
      try {
        for await (const chunk of stdout) {
          if (!(chunk instanceof Uint8Array)) throw new TypeError('expected bytes');
          for (const line of lines.push(chunk)) receive(line, toConnection);
        }
        const rest = lines.rest();
        if (rest !== null) receive(rest, toConnection);
      } catch (thrown) {
        taps.broken(reasonOf(thrown));
      }
      if (connected) controller.close();
    },
    cancel() {
      connected = false;
    },
  });

  const writable = new WritableStream<AnyMessage>({
    write(message) {
      if (isRequest(message)) asked.add(keyOf(message.id));
      else if (isResponse(message)) open.delete(keyOf(message.id));
      return new Promise((resolve, reject) => {
        stdin.write(`${JSON.stringify(message)}\n`, (error) => {
          if (error) reject(error);
          else resolve();
        });
      });
    },
  });

  return { readable, writable };
}

function parsed(line: string): AnyMessage | null {
  try {
    const value: unknown = JSON.parse(line);
    return isJsonRpcMessage(value) ? value : null;
  } catch {
    return null;
  }
}

const keyOf = (id: string | number | null): string => JSON.stringify(id);
