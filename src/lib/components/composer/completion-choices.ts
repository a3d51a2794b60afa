import type { SlashCommand } from '#lib/domain/session.ts';
import type { Completion } from './completion.ts';
import { fuzzyRank } from './fuzzy.ts';

const choicesMax = 8;

export interface CompletionChoice {
  readonly insert: string;
  readonly shown: string;
  readonly note: string;
}

export function completionChoices(
  completion: Completion,
  {
    commands,
    paths,
  }: { readonly commands: readonly SlashCommand[]; readonly paths: readonly string[] },
): readonly CompletionChoice[] {
  if (completion.kind === 'path')
    return fuzzyRank(completion.query, paths, { textOf: (path) => path, max: choicesMax }).map(
      (path) => ({ insert: `@${path}`, shown: path, note: '' }),
    );
  return fuzzyRank(completion.query, commands, {
    textOf: ({ name }) => name,
    max: choicesMax,
  }).map(({ name, description, hint }) => ({
    insert: `/${name}`,
    shown: hint === null ? `/${name}` : `/${name} ${hint}`,
    note: description,
  }));
}
