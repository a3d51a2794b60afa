import { randomUUID } from 'node:crypto';
import { Readable, Writable } from 'node:stream';
import { setImmediate as nextRound, setTimeout as delay } from 'node:timers/promises';
import { ndJsonStream } from '@agentclientprotocol/sdk';
import { limits } from '#lib/domain/limits.ts';
import { playground } from './playground-agent.ts';

// The root of the playground agent's own process: real time, real streams, a pace from the environment.

const wordMs = 18;
const endAfterMs = 700;

/** How fast it speaks: 1 as people read, 0 without delay. */
function paceFrom(text: string | undefined): number {
  const pace = Number(text ?? '1');
  return Number.isFinite(pace) && pace >= 0 ? pace : 1;
}

const agent = playground({
  // Without a delay, too, a "cancel" that has come is heard.
  wait: (ms, signal) =>
    ms === 0 ? nextRound(undefined, { signal }) : delay(ms, undefined, { signal }),
  wordMs: wordMs * paceFrom(process.env['PLAYGROUND_PACE']),
  newId: randomUUID,
  version: '1',
});

const connection = agent.app.connect(
  ndJsonStream(Writable.toWeb(process.stdout), Readable.toWeb(process.stdin), {
    maxMessageBytes: 2 * limits.agentLineBytesMax,
  }),
);

/** Commands under way get a moment to end. */
async function end(): Promise<void> {
  if (agent.stopAll() > 0) await delay(endAfterMs);
  process.exit(0);
}

process.once('SIGTERM', () => {
  void end();
});
await connection.closed;
await end();
