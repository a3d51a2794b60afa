const verbs =
  'read|show|open|cat|list|ls|search|grep|create|write|make|add|overwrite|edit|change|replace|append|insert|delete|remove|run|execute|plan|think|say|wait|help|explain';

/** Where one instruction ends and the next begins; a shell's `; then` is not such a place. */
const joint = new RegExp(
  String.raw`(?<!;)(?:,?\s+and|,)?\s+then,?\s+(?=(?:please\s+)?(?:${verbs})\b)`,
  'gi',
);

/** Cuts a line at each "then" that is followed by a verb and stands outside quotation marks. */
export function splitSteps(line: string): string[] {
  if (line.trim() === '') return [];
  const cuts = [...line.matchAll(joint)].filter((found) => !insideQuotes(line, found.index));
  const parts: string[] = [];
  let from = 0;
  for (const cut of cuts) {
    parts.push(line.slice(from, cut.index));
    from = cut.index + cut[0].length;
  }
  return [...parts, line.slice(from)];
}

function insideQuotes(line: string, end: number): boolean {
  let open = '';
  for (const character of line.slice(0, end)) {
    if (open === '' && (character === '"' || character === '`')) open = character;
    else if (character === open) open = '';
  }
  return open !== '';
}

/** Text without the one pair of quotation marks around it; inside double ones `\n` and `\t` stand for a line end and a tab. */
export function unquoted(text: string): string {
  const trimmed = text.trim();
  const mark = trimmed.charAt(0);
  const whole = trimmed.length >= 2 && trimmed.endsWith(mark) && '"\'`'.includes(mark);
  if (!whole || mark === '' || trimmed.slice(1, -1).includes(mark)) return text;
  const inside = trimmed.slice(1, -1);
  return mark === '"'
    ? inside.replaceAll(String.raw`\n`, '\n').replaceAll(String.raw`\t`, '\t')
    : inside;
}
