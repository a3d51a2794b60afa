import { agentCommandSchema, type AgentCommand, type AgentInfo } from '#lib/domain/agent.ts';
import { agentIdSchema, type AgentId } from '#lib/domain/ids.ts';
import { commandWords } from './command-words.ts';

/** A variable as it is typed. `value: null`: the bridge has one that is not shown, and it was not entered again. */
export interface VariableDraft {
  readonly name: string;
  readonly value: string | null;
}

/** What an owner types to add or change an agent. */
export interface AgentDraft {
  readonly id: string;
  readonly name: string;
  readonly program: string;
  /** One per line. */
  readonly args: string;
  readonly variables: readonly VariableDraft[];
}

/** Why a draft is not an agent yet, by field; `at` is the variable's place in the list. */
export type AgentFault =
  | { readonly kind: 'id_missing' | 'id_form' | 'id_taken' | 'name_missing' | 'program_missing' }
  | { readonly kind: 'too_many_args' | 'too_long' }
  | { readonly kind: 'variable_name' | 'variable_twice' | 'value_missing'; readonly at: number };

export const nameCharsMax = 80;
export const argsMax = 64;
const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/u;

export const emptyDraft: AgentDraft = { id: '', name: '', program: '', args: '', variables: [] };

/**
 * The draft that changing an agent begins with. Values of variables never come back from the bridge, so those that the owner had
 * set are to be entered again. Of an agent that was found on the PATH the listed names are passed on by the bridge and are not
 * its own.
 */
export function draftOf(agent: AgentInfo): AgentDraft {
  const words = commandWords(agent.commandLine) ?? [];
  // What lines cannot hold is not shown changed: the fields are empty then.
  const [program = '', ...args] = words.every((word) => word !== '' && !word.includes('\n'))
    ? words
    : [];
  return {
    id: agent.id,
    name: agent.name,
    program,
    args: args.join('\n'),
    variables:
      agent.source === 'owner' ? agent.envNames.map((name) => ({ name, value: null })) : [],
  };
}

/** @param taken ids of the agents there are, when this is a new one */
export function faultsOf(draft: AgentDraft, taken: readonly AgentId[]): readonly AgentFault[] {
  const faults: AgentFault[] = [];
  const id = draft.id.trim();
  if (id === '') faults.push({ kind: 'id_missing' });
  else if (!agentIdSchema.safeParse(id).success) faults.push({ kind: 'id_form' });
  else if (taken.some((each) => each === id)) faults.push({ kind: 'id_taken' });
  if (draft.name.trim() === '') faults.push({ kind: 'name_missing' });
  if (draft.program.trim() === '') faults.push({ kind: 'program_missing' });
  if (argumentsOf(draft).length > argsMax) faults.push({ kind: 'too_many_args' });
  draft.variables.forEach(({ name, value }, at) => {
    const trimmed = name.trim();
    const earlier = draft.variables.slice(0, at);
    if (!variableName.test(trimmed)) faults.push({ kind: 'variable_name', at });
    else if (earlier.some((other) => other.name.trim() === trimmed))
      faults.push({ kind: 'variable_twice', at });
    if (value === null) faults.push({ kind: 'value_missing', at });
  });
  if (faults.length === 0 && !agentCommandSchema.safeParse(launchOf(draft)).success)
    faults.push({ kind: 'too_long' });
  return faults;
}

/** How the agent of a draft without faults is started. */
export function launchOf(draft: AgentDraft): AgentCommand {
  return {
    command: draft.program.trim(),
    args: [...argumentsOf(draft)],
    env: Object.fromEntries(draft.variables.map(({ name, value }) => [name.trim(), value ?? ''])),
  };
}

/** A line is an argument as it stands, spaces included; empty lines are none. */
export const argumentsOf = ({ args }: AgentDraft): readonly string[] =>
  args.split(/\r?\n/u).filter((line) => line !== '');

/** A short name made of a shown one: "Claude Code" → "claude-code". */
export function suggestedId(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/gu, '-')
    .replace(/^-+|-+$/gu, '')
    .toLowerCase()
    .slice(0, 64);
}
