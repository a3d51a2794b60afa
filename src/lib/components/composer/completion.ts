/** What is being completed at the caret, and which part of the text it takes the place of. */
export interface Completion {
  readonly kind: 'command' | 'path';
  readonly query: string;
  readonly from: number;
  readonly to: number;
}

/** A command begins the text; a path begins a word with @. @returns `null` where neither is being written */
export function completionAt(text: string, caret: number): Completion | null {
  const before = text.slice(0, caret);
  const command = /^\/(\S*)$/u.exec(before);
  if (command !== null)
    return { kind: 'command', query: command[1] ?? '', from: 0, to: wordEnd(text, caret) };
  const path = /(?:^|[\s(["'`])@([^\s@]*)$/u.exec(before);
  if (path === null) return null;
  const query = path[1] ?? '';
  return { kind: 'path', query, from: caret - query.length - 1, to: wordEnd(text, caret) };
}

/** The text after a choice, and where the caret then stands: behind a space. */
export function completed(
  text: string,
  { from, to }: Completion,
  choice: string,
): { readonly text: string; readonly caret: number } {
  const rest = text.slice(to);
  const inserted = rest.startsWith(' ') ? choice : `${choice} `;
  const caret = from + inserted.length + (rest.startsWith(' ') ? 1 : 0);
  return { text: text.slice(0, from) + inserted + rest, caret };
}

function wordEnd(text: string, caret: number): number {
  const rest = /^\S*/u.exec(text.slice(caret))?.[0] ?? '';
  return caret + rest.length;
}
