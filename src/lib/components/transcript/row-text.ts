import type { ToolCall } from '#lib/domain/transcript.ts';
import type { Step, TranscriptRow } from '#lib/views/transcript-row.ts';

/** A row as plain text: what "copy" copies and what is searched. */
export function rowText(row: TranscriptRow): string {
  switch (row.kind) {
    case 'answer':
      return row.text;
    case 'steps':
      return row.steps.map(stepText).join('\n\n');
    case 'tool':
      return callText(row.call);
    case 'permission':
      return [row.item.subject.title, row.item.subject.command].filter(Boolean).join('\n');
    case 'turn_end':
      return row.item.message ?? '';
    case 'prompt':
      return row.item.text;
    case 'notice':
      return [row.item.text, row.item.detail].filter(Boolean).join('\n');
    case 'unknown':
      return row.item.raw;
    case 'foreign':
      return row.raw;
    case 'away':
      return '';
  }
}

const stepText = (step: Step): string =>
  step.kind === 'thought' ? step.text : callText(step.call);

function callText(call: ToolCall): string {
  const output =
    call.output === null
      ? null
      : call.output.kind === 'inline'
        ? call.output.text
        : `${call.output.head}\n…\n${call.output.tail}`;
  const head = call.command === null ? call.title : `$ ${call.command}`;
  const diffs = call.diffs.map(({ path, newText }) => `${path}\n${newText}`);
  return [head, ...diffs, output].filter((part) => part !== null && part !== '').join('\n');
}

/** The keys of the rows in which a text occurs, without regard to case, in order. */
export function rowsWith(rows: readonly TranscriptRow[], query: string): readonly string[] {
  const wanted = query.trim().toLocaleLowerCase();
  if (wanted === '') return [];
  return rows.flatMap((row) =>
    rowText(row).toLocaleLowerCase().includes(wanted) ? [row.key] : [],
  );
}
