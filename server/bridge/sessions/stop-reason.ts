import type { StopReason } from '#lib/domain/transcript.ts';
import type { TurnOutcome } from './session-machine.ts';

const acpReasons: readonly StopReason[] = [
  'end_turn',
  'max_tokens',
  'max_turn_requests',
  'refusal',
  'cancelled',
];

/** ACP's stop reason as a turn's end; one of a later version ends the turn all the same, and is quoted. */
export function stopReasonOf(given: string): TurnOutcome {
  const known = acpReasons.find((reason) => reason === given);
  return known === undefined
    ? {
        stopReason: 'end_turn',
        message: `The agent gave a reason that is not known here: “${given.slice(0, 200)}”.`,
        prompt: 'answered',
      }
    : { stopReason: known, message: null, prompt: 'answered' };
}
