import type { Command } from '#lib/domain/command.ts';

/** Stands where a value is that is never shown. */
export const valueNotShown = '…';

/**
 * What a command asks for, as indented JSON: exactly what is sent, but for values of an agent's variables, which may be keys to
 * something and are never shown again.
 */
export function shownParams(command: Command): string {
  return JSON.stringify(withoutValues(command), null, 2);
}

function withoutValues(command: Command): Command['params'] {
  if (command.kind !== 'agent.set' || command.params.launch === null) return command.params;
  const { launch } = command.params;
  const env = Object.fromEntries(Object.keys(launch.env).map((name) => [name, valueNotShown]));
  return { ...command.params, launch: { ...launch, env } };
}
