import { canonicalJson } from '#lib/domain/canonical.ts';
import { limits } from '#lib/domain/limits.ts';
import type { DiffPreview } from '#lib/domain/permission.ts';
import type { ToolOutput } from '#lib/domain/transcript.ts';
import type { BlobDesk } from './blob-desk.ts';
import { beginningOf, bytesOf, cutLine, endOf, wholeLinesFrom, wholeLinesTo } from './text-cuts.ts';

/** What a finished tool call keeps of its output: a short one whole, a long one as a blob with its head and tail. */
export function finishedOutput(text: string, blobs: BlobDesk): ToolOutput {
  if (bytesOf(text) <= limits.toolOutputInlineBytesMax) return { kind: 'inline', text };
  const whole = endOf(text, limits.blobBytesMax);
  const { sha256, bytes } = blobs.keep(whole);
  return {
    kind: 'blob',
    sha256,
    bytes,
    lines: linesOf(whole),
    head: wholeLinesTo(beginningOf(whole, limits.toolOutputHeadBytes)),
    tail: wholeLinesFrom(endOf(whole, limits.toolOutputHeadBytes)),
  };
}

/** What is shown while the tool still runs: the newest lines, and a first line that says what is left out until it is done. */
export function runningOutput(text: string): ToolOutput {
  const bytes = bytesOf(text);
  if (bytes <= limits.toolOutputInlineBytesMax) return { kind: 'inline', text };
  const tail = wholeLinesFrom(endOf(text, limits.toolOutputHeadBytes));
  return { kind: 'inline', text: `${cutLine(bytes - bytesOf(tail))}\n${tail}` };
}

function linesOf(text: string): number {
  let lines = text.endsWith('\n') || text === '' ? 0 : 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}

/**
 * Diffs small enough for a document: each at most `limits.diffPreviewBytesMax`, all at most `limits.diffPreviewsBytesMax`.
 * One that is cut says so in its last line and names the blob that holds it whole, so that its hash still binds every byte.
 */
export function boundedDiffs(diffs: readonly DiffPreview[], blobs: BlobDesk): DiffPreview[] {
  let left = limits.diffPreviewsBytesMax;
  return diffs.map((diff) => {
    const bytes = bytesOf(diff.oldText ?? '') + bytesOf(diff.newText);
    const room = Math.min(left, limits.diffPreviewBytesMax);
    if (bytes <= room) {
      left -= bytes;
      return diff;
    }
    left -= room;
    const { path, oldText, newText } = diff;
    const each = Math.floor(room / 2);
    return {
      path,
      oldText: oldText === null ? null : cut(oldText, each),
      newText: cut(newText, each),
      whole: blobs.keep(canonicalJson({ path, oldText, newText })),
    };
  });
}

function cut(text: string, bytesMax: number): string {
  const kept = beginningOf(text, bytesMax);
  if (kept.length === text.length) return text;
  const lines = wholeLinesTo(kept);
  return `${lines}${lines.endsWith('\n') || lines === '' ? '' : '\n'}${cutLine(bytesOf(text) - bytesOf(lines))}`;
}
