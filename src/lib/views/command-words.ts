/**
 * The arguments that a POSIX shell would split a line into, for lines of plain and single-quoted words: the bridge writes an
 * agent's command so (`gemini --acp`, `sh -c 'a b'`).
 *
 * @returns `null` for a line of another form: it is not guessed at
 */
export function commandWords(line: string): readonly string[] | null {
  const words: string[] = [];
  let rest = line.trim();
  while (rest !== '') {
    const word = /^(?:[\w@%+=:,./-]|'[^']*'|\\')+/u.exec(rest)?.[0];
    if (word === undefined) return null;
    rest = rest.slice(word.length);
    if (rest !== '' && !/^\s/u.test(rest)) return null;
    rest = rest.trimStart();
    words.push(unquoted(word));
  }
  return words.length === 0 ? null : words;
}

/** What stands between single quotes is itself; outside of them only a quote is escaped. */
const unquoted = (word: string): string =>
  word.replaceAll(
    /'([^']*)'|\\(')/gu,
    (_, inside: string | undefined, quote: string | undefined) => quote ?? inside ?? '',
  );
