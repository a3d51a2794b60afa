import { parseArgs } from 'node:util';
import { StartFailure } from './start-failure.ts';

/** What a command accepts: `value` options take one, `flag` options none, `list` options may come several times. */
export type OptionTable = Readonly<Record<string, 'value' | 'flag' | 'list'>>;

export interface CommandLine {
  value(name: string): string | null;
  flag(name: string): boolean;
  list(name: string): readonly string[];
  readonly positionals: readonly string[];
}

/** @throws StartFailure for an unknown option, a missing value, or one given twice or to a flag */
export function readCommandLine(argv: readonly string[], options: OptionTable): CommandLine {
  const { tokens, positionals } = parseArgs({
    args: [...argv],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: Object.fromEntries(
      Object.entries(options).map(([name, kind]) => [
        name,
        {
          type: kind === 'flag' ? ('boolean' as const) : ('string' as const),
          ...(name === 'help' ? { short: 'h' } : {}),
        },
      ]),
    ),
  });
  const given = new Map<string, string[]>();
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const kind = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    if (kind === undefined) throw new StartFailure(`Unknown option ${token.rawName}. See --help.`);
    if (kind === 'flag' && token.value !== undefined)
      throw new StartFailure(`${token.rawName} takes no value, got "${token.value}".`);
    if (kind !== 'flag' && !hasValue(token))
      throw new StartFailure(`${token.rawName} expects a value. See --help.`);
    const values = given.get(token.name) ?? [];
    if (kind === 'value' && values.length > 0)
      throw new StartFailure(`${token.rawName} was given twice.`);
    given.set(token.name, [...values, token.value ?? '']);
  }
  return {
    value: (name) => given.get(name)?.[0] ?? null,
    flag: (name) => given.has(name),
    list: (name) => given.get(name) ?? [],
    positionals,
  };
}

/** An option that follows is no value, unless it was tied on with "=". */
const hasValue = (token: {
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}): boolean =>
  token.value !== undefined &&
  token.value !== '' &&
  (token.inlineValue === true || !token.value.startsWith('-'));
