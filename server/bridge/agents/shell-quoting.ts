const bare = /^[A-Za-z0-9_@%+=:,./-]+$/;

const quoted = (word: string): string =>
  bare.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** A command given as separate arguments, as one line that a POSIX shell would split into the same arguments. */
export function shellLine(words: readonly string[]): string {
  return words.map(quoted).join(' ');
}
