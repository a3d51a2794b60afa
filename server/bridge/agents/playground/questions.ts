import * as z from 'zod/mini';
import { counted, listPath, readQuietly } from './reading.ts';
import type { Turn } from './turn.ts';
import type { FoundFile, Workplace } from './workplace.ts';

const packageSchema = z.object({
  name: z.optional(z.string()),
  description: z.optional(z.string()),
  scripts: z.optional(z.record(z.string(), z.string())),
  dependencies: z.optional(z.record(z.string(), z.string())),
});
type PackageFile = z.infer<typeof packageSchema>;

const testFile =
  /(?:^|\/)(?:tests?|__tests__|spec)\/|[._-](?:test|spec)\.[a-z]+$|(?:^|\/)test_[^/]+\.py$/i;

/** Answers "Explain how this repository is built" with what its main files say, as lists; there is no understanding in it. */
export async function explainRepository(turn: Turn, place: Workplace): Promise<void> {
  await turn.say('I have no model, so this is what the files say, not what I make of it.\n\n');
  const names = await listPath(turn, place, '.');
  const readme = names.find((name) => /^readme(?:\.[a-z]+)?$/i.test(name));
  const readmeText = readme === undefined ? '' : await readQuietly(turn, place, readme);
  const about = names.includes('package.json') ? await packageFile(turn, place) : null;
  const files = await place.files('.');
  const parts = [
    readme === undefined ? '' : `## From ${readme}\n\n${quoted(firstParagraphs(readmeText))}`,
    about === null ? '' : packageSection(about),
    `## Files\n\n${counted(files.length, 'file')}${kindsOf(files)}.\n\n${names
      .slice(0, 30)
      .map((name) => `- \`${name}\``)
      .join('\n')}`,
  ];
  await turn.say(`${parts.filter((part) => part !== '').join('\n\n')}\n`);
}

/** Answers "Find a failing test and fix it": which tests there are and how to run them. */
export async function lookForTests(turn: Turn, place: Workplace): Promise<void> {
  const names = await listPath(turn, place, '.');
  const about = names.includes('package.json') ? await packageFile(turn, place) : null;
  const tests = (await place.files('.')).filter((file) => testFile.test(file.path));
  const script = about?.scripts?.['test'];
  const found =
    tests.length === 0
      ? 'I found no test files here.'
      : `I found ${counted(tests.length, 'test file')}:\n\n${bullets(tests)}`;
  const how =
    script === undefined
      ? 'There is no `test` script in a package.json. Tell me the command, as in `run make test`.'
      : `The tests are run by \`npm test\` (\`${script}\`). Say \`run npm test\`, and I show you what fails.`;
  await turn.say(
    `I have no model, so I cannot find out why a test fails or repair it. ${found}\n\n${how} A repair you know yourself I can make: \`edit PATH: replace "A" with "B"\`.\n`,
  );
}

/** Answers "Write a test for the newest file": which file that is, and how to have a test of one's own created. */
export async function lookForNewest(turn: Turn, place: Workplace): Promise<void> {
  const files = await place.files('.');
  const newest = files
    .filter((file) => !testFile.test(file.path))
    .reduce<FoundFile | null>(
      (one, other) => (one && one.changedAt >= other.changedAt ? one : other),
      null,
    );
  if (newest === null) {
    await turn.say('There is no file here yet.\n');
    return;
  }
  await readQuietly(turn, place, newest.path);
  const name = newest.path.replace(/\.([a-z]+)$/i, '.test.$1');
  await turn.say(
    `The newest file is \`${newest.path}\`. I have no model, so I cannot think of a test for it. If you write it, I create it: say \`create ${name}:\` and put the test in a fenced block below.\n`,
  );
}

async function packageFile(turn: Turn, place: Workplace): Promise<PackageFile | null> {
  const text = await readQuietly(turn, place, 'package.json');
  try {
    return packageSchema.parse(JSON.parse(text));
  } catch {
    await turn.say('Its `package.json` cannot be read as JSON.\n\n');
    return null;
  }
}

function packageSection(about: PackageFile): string {
  const scripts = Object.entries(about.scripts ?? {}).map(
    ([name, run]) => `- \`npm run ${name}\`: \`${run}\``,
  );
  const dependencies = Object.keys(about.dependencies ?? {}).map((name) => `\`${name}\``);
  return [
    `## From package.json`,
    [about.name === undefined ? '' : `**${about.name}**`, about.description ?? '']
      .filter((text) => text !== '')
      .join(': '),
    scripts.length === 0 ? '' : `Scripts:\n\n${scripts.join('\n')}`,
    dependencies.length === 0 ? '' : `It depends on ${dependencies.join(', ')}.`,
  ]
    .filter((text) => text !== '')
    .join('\n\n');
}

function firstParagraphs(text: string): string {
  const paragraphs = text
    .split(/\n\s*\n/)
    .filter((paragraph) => !/^\s*(?:!\[|\[!|<)/.test(paragraph));
  return paragraphs.slice(0, 3).join('\n\n').slice(0, 1200).trim();
}

const quoted = (text: string): string =>
  text
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');

function kindsOf(files: readonly FoundFile[]): string {
  const counts = new Map<string, number>();
  for (const file of files) {
    const ending = /\.([a-z0-9]+)$/i.exec(file.path)?.[1]?.toLowerCase();
    if (ending !== undefined) counts.set(ending, (counts.get(ending) ?? 0) + 1);
  }
  const most = [...counts].sort(([, one], [, other]) => other - one).slice(0, 5);
  if (most.length === 0) return '';
  return `, most of them ${most.map(([ending, count]) => `\`.${ending}\` (${String(count)})`).join(', ')}`;
}

const bullets = (files: readonly FoundFile[]): string => {
  const shown = files.slice(0, 20).map((file) => `- \`${file.path}\``);
  const more = files.length - shown.length;
  return [...shown, ...(more > 0 ? [`- … and ${String(more)} more`] : [])].join('\n');
};
