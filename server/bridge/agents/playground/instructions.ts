import { unquoted, splitSteps } from './instruction-words.ts';
import type { Step, TextChange } from './steps.ts';

export interface Instructions {
  readonly steps: readonly Step[];
  /** Lines that are no instruction, as they were written. */
  readonly notUnderstood: readonly string[];
}

/** A step, or one whose content is still to be read from the lines below it. */
type Reading =
  | { readonly kind: 'step'; readonly step: Step }
  | { readonly kind: 'content'; readonly begun: string; finish(content: string): Step };

const opening =
  /^(?:(?:[-*]|\d+[.)])\s+|\/(?=[a-z])|(?:please|kindly|now|first|next|then|and|also|finally|ok|okay|hi|hello)\b[,:]?\s+|(?:can|could|would|will) you(?: please)?\s+|i(?:'d| would) like you to\s+|let(?:'s| us)\s+)/i;

/** Reads a prompt as a list of instructions, one in each line or joined by "then". */
export function readInstructions(prompt: string): Instructions {
  const lines = prompt.replaceAll('\r\n', '\n').split('\n');
  const steps: Step[] = [];
  const notUnderstood: string[] = [];
  while (lines.length > 0) {
    for (const part of splitSteps(lines.shift() ?? '')) {
      const reading = readLine(part);
      if (reading === null) notUnderstood.push(part.trim());
      else if (reading.kind === 'step') steps.push(reading.step);
      else steps.push(reading.finish(contentFrom(reading.begun, lines)));
    }
  }
  return { steps, notUnderstood };
}

function withoutOpening(line: string): string {
  const rest = line.replace(opening, '');
  return rest === line ? line : withoutOpening(rest);
}

/** Takes the lines that belong to a content from `below`: a fenced block, or lines up to the next instruction. */
function contentFrom(begun: string, below: string[]): string {
  if (begun.trim() !== '') {
    const more = takeWhile(below, (line) => readLine(line) === null);
    return asContent([begun, ...more].join('\n'));
  }
  const fence = below.findIndex((line) => line.trim() !== '');
  const mark = /^\s*(```+|~~~+)/.exec(below[fence] ?? '')?.[1];
  if (mark === undefined) return asContent(below.splice(0).join('\n'));
  below.splice(0, fence + 1);
  const inside = takeWhile(below, (line) => line.trim() !== mark);
  below.shift();
  return asContent(inside.join('\n'), 'verbatim');
}

function takeWhile(lines: string[], keep: (line: string) => boolean): string[] {
  const end = lines.findIndex((line) => !keep(line));
  return lines.splice(0, end === -1 ? lines.length : end);
}

/** A file's text ends with a line end. Quotes around a short content are not part of it. */
function asContent(text: string, how: 'verbatim' | 'unquoted' = 'unquoted'): string {
  const content = how === 'verbatim' ? text : unquoted(text.replace(/\s+$/, ''));
  return content === '' || content.endsWith('\n') ? content : `${content}\n`;
}

const step = (value: Step): Reading => ({ kind: 'step', step: value });

/** A path in plain words: without the quotes around it and the full stop after it, which is not one of `.` or `..`. */
const asPath = (words: string): string =>
  unquoted(
    words
      .trim()
      .replace(/[.!?,;]$/, '')
      .trim(),
  );

type Rule = readonly [RegExp, (...found: readonly string[]) => Reading | null];

/** The first rule that fits decides; the questions people begin with come before the verbs they begin with. */
const rules: readonly Rule[] = [
  [/^(?:help|\?|what can you do)\b/i, () => step({ kind: 'help' })],
  [
    /^(?:explain|describe|summari[sz]e|give (?:me )?an overview of|tell me about|what is|how is)\b.*\b(?:repo|repository|project|code ?base|code|app|workspace|folder|directory)\b/i,
    () => step({ kind: 'explain' }),
  ],
  [/^explain$/i, () => step({ kind: 'explain' })],
  [
    /^(?:find|fix|run|check|look for)\b.*\bfail(?:ing|ed|s)?\b.*\btests?\b/i,
    () => step({ kind: 'tests' }),
  ],
  [/^fix\b.*\btests?\b/i, () => step({ kind: 'tests' })],
  [
    /^(?:write|add|create)\b.*\btests? for\b.*\b(?:newest|latest|last)\b/i,
    () => step({ kind: 'newest' }),
  ],
  [/^think(?: about)?:?\s+(.+)$/i, (text) => step({ kind: 'think', text: unquoted(text ?? '') })],
  [/^say:?\s+(.+)$/i, (text) => step({ kind: 'say', text: unquoted(text ?? '') })],
  [
    /^wait(?: for)?\s+(\d+(?:\.\d+)?)\s*(?:s|sec|secs|seconds?)?[.!]?$/i,
    (seconds) => step({ kind: 'wait', seconds: Math.min(Number(seconds), 600) }),
  ],
  [/^plan:?\s+(.+)$/i, (entries) => planOf(entries ?? '')],
  [
    /^(?:run|execute)(?: the command)?:?\s+(.+)$|^\$\s+(.+)$/i,
    (named, typed) => step({ kind: 'run', command: withoutTicks(named ?? typed ?? '') }),
  ],
  [
    /^replace\s+("[^"]*"|'[^']*'|`[^`]*`)\s+(?:with|by)\s+("[^"]*"|'[^']*'|`[^`]*`)\s+in\s+(.+)$/i,
    (from, to, path) =>
      edit(path, { kind: 'replace', from: unquoted(from ?? ''), to: unquoted(to ?? '') }),
  ],
  [
    /^append\s+("[^"]*"|'[^']*'|`[^`]*`)\s+to\s+(.+)$/i,
    (text, path) => edit(path, { kind: 'append', text: asContent(text ?? '') }),
  ],
  [
    /^(?:edit|change|modify|update)\s+(?:the )?(?:file )?([^:\s]+|"[^"]+"|`[^`]+`)\s*:\s*(.*)$/i,
    editOf,
  ],
  [
    /^(create|overwrite|write|make|add)\s+(?:an?|the)?\s*(?:new )?(?:file )?(?:called |named |at )?("[^"]+"|'[^']+'|`[^`]+`|[^\s:"'`]+)\s*(?::|(?:with|containing|saying)(?: the)?(?: content| contents| text)?:?(?:\s|$))\s*(.*)$/i,
    (verb, path, begun) => contentOf(verb ?? '', asPath(path ?? ''), begun ?? ''),
  ],
  [
    /^(?:create|make|add)\s+(?:an? )?(?:new )?empty (?:file )?(?:called |named )?(\S+)$/i,
    (path) => step({ kind: 'create', path: asPath(path ?? ''), content: '' }),
  ],
  [
    /^(?:delete|remove)\s+(?:the )?(?:file )?(\S+|"[^"]+"|`[^`]+`)$/i,
    (path) => step({ kind: 'delete', path: asPath(path ?? '') }),
  ],
  [
    /^(?:search|grep)(?: for)?:?\s+("[^"]+"|'[^']+'|`[^`]+`|.+?)(?:\s+in\s+(\S+))?$/i,
    (text, path) => step({ kind: 'search', text: unquoted(text ?? ''), path: asPath(path ?? '.') }),
  ],
  [
    /^(?:list|ls)(?: the| all)?(?: files)?(?: here)?(?:\s+(?:in |of )?(\S+))?$/i,
    (path) => step({ kind: 'list', path: asPath(path ?? '.') }),
  ],
  [
    /^(?:read|show|open|cat|print|display)\s+(?:me )?(?:the )?(?:file )?(\S+|"[^"]+"|`[^`]+`)$/i,
    (path) => step({ kind: 'read', path: asPath(path ?? '') }),
  ],
];

function readLine(line: string): Reading | null {
  const words = withoutOpening(line.trim());
  for (const [pattern, reading] of rules) {
    const found = pattern.exec(words);
    if (found) return reading(...found.slice(1));
  }
  return null;
}

/** The instruction that one line holds, or `null`. A content that would go on below it ends with the line. */
export function readInstruction(line: string): Step | null {
  const reading = readLine(line);
  if (reading === null || reading.kind === 'step') return reading?.step ?? null;
  return reading.finish(asContent(reading.begun));
}

function planOf(entries: string): Reading | null {
  const list = entries
    .split(';')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  return list.length === 0 ? null : step({ kind: 'plan', entries: list });
}

const edit = (path: string | undefined, change: TextChange): Reading =>
  step({ kind: 'edit', path: asPath(path ?? ''), change });

function editOf(path = '', change = ''): Reading | null {
  const replace =
    /^replace\s+("[^"]*"|'[^']*'|`[^`]*`)\s+(?:with|by)\s+("[^"]*"|'[^']*'|`[^`]*`)\.?$/i.exec(
      change,
    );
  if (replace) {
    const [, from = '', to = ''] = replace;
    return edit(path, { kind: 'replace', from: unquoted(from), to: unquoted(to) });
  }
  const append = /^append:?(?:\s+(.*))?$/i.exec(change);
  if (append) {
    return {
      kind: 'content',
      begun: append[1] ?? '',
      finish: (text) => ({ kind: 'edit', path: asPath(path), change: { kind: 'append', text } }),
    };
  }
  const insert = /^insert\s+("[^"]*"|'[^']*'|`[^`]*`)\s+(before|after|at) line (\d+)\.?$/i.exec(
    change,
  );
  if (!insert) return null;
  const [, text = '', where = '', line = ''] = insert;
  return edit(path, {
    kind: 'insert',
    text: asContent(text),
    where: where.toLowerCase() === 'after' ? 'after' : 'before',
    line: Number(line),
  });
}

function contentOf(verb: string, path: string, begun: string): Reading | null {
  if (path === '') return null;
  const kind = verb.toLowerCase() === 'overwrite' ? 'overwrite' : 'create';
  return { kind: 'content', begun, finish: (content) => ({ kind, path, content }) };
}

const withoutTicks = (command: string): string =>
  /^`([^`]+)`\.?$/.exec(command.trim())?.[1] ?? command.trim();
