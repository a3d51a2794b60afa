import type { PlanEntry } from '@agentclientprotocol/sdk';
import { createFile, deleteFile, editFile, overwriteFile } from './changing.ts';
import { runCommand } from './commands.ts';
import { helpText, notUnderstoodText } from './help-text.ts';
import { readInstruction, readInstructions } from './instructions.ts';
import { explainRepository, lookForNewest, lookForTests } from './questions.ts';
import { counted, listPath, readPath, searchText } from './reading.ts';
import { stepTitle, type Step } from './steps.ts';
import { textContent, type Turn } from './turn.ts';
import { NotDone, type Workplace } from './workplace.ts';

interface Entry {
  readonly title: string;
  /** `null` for an entry of a plan that is no instruction: it is shown and nothing is done. */
  readonly step: Step | null;
}

/** Does what a prompt says, in order. The first step that is not done leaves the rest undone. */
export async function carryOut(turn: Turn, place: Workplace, prompt: string): Promise<void> {
  const { steps, notUnderstood } = readInstructions(prompt);
  if (steps.length === 0) {
    await turn.say(notUnderstoodText(shortened(prompt.trim())));
    return;
  }
  const only = steps[0];
  const entries: Entry[] =
    steps.length === 1 && only?.kind === 'plan'
      ? only.entries.map((entry) => ({ title: entry, step: readInstruction(entry) }))
      : steps.map((step) => ({ title: stepTitle(step), step }));
  const needsThought = entries.length > 1 || only?.kind !== 'help';
  if (needsThought && only?.kind !== 'think') {
    await turn.think(`I read this as: ${entries.map((entry) => entry.title).join('; ')}.`);
  }
  await inOrder(turn, place, entries);
  if (notUnderstood.length > 0) {
    await turn.say(notUnderstoodText(shortened(notUnderstood.join(' / '))));
  }
}

async function inOrder(turn: Turn, place: Workplace, entries: readonly Entry[]): Promise<void> {
  for (const [index, entry] of entries.entries()) {
    await tellPlan(turn, entries, index);
    try {
      if (entry.step) await carryOutStep(turn, place, entry.step);
      else await turn.say(`"${entry.title}" is no instruction; I only tick it off.\n\n`);
    } catch (thrown) {
      if (turn.signal.aborted) throw thrown;
      await turn.say(`${reasonFor(thrown)}${leftUndone(entries.slice(index + 1))}\n`);
      return;
    }
  }
  await tellPlan(turn, entries, entries.length);
  if (entries.length > 1) await turn.say(`Done: ${counted(entries.length, 'step')}.\n`);
}

async function tellPlan(turn: Turn, entries: readonly Entry[], at: number): Promise<void> {
  if (entries.length < 2) return;
  await turn.update({
    sessionUpdate: 'plan',
    entries: entries.map((entry, index): PlanEntry => {
      const begun = index === at ? 'in_progress' : 'pending';
      return { content: entry.title, priority: 'medium', status: index < at ? 'completed' : begun };
    }),
  });
}

async function carryOutStep(turn: Turn, place: Workplace, step: Step): Promise<void> {
  switch (step.kind) {
    case 'read':
      return readPath(turn, place, step.path);
    case 'list': {
      const names = await listPath(turn, place, step.path);
      const shown = names.map((name) => `- \`${name}\``).join('\n');
      return turn.say(`${names.length === 0 ? 'It is empty.' : shown}\n\n`);
    }
    case 'search':
      return searchText(turn, place, step.text, step.path);
    case 'create':
      return createFile(turn, place, step.path, step.content);
    case 'overwrite':
      return overwriteFile(turn, place, step.path, step.content);
    case 'edit':
      return editFile(turn, place, step.path, step.change);
    case 'delete':
      return deleteFile(turn, place, step.path);
    case 'run':
      return runCommand(turn, place, step.command);
    case 'plan':
      return inOrder(
        turn,
        place,
        step.entries.map((entry) => ({ title: entry, step: readInstruction(entry) })),
      );
    case 'think':
      return turn.think(step.text);
    case 'say':
      return turn.say(`${step.text}\n\n`);
    case 'wait':
      return waitFor(turn, step.seconds);
    case 'help':
      return turn.say(helpText);
    case 'explain':
      return explainRepository(turn, place);
    case 'tests':
      return lookForTests(turn, place);
    case 'newest':
      return lookForNewest(turn, place);
  }
}

/** Waits the seconds that were asked for, whatever the pace of words is. */
async function waitFor(turn: Turn, seconds: number): Promise<void> {
  await turn.tool({ title: `Wait ${String(seconds)} s`, kind: 'other' }, 'free', async (report) => {
    for (let left = seconds; left > 0; left -= 1) {
      await report([textContent(`${String(Math.ceil(left))} s left`)]);
      await turn.wait(Math.min(left, 1) * 1000, turn.signal);
    }
    return { status: 'completed', content: [textContent(`waited ${String(seconds)} s`)] };
  });
  await turn.say(`I waited ${String(seconds)} s.\n\n`);
}

const reasonFor = (thrown: unknown): string =>
  thrown instanceof NotDone
    ? thrown.message
    : `That failed: ${thrown instanceof Error ? thrown.message : String(thrown)}`;

const leftUndone = (rest: readonly Entry[]): string =>
  rest.length === 0
    ? ''
    : ` I left the rest undone: ${rest.map((entry) => entry.title).join('; ')}.`;

const shortened = (words: string): string =>
  words.length <= 200 ? words : `${words.slice(0, 199)}…`;
