import { unquoted, splitSteps } from './instruction-words.ts';
import type { Step, TextChange } from './steps.ts';

export interface Instructions {
  readonly steps: readonly Step[];
  /** Lines that are no instruction, as they were written. */
  readonly notUnderstood: readonly string[];
}

const waitSecondsMax = 600;

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
      .replace(/(?<=[^./])\.$|[!?,;]$/, '')
      .trim(),
  );

type Rule = readonly [RegExp, (...found: readonly string[]) => Reading | null];

const quotation = String.raw`"[^"]*"|'[^']*'|\x60[^\x60]*\x60`;
/** A path in quotation marks, or without blanks; a sentence's end after it is left to {@link asPath}. */
const path = String.raw`((?:${quotation})[.!?]?|[^\s"'\x60]+)`;
const text = `(${quotation})`;

/** A pattern for a whole instruction, whatever its case. */
const words = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`, 'i');

/** The first rule that fits decides; the questions people begin with come before the verbs they begin with. */
const rules: readonly Rule[] = [
  [words(String.raw`(?:help\b|\?|what can you do).*`), () => step({ kind: 'help' })],
  [
    words(
      String.raw`(?:explain|describe|summari[sz]e|give (?:me )?an overview of|tell me about|what is|how is)\b.*\b(?:repo|repository|project|code ?base|code|app|workspace|folder|directory)\b.*|explain`,
    ),
    () => step({ kind: 'explain' }),
  ],
  [
    words(String.raw`(?:(?:find|run|check|look for)\b.*\bfail(?:ing|ed|s)?\b|fix\b).*\btests?\b.*`),
    () => step({ kind: 'tests' }),
  ],
  [
    words(String.raw`(?:write|add|create)\b.*\btests? for\b.*\b(?:newest|latest|last)\b.*`),
    () => step({ kind: 'newest' }),
  ],
  [
    words('think(?: about)?:?\\s+(.+)'),
    (said = '') => step({ kind: 'think', text: unquoted(said) }),
  ],
  [words('say:?\\s+(.+)'), (said = '') => step({ kind: 'say', text: unquoted(said) })],
  [
    words(String.raw`wait(?: for)?\s+(\d+(?:\.\d+)?)\s*(?:s|sec|secs|seconds?)?[.!]?`),
    (seconds) => step({ kind: 'wait', seconds: Math.min(Number(seconds), waitSecondsMax) }),
  ],
  [words('plan:?\\s+(.+)'), planOf],
  [
    words(String.raw`(?:run|execute)(?: the command)?:?\s+(.+)|\$\s+(.+)`),
    (named, typed = '') => step({ kind: 'run', command: withoutTicks(named ?? typed) }),
  ],
  [
    words(String.raw`replace\s+${text}\s+(?:with|by)\s+${text}\s+in\s+${path}`),
    (from = '', to = '', file = '') =>
      edit(file, { kind: 'replace', from: unquoted(from), to: unquoted(to) }),
  ],
  [
    words(String.raw`append\s+${text}\s+to\s+${path}`),
    (added = '', file = '') => edit(file, { kind: 'append', text: asContent(added) }),
  ],
  [
    words(
      String.raw`(?:edit|change|modify|update)\s+(?:the )?(?:file )?(${quotation}|[^:\s]+)\s*:\s*(.*)`,
    ),
    editOf,
  ],
  [
    words(
      String.raw`(create|overwrite|write|make|add)\s+(?:(?:an?|the)\s+)?(?:new )?(?:file )?(?:called |named |at )?(${quotation}|[^\s:"'\x60]+)\s*(?::|(?:with|containing|saying)(?: the)?(?: content| contents| text)?:?(?:\s|$))\s*(.*)`,
    ),
    contentOf,
  ],
  [
    words(
      String.raw`(?:create|make|add)\s+(?:an? )?(?:new )?empty (?:file )?(?:called |named )?${path}`,
    ),
    (file = '') => step({ kind: 'create', path: asPath(file), content: '' }),
  ],
  [
    words(String.raw`(?:delete|remove)\s+(?:the )?(?:file )?${path}`),
    (file = '') => step({ kind: 'delete', path: asPath(file) }),
  ],
  [
    words(String.raw`(?:search|grep)(?: for)?:?\s+(${quotation}|.+?)(?:\s+in\s+${path})?`),
    (sought = '', folder = '.') =>
      step({ kind: 'search', text: unquoted(sought), path: asPath(folder) }),
  ],
  [
    words(String.raw`(?:list|ls)(?: the| all)?(?: files)?(?: here)?(?:\s+(?:in |of )?${path})?`),
    (folder = '.') => step({ kind: 'list', path: asPath(folder) }),
  ],
  [
    words(String.raw`(?:read|show|open|cat|print|display)\s+(?:me )?(?:the )?(?:file )?${path}`),
    (file = '') => step({ kind: 'read', path: asPath(file) }),
  ],
];

function readLine(line: string): Reading | null {
  const instruction = withoutOpening(line.trim());
  for (const [pattern, reading] of rules) {
    const found = pattern.exec(instruction);
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

function planOf(entries = ''): Reading | null {
  const list = entries
    .split(';')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  return list.length === 0 ? null : step({ kind: 'plan', entries: list });
}

const edit = (file: string, change: TextChange): Reading =>
  step({ kind: 'edit', path: asPath(file), change });

const replacing = words(String.raw`replace\s+${text}\s+(?:with|by)\s+${text}\.?`);
const appending = words(String.raw`append:?(?:\s+(.*))?`);
const inserting = words(String.raw`insert\s+${text}\s+(before|after|at) line (\d+)\.?`);

function editOf(file = '', change = ''): Reading | null {
  const replace = replacing.exec(change);
  if (replace) {
    const [, from = '', to = ''] = replace;
    return edit(file, { kind: 'replace', from: unquoted(from), to: unquoted(to) });
  }
  const append = appending.exec(change);
  if (append) {
    return {
      kind: 'content',
      begun: append[1] ?? '',
      finish: (added) => ({
        kind: 'edit',
        path: asPath(file),
        change: { kind: 'append', text: added },
      }),
    };
  }
  const insert = inserting.exec(change);
  if (!insert) return null;
  const [, added = '', where = '', line = ''] = insert;
  return edit(file, {
    kind: 'insert',
    text: asContent(added),
    where: where.toLowerCase() === 'after' ? 'after' : 'before',
    line: Number(line),
  });
}

function contentOf(verb = '', file = '', begun = ''): Reading | null {
  const path = asPath(file);
  if (path === '') return null;
  const kind = verb.toLowerCase() === 'overwrite' ? 'overwrite' : 'create';
  return { kind: 'content', begun, finish: (content) => ({ kind, path, content }) };
}

const withoutTicks = (command: string): string =>
  /^`([^`]+)`\.?$/.exec(command.trim())?.[1] ?? command.trim();
