import { canonicalJson } from '#lib/domain/canonical.ts';
import { limits } from '#lib/domain/limits.ts';
import type { PermissionOption, PermissionSubject } from '#lib/domain/permission.ts';
import type { ToolChange } from '../agents/contract.ts';
import { sha256Of, type BlobDesk } from './blob-desk.ts';
import { boundedDiffs } from './bounded-content.ts';
import { beginningOf, bytesOf, cutLine } from './text-cuts.ts';

/** Freezes what the agent wants to do, as it is at this moment (R4). A command is whole or the request is not shown at all. */
export function frozenSubject(
  tool: ToolChange,
  sessionDirectory: string,
  blobs: BlobDesk,
): PermissionSubject {
  const command = tool.command ?? null;
  const diffs = boundedDiffs(tool.diffs ?? [], blobs);
  return {
    toolCallId: tool.toolCallId,
    toolKind: tool.toolKind ?? 'other',
    title: tool.title ?? '',
    command,
    directory: tool.directory ?? sessionDirectory,
    diffs,
    rawInput: command === null && diffs.length === 0 ? (tool.rawInput ?? null) : null,
    agentWords: tool.output === undefined ? null : quoted(tool.output),
  };
}

/** The name of exactly what is shown: SHA-256 of the canonical JSON of subject and options. */
export const hashOfShown = (
  subject: PermissionSubject,
  options: readonly PermissionOption[],
): string => sha256Of(canonicalJson({ subject, options }));

/** Whether a person could see all of the command; one that is longer is never put to a question. */
export const canBeShown = (tool: ToolChange): boolean =>
  bytesOf(tool.command ?? '') <= limits.permissionCommandBytesMax;

function quoted(words: string): string | null {
  if (words.trim() === '') return null;
  const kept = beginningOf(words, limits.toolOutputHeadBytes);
  return kept === words ? words : `${kept}\n${cutLine(bytesOf(words) - bytesOf(kept))}`;
}

/** What the session list says while a request is open. */
export function wish(subject: PermissionSubject): string {
  if (subject.command !== null) return 'Wants to run a command';
  if (subject.diffs.length > 0)
    return subject.diffs.length === 1
      ? 'Wants to change a file'
      : `Wants to change ${String(subject.diffs.length)} files`;
  switch (subject.toolKind) {
    case 'edit':
      return 'Wants to change a file';
    case 'delete':
      return 'Wants to delete a file';
    case 'move':
      return 'Wants to move a file';
    case 'execute':
      return 'Wants to run a command';
    case 'fetch':
      return 'Wants to fetch from the network';
    default:
      return 'Asks for leave';
  }
}
