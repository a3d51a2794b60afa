import type { RequestError } from '@agentclientprotocol/sdk';
import type { ProcessEnd } from './agent-process.ts';
import { AgentError, type AgentLaunch } from './contract.ts';
import type { AuthMethod } from './handshake-schemas.ts';
import { loginMessage } from './login-message.ts';
import { asTitle } from './visible-text.ts';

const authRequired = -32_000;

/** An error that the agent answered with; a missing login says what to do about it. */
export function refusal(
  launch: AgentLaunch,
  authMethods: readonly AuthMethod[],
  error: RequestError,
): AgentError {
  if (error.code === authRequired) {
    return new AgentError('login', loginMessage(launch, authMethods), { cause: error });
  }
  const details = detailsOf(error.data);
  const said = asTitle(details === '' ? error.message : `${error.message}: ${details}`, 2000);
  return new AgentError(
    'refused',
    `${launch.name} answered with an error (${String(error.code)}): ${said}`,
    { cause: error },
  );
}

/** @param lastLine what the process last wrote to its standard error, or '' */
export function endedError(launch: AgentLaunch, end: ProcessEnd, lastLine: string): AgentError {
  const how = end.signal === null ? `with code ${String(end.code)}` : `by the signal ${end.signal}`;
  const wrote = lastLine === '' ? '' : `; it last wrote: ${asTitle(lastLine, 500)}`;
  return new AgentError('ended', `${launch.name} ended ${how}${wrote}`);
}

function detailsOf(data: unknown): string {
  if (data === undefined || data === null) return '';
  if (typeof data === 'string') return data;
  if (typeof data === 'object' && 'details' in data && typeof data.details === 'string') {
    return data.details;
  }
  return JSON.stringify(data);
}
