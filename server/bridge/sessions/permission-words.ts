import { assertNever } from '#lib/domain/failure.ts';
import type { PersonId } from '#lib/domain/ids.ts';
import type {
  PermissionOption,
  PermissionOutcome,
  PermissionRule,
} from '#lib/domain/permission.ts';

/** What a late answer is told: who was first, or that nobody waits any more. */
export function afterAnswer(
  outcome: PermissionOutcome | null,
  nameOf: (personId: PersonId) => string,
): string {
  if (outcome === null) return 'The agent no longer waits for this answer. Nothing was told to it.';
  switch (outcome.kind) {
    case 'answered':
      return `Answered before by ${nameOf(outcome.by.personId)}: “${outcome.option.name}”.`;
    case 'by_rule':
      return `Answered before by a rule: “${outcome.option.name}”.`;
    case 'gone':
      return goneSentence(outcome.why);
    default:
      return assertNever(outcome);
  }
}

function goneSentence(why: Extract<PermissionOutcome, { kind: 'gone' }>['why']): string {
  switch (why) {
    case 'turn_ended':
      return 'The agent moved on before this answer came. Nothing was told to it.';
    case 'cancelled':
      return 'The request was withdrawn before this answer came. Nothing was told to the agent.';
    case 'agent_ended':
      return 'The agent process ended before this answer came.';
    case 'bridge_restarted':
      return 'The bridge was restarted before this answer came, which ended the request.';
    case 'replaced':
      return 'The agent changed its request before this answer came. The changed one is shown anew.';
    default:
      return assertNever(why);
  }
}

export const answeredBy = (told: PermissionOption, rule: PermissionRule | null): string =>
  rule === null
    ? `The agent was told “${told.name}”.`
    : `The agent was told “${told.name}”. From now on the same command in ${rule.directory} is allowed without asking.`;
