/** What a piece of code is, as far as a colour says it: `--code-<kind>`. */
export const spanKinds = [
  'plain',
  'keyword',
  'string',
  'number',
  'call',
  'type',
  'comment',
] as const;
export type SpanKind = (typeof spanKinds)[number];

/** One line's colours: pairs of an index into {@link spanKinds} and a length in UTF-16 units, in order, whole. */
export type LineSpans = readonly number[];

/** A run of text of one colour. */
export interface Span {
  readonly text: string;
  readonly kind: SpanKind;
}

/** A line's text cut by its colours; without them, or when they are of another text, the line in one piece. */
export function spansOf(line: string, spans: LineSpans | undefined): readonly Span[] {
  if (spans === undefined) return [{ text: line, kind: 'plain' }];
  const found: Span[] = [];
  let at = 0;
  for (let index = 0; index + 1 < spans.length; index += 2) {
    const end = at + (spans[index + 1] ?? 0);
    found.push({ text: line.slice(at, end), kind: spanKinds[spans[index] ?? 0] ?? 'plain' });
    at = end;
  }
  return at === line.length ? found : [{ text: line, kind: 'plain' }];
}
