/** A piece of a command, and whether it is one to look at twice. */
export interface CommandPiece {
  readonly text: string;
  readonly risky: boolean;
}

/**
 * What deserves a second look in a command. An aid for reading, never a check: what is not on this list is not thereby harmless,
 * and a shell has endless ways to write the same.
 */
const risky: readonly RegExp[] = [
  /\b(?:sudo|doas|su)\b/gu,
  /\brm\s+(?:-[\w-]*[rf][\w-]*\s*|--recursive\s*|--force\s*)+[^\s;&|]*/gu,
  /\b(?:shred|mkfs(?:\.\w+)?|fdisk|wipefs)\b/gu,
  /\bdd\s+[^;&|]*\bof=\S+/gu,
  /\b(?:curl|wget)\b[^;&\n]*?\|\s*(?:sudo\s+)?(?:ba|z|da|k)?sh\b/gu,
  /\|\s*(?:sudo\s+)?(?:(?:ba|z|da|k)?sh|python3?|node|perl|ruby)\b/gu,
  /\beval\b/gu,
  /--force(?:-with-lease)?\b/gu,
  /--no-verify\b/gu,
  /--hard\b/gu,
  /\bgit\s+push\s+(?:[^;&|\n]*\s)?-f\b/gu,
  /\bgit\s+clean\s+-[\w]*[fdx][\w]*/gu,
  /\bchmod\s+(?:-R\s+)?[0-7]*777\b/gu,
  /\bchown\s+-R\b/gu,
  /\bkill(?:all)?\s+-(?:9|KILL)\b|\bpkill\b/gu,
  /\bfind\b[^;&|\n]*\s-(?:delete|exec(?:dir)?)\b/gu,
  /\bxargs\s+(?:-\S+\s+)*rm\b/gu,
  />\s*\/(?:dev\/[sh]d|etc\/)\S*/gu,
  /~\/\.ssh\b|\bid_(?:rsa|ed25519)\b|\.env\b/gu,
  /\b(?:npm|pnpm|yarn|cargo)\s+publish\b/gu,
  /\bdrop\s+(?:table|database)\b|\btruncate\s+table\b/giu,
  /:\(\)\s*\{[^}]*\}\s*;\s*:/gu,
];

/** The command cut where a risky run of words begins and ends; the pieces together are the command, letter by letter. */
export function riskyPieces(command: string): readonly CommandPiece[] {
  const marks = risky
    .flatMap((pattern) =>
      [...command.matchAll(pattern)].map(
        (match) => [match.index, match.index + match[0].length] as const,
      ),
    )
    .sort((a, b) => a[0] - b[0]);
  const pieces: CommandPiece[] = [];
  let at = 0;
  for (const [from, to] of marks) {
    if (to <= at) continue;
    if (from > at) pieces.push({ text: command.slice(at, from), risky: false });
    const begin = Math.max(at, from);
    const previous = pieces.at(-1);
    if (previous?.risky === true)
      pieces[pieces.length - 1] = { text: previous.text + command.slice(begin, to), risky: true };
    else pieces.push({ text: command.slice(begin, to), risky: true });
    at = to;
  }
  if (at < command.length) pieces.push({ text: command.slice(at), risky: false });
  return pieces;
}
