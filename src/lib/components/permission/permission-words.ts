import { transcriptTexts as texts } from '#lib/components/messages/transcript.ts';
import { assertNever } from '#lib/domain/failure.ts';
import type {
  PermissionOption,
  PermissionOutcome,
  PermissionSubject,
} from '#lib/domain/permission.ts';
import type { ShownAuthor } from '#lib/views/identity.svelte.ts';

/** Our sentence for what is asked; the agent's own words stand apart. */
export function askWords(subject: PermissionSubject, agent: string): string {
  if (subject.command !== null) return texts.wantsCommand(agent);
  const files = new Set(subject.diffs.map(({ path }) => path)).size;
  switch (subject.toolKind) {
    case 'delete':
      return texts.wantsDelete(agent);
    case 'move':
      return texts.wantsMove(agent);
    case 'execute':
      return texts.wantsCommand(agent);
    case 'fetch':
      return texts.wantsFetch(agent);
    case 'read':
    case 'search':
      return texts.wantsRead(agent);
    case 'switch_mode':
      return texts.wantsMode(agent);
    default:
      return files > 0 ? texts.wantsEdit(agent, files) : texts.wantsOther(agent);
  }
}

/** The agent's words, unless they are the command once more. */
export function saidBeside(words: string, command: string | null): string | null {
  const bare = words
    .trim()
    .replace(/^`+|`+$/gu, '')
    .trim();
  return bare === '' || bare === command?.trim() ? null : words.trim();
}

/** An answer a person can give, in the order of its number key. */
export type AnswerChoice =
  | { readonly kind: 'option'; readonly option: PermissionOption; readonly label: string }
  /** The bridge's own exact rule, told to the agent as "allow once". */
  | { readonly kind: 'always'; readonly option: PermissionOption }
  | { readonly kind: 'reject_why'; readonly option: PermissionOption };

/**
 * The answers a card offers: allow once, always (where an exact rule can be made), reject, reject with a reason. Options of the
 * agent that say "always" are left out where it offers a plain one: rules are the bridge's. Two of one kind are told apart by
 * the agent's names for them.
 */
export function answerChoices(
  options: readonly PermissionOption[],
  canBeRule: boolean,
): readonly AnswerChoice[] {
  const allow = preferred(options, 'allow_once', 'allow_always');
  const reject = preferred(options, 'reject_once', 'reject_always');
  const [firstAllow] = allow;
  const [firstReject] = reject;
  return [
    ...allow.map((option) => ({
      kind: 'option' as const,
      option,
      label: isPlain(allow) ? texts.allowOnce : texts.allowNamed(option.name),
    })),
    ...(canBeRule && firstAllow !== undefined
      ? [{ kind: 'always' as const, option: firstAllow }]
      : []),
    ...reject.map((option) => ({
      kind: 'option' as const,
      option,
      label: isPlain(reject) ? texts.reject : texts.rejectNamed(option.name),
    })),
    ...(firstReject === undefined ? [] : [{ kind: 'reject_why' as const, option: firstReject }]),
  ];
}

/** One answer of its kind, for this once: our word says all of it. */
const isPlain = (options: readonly PermissionOption[]): boolean =>
  options.length === 1 && options[0]?.kind.endsWith('_once') === true;

function preferred(
  options: readonly PermissionOption[],
  once: PermissionOption['kind'],
  always: PermissionOption['kind'],
): readonly PermissionOption[] {
  const plain = options.filter(({ kind }) => kind === once);
  return plain.length > 0 ? plain : options.filter(({ kind }) => kind === always);
}

/** An answer in a word or two, for the list of what waits and for who gave it. */
export function answerWords(option: PermissionOption): string {
  switch (option.kind) {
    case 'allow_once':
    case 'allow_always':
      return texts.allowOnce;
    case 'reject_once':
    case 'reject_always':
      return texts.reject;
    default:
      return assertNever(option.kind);
  }
}

export const whoWords = (author: ShownAuthor): string =>
  texts.who(author.me ? texts.you : author.person, author.device);

/** How a request ended, in one sentence. */
export function outcomeWords(
  outcome: PermissionOutcome,
  shown: (author: Extract<PermissionOutcome, { kind: 'answered' }>['by']) => ShownAuthor,
): string {
  switch (outcome.kind) {
    case 'answered':
      return texts.answeredBy(whoWords(shown(outcome.by)), answerWords(outcome.option));
    case 'by_rule':
      return texts.byRule(answerWords(outcome.option));
    case 'gone':
      return texts.goneWhy[outcome.why];
    default:
      return assertNever(outcome);
  }
}
