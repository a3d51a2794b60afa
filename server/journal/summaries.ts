import type { Command } from '#lib/domain/command.ts';
import { assertNever } from '#lib/domain/failure.ts';
import type { AgentId, DeviceId, SessionId } from '#lib/domain/ids.ts';
import type { Summarize } from './contract.ts';

/** Present names of what commands point at; `null` for what is not known. */
export interface Names {
  agent(id: AgentId): string | null;
  session(id: SessionId): string | null;
  device(id: DeviceId): string | null;
}

/** One line for people about a command. Names come from the bridge; a command cannot bring its own. */
export function summarizer(names: Names): Summarize {
  return (command) => {
    const agent = (id: AgentId): string => names.agent(id) ?? `agent ${id}`;
    const inSession = sessionWords(names, command);
    switch (command.kind) {
      case 'session.create':
        return `Start a session with ${agent(command.params.agentId)}`;
      case 'session.start':
        return `Start the agent${inSession}`;
      case 'session.stop':
        return `Stop the agent${inSession}`;
      case 'session.trash':
        return `Move to the trash${inSession}`;
      case 'session.restore':
        return `Restore from the trash${inSession}`;
      case 'turn.cancel':
        return `Stop the turn${inSession}`;
      case 'mode.set':
        return `Set the mode ${command.params.modeId}${inSession}`;
      case 'permission.answer':
        return `Answer a permission request${inSession}`;
      case 'agent.set':
        return command.params.launch === null
          ? `Remove the agent ${command.params.name}`
          : `Set how the agent ${command.params.name} is started`;
      case 'rule.revoke':
        return 'Revoke an “always” rule';
      case 'device.role':
        return `Make ${names.device(command.params.deviceId) ?? 'a device'} ${command.params.role}`;
      case 'bridge.release':
        return 'Release the bridge';
      default:
        return assertNever(command);
    }
  };
}

function sessionWords(names: Names, { sessionId }: Command): string {
  const title = sessionId === undefined ? null : names.session(sessionId);
  return title === null || title === '' ? '' : `: ${title}`;
}
