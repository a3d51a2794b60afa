import type { AgentLaunch } from './contract.ts';
import type { AuthMethod } from './handshake-schemas.ts';
import { shellLine } from './shell-quoting.ts';
import { asTitle, madeVisible } from './visible-text.ts';

/** What a person has to do before an agent works, in the agent's own ways to log in, shown and never executed. */
export function loginMessage(launch: AgentLaunch, methods: readonly AuthMethod[]): string {
  const ways = methods.map((method) => wayOf(launch, method)).filter((way) => way !== '');
  const needed = `${launch.name} needs a login.`;
  if (ways.length === 0) {
    return `${needed} Log in with its own program in a terminal on the bridge's machine, or give it its API key in Settings, then start it again.`;
  }
  return `${needed} On the bridge's machine: ${ways.join('; or ')}. Then start it again.`;
}

function wayOf(launch: AgentLaunch, method: AuthMethod): string {
  const name = asTitle(method.description ?? method.name ?? method.id ?? '', 200).replace(
    /\.$/,
    '',
  );
  const command = commandOf(launch, method);
  if (command === null) return name;
  return `run \`${madeVisible(command)}\` in a terminal${name === '' ? '' : ` (${name})`}`;
}

function commandOf(launch: AgentLaunch, method: AuthMethod): string | null {
  const older = method._meta?.['terminal-auth'];
  if (older) return shellLine([older.command ?? launch.command, ...(older.args ?? [])]);
  if (method.type !== 'terminal') return null;
  return shellLine([launch.command, ...launch.args, ...(method.args ?? [])]);
}
