import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ToolCallContent } from '@agentclientprotocol/sdk';
import { counted } from './reading.ts';
import type { TextChange } from './steps.ts';
import type { Turn } from './turn.ts';
import { NotDone, type Workplace } from './workplace.ts';

export async function createFile(
  turn: Turn,
  place: Workplace,
  path: string,
  content: string,
): Promise<void> {
  const absolute = await place.writable(path);
  if ((await stat(absolute).catch(() => null)) !== null) {
    throw new NotDone(
      `${path} is there already. Say \`overwrite ${path}: …\` to replace it, or \`edit ${path}: …\` to change it.`,
    );
  }
  await changeFile(turn, `Create ${path}`, { path, absolute, before: null, after: content });
  await turn.say(`I created \`${path}\` (${counted(lineCount(content), 'line')}).\n\n`);
}

export async function overwriteFile(
  turn: Turn,
  place: Workplace,
  path: string,
  content: string,
): Promise<void> {
  const absolute = await place.writable(path);
  const before = await readFile(absolute, 'utf8').catch(() => null);
  await changeFile(turn, `Overwrite ${path}`, { path, absolute, before, after: content });
  await turn.say(`I wrote \`${path}\` (${counted(lineCount(content), 'line')}).\n\n`);
}

export async function editFile(
  turn: Turn,
  place: Workplace,
  path: string,
  change: TextChange,
): Promise<void> {
  const absolute = await place.writable(path);
  const before = await place.text(path);
  const after = changed(before, change, path);
  await changeFile(turn, `Edit ${path}`, { path, absolute, before, after });
  await turn.say(`I changed \`${path}\`.\n\n`);
}

export async function deleteFile(turn: Turn, place: Workplace, path: string): Promise<void> {
  const absolute = await place.writable(path);
  const before = await place.text(path);
  const diff = diffOf(absolute, before, '');
  const start = {
    title: `Delete ${path}`,
    kind: 'delete',
    path: absolute,
    content: [diff],
  } as const;
  await turn.tool(start, 'asks', async () => {
    await unchangedSince(path, absolute, before);
    await rm(absolute);
    return { status: 'completed', content: [diff] };
  });
  await turn.say(`I deleted \`${path}\`.\n\n`);
}

interface FileChange {
  readonly path: string;
  readonly absolute: string;
  /** The text the change was made from; `null` when there was no file. */
  readonly before: string | null;
  readonly after: string;
}

async function changeFile(turn: Turn, title: string, change: FileChange): Promise<void> {
  const { path, absolute, before, after } = change;
  const diff = diffOf(absolute, before, after);
  await turn.tool({ title, kind: 'edit', path: absolute, content: [diff] }, 'asks', async () => {
    await unchangedSince(path, absolute, before);
    await mkdir(dirname(absolute), { recursive: true });
    await writeFile(absolute, after, { flag: before === null ? 'wx' : 'w' });
    return { status: 'completed', content: [diff] };
  });
}

/** Between the question and its answer somebody else may have changed the file: what was not shown is not overwritten. */
async function unchangedSince(
  path: string,
  absolute: string,
  before: string | null,
): Promise<void> {
  const now = await readFile(absolute, 'utf8').catch(() => null);
  if (now !== before) {
    throw new NotDone(`${path} was changed by somebody else since I asked; I left it as it is.`);
  }
}

function changed(text: string, change: TextChange, path: string): string {
  switch (change.kind) {
    case 'replace': {
      if (change.from === '' || !text.includes(change.from)) {
        throw new NotDone(`${path} does not contain "${change.from}".`);
      }
      return text.replaceAll(change.from, () => change.to);
    }
    case 'append':
      return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${change.text}`;
    case 'insert': {
      const lines = text.split(/(?<=\n)/);
      if (change.line < 1 || change.line > lines.length) {
        throw new NotDone(
          `${path} has ${counted(lines.length, 'line')}, and no line ${String(change.line)}.`,
        );
      }
      const at = change.where === 'after' ? change.line : change.line - 1;
      const above = lines.slice(0, at).join('');
      const joined = above === '' || above.endsWith('\n') ? above : `${above}\n`;
      return `${joined}${change.text}${lines.slice(at).join('')}`;
    }
  }
}

const diffOf = (path: string, oldText: string | null, newText: string): ToolCallContent => ({
  type: 'diff',
  path,
  oldText,
  newText,
});

const lineCount = (text: string): number =>
  text === '' ? 0 : text.replace(/\n$/, '').split('\n').length;
