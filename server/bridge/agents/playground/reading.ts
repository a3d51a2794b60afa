import { textContent, type Turn } from './turn.ts';
import type { Workplace } from './workplace.ts';

const shownLines = 40;
const matchesMax = 50;
const searchedBytesMax = 512 * 1024;

/** Shows a file: whole in the tool call, its beginning in the answer. */
export async function readPath(turn: Turn, place: Workplace, path: string): Promise<void> {
  const text = await readQuietly(turn, place, path);
  const lines = text.replace(/\n$/, '').split('\n');
  const shown = lines.slice(0, shownLines);
  const more = lines.length - shown.length;
  const tail = more > 0 ? `\n\n… and ${String(more)} more lines.` : '';
  await turn.say(
    `\`${path}\` has ${counted(lines.length, 'line')}:\n\n${fenced(shown, path)}${tail}\n\n`,
  );
}

/** Reads a file in a tool call, without a word about it. */
export async function readQuietly(turn: Turn, place: Workplace, path: string): Promise<string> {
  let text = '';
  await turn.tool(
    { title: `Read ${path}`, kind: 'read', path: await place.inside(path) },
    'free',
    async () => {
      text = await place.text(path);
      return { status: 'completed', content: [textContent(text)] };
    },
  );
  return text;
}

export async function listPath(turn: Turn, place: Workplace, path: string): Promise<string[]> {
  let names: string[] = [];
  await turn.tool(
    { title: `List ${path}`, kind: 'read', path: await place.inside(path) },
    'free',
    async () => {
      names = await place.names(path);
      return { status: 'completed', content: [textContent(names.join('\n'))] };
    },
  );
  return names;
}

export async function searchText(
  turn: Turn,
  place: Workplace,
  text: string,
  path: string,
): Promise<void> {
  const matches: string[] = [];
  let searched = 0;
  await turn.tool(
    { title: `Search for "${text}" in ${path}`, kind: 'search', path: await place.inside(path) },
    'free',
    async () => {
      for (const file of await place.files(path)) {
        turn.signal.throwIfAborted();
        if (file.bytes > searchedBytesMax || matches.length >= matchesMax) continue;
        searched += 1;
        const lines = (await place.text(file.path).catch(() => '')).split('\n');
        lines.forEach((line, index) => {
          if (line.includes(text))
            matches.push(`${file.path}:${String(index + 1)}: ${line.trim().slice(0, 200)}`);
        });
      }
      matches.splice(matchesMax);
      const shown = matches.length === 0 ? 'nothing found' : matches.join('\n');
      return { status: 'completed', content: [textContent(shown)] };
    },
  );
  const found =
    matches.length === 0
      ? `I found "${text}" nowhere in ${counted(searched, 'file')}.`
      : `I found "${text}" in ${counted(matches.length, 'line')}:\n\n${matches.map((match) => `- \`${match}\``).join('\n')}`;
  await turn.say(`${found}\n\n`);
}

export const counted = (count: number, noun: string): string =>
  `${String(count)} ${noun}${count === 1 ? '' : 's'}`;

/** A block of code whose fence is longer than any inside it. */
function fenced(lines: readonly string[], path: string): string {
  const longest = Math.max(2, ...lines.map((line) => /^\s*(`+)/.exec(line)?.[1]?.length ?? 0));
  const fence = '`'.repeat(longest + 1);
  const language = /\.([a-z0-9]+)$/i.exec(path)?.[1] ?? '';
  return `${fence}${language}\n${lines.join('\n')}\n${fence}`;
}
