import { queueTexts as texts } from '#lib/components/messages/queue.ts';
import { duration } from '#lib/components/shared/time-words.ts';
import type { CommandKind } from '#lib/domain/command.ts';
import { assertNever } from '#lib/domain/failure.ts';
import type { ShownAuthor } from '#lib/views/identity.svelte.ts';
import type { Delivery, LineState, QueueLine } from '#lib/views/queue-line.ts';

/** Clocks of two machines are never the same; less than this apart they tell one story. */
const sameMomentMs = 60_000;

/** Whether it matters to say both when it was written and when it arrived. */
export const arrivedLater = ({ arrivedAt, writtenAt }: QueueLine): boolean =>
  arrivedAt !== null && Math.abs(arrivedAt - writtenAt) >= sameMomentMs;

export function authorWords({ device, me, person, verified }: ShownAuthor): string {
  const by = texts.byline(me ? texts.you : person, device);
  return verified ? by : `${by}, ${texts.unverified}`;
}

/** How far an undelivered command is on its way, and what comes next; claims nothing of the bridge. */
export function deliveryWords(delivery: Delivery, now: number, online: boolean): string {
  const { attempts, lastError, mayHaveArrived } = delivery;
  const parts = [
    ...(attempts === 0 ? [] : [texts.tries(attempts)]),
    ...(mayHaveArrived && (attempts > 0 || !online) ? [texts.noAnswerYet] : []),
    nextStep(delivery, now, online),
  ];
  const words = parts.join(', ');
  return lastError === null ? words : `${words}; ${texts.becauseOf(lastError)}`;
}

function nextStep(delivery: Delivery, now: number, online: boolean): string {
  const { attempts, isBehind, nextAttemptAt } = delivery;
  if (!online) return texts.withConnection;
  if (isBehind) return texts.afterEarlier;
  if (nextAttemptAt !== null && nextAttemptAt > now)
    return texts.againIn(duration(nextAttemptAt - now + 999));
  // After the last delay it waits; a press or a connection begins the tries anew.
  if (nextAttemptAt === null && attempts > 0) return texts.withYou;
  return texts.beingSent;
}

/** The state in a sentence: who has it, and what was or was not done. */
export function stateSentence(state: LineState, bridge: string): string {
  const { means } = texts;
  switch (state.kind) {
    case 'on_device':
      return means.onDevice;
    case 'accepted':
      return means.accepted(bridge);
    case 'held':
      return means.held(state.by);
    case 'running':
      return means.running(bridge);
    case 'done':
      return means.done(bridge);
    case 'refused':
      return means.refused(bridge);
    case 'conflict':
    case 'failed':
    case 'unknown':
    case 'cancelled':
    case 'expired':
      return means[state.kind];
    default:
      return assertNever(state);
  }
}

/** The name of a kind; one that only a newer bridge knows is shown as it is called on the wire. */
export const kindWords = (kind: string): string => (isKnownKind(kind) ? texts.kinds[kind] : kind);

const isKnownKind = (kind: string): kind is CommandKind => Object.hasOwn(texts.kinds, kind);
