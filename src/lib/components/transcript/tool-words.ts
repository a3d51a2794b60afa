import { transcriptTexts as texts } from '#lib/components/messages/transcript.ts';
import type { ToolCall } from '#lib/domain/transcript.ts';

/** What a tool call's line says: our verb, and what it is about in the agent's or the repository's own words. */
export interface ToolWords {
  readonly verb: string | null;
  readonly subject: string;
  /** The subject is a command or a path. */
  readonly isCode: boolean;
}

export function toolWords(call: ToolCall, directory: string | null): ToolWords {
  if (call.command !== null) return { verb: null, subject: call.command, isCode: true };
  const paths = [
    ...new Set([...call.diffs, ...call.locations].map(({ path }) => shortPath(path, directory))),
  ];
  const [first] = paths;
  const verb = call.status === 'completed' ? verbOf(call) : null;
  if (verb === null || first === undefined)
    return { verb: null, subject: call.title, isCode: false };
  if (paths.length > 1) return { verb, subject: texts.files(paths.length), isCode: false };
  return { verb, subject: first, isCode: true };
}

function verbOf(call: ToolCall): string | null {
  switch (call.toolKind) {
    case 'edit':
      return call.diffs.length > 0 && call.diffs.every(({ oldText }) => oldText === null)
        ? texts.created
        : texts.edited;
    case 'delete':
      return texts.deleted;
    case 'move':
      return texts.moved;
    default:
      return null;
  }
}

/** A path as seen from the session's directory. */
export function shortPath(path: string, directory: string | null): string {
  const inside = directory !== null && path.startsWith(`${directory.replace(/\/$/u, '')}/`);
  return inside ? path.slice(directory.replace(/\/$/u, '').length + 1) : path;
}
