import { settingsTexts } from '#lib/components/messages/settings.ts';
import { assertNever } from '#lib/domain/failure.ts';
import { argsMax, argumentsOf, type AgentDraft, type AgentFault } from '#lib/views/agent-form.ts';

/** Why a draft cannot be sent, as a sentence beside the button. */
export function agentFaultWords(fault: AgentFault, draft: AgentDraft): string {
  const texts = settingsTexts.agents.fault;
  switch (fault.kind) {
    case 'name_missing':
    case 'id_missing':
    case 'id_form':
    case 'program_missing':
    case 'too_long':
      return texts[fault.kind];
    case 'id_taken':
      return texts.id_taken(draft.id.trim());
    case 'too_many_args':
      return texts.too_many_args(argumentsOf(draft).length, argsMax);
    case 'variable_name':
    case 'variable_twice':
    case 'value_missing':
      return texts[fault.kind](draft.variables[fault.at]?.name.trim() ?? '');
    default:
      return assertNever(fault);
  }
}
