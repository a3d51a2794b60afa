import { transcriptTexts as texts } from '#lib/components/messages/transcript.ts';
import { duration } from '#lib/components/shared/time-words.ts';
import type { Step } from '#lib/views/transcript-row.ts';

/** What a folded group of steps says: "Thought for 6 s, read 4 files, searched Retry-After". `quoted` is the agent's own word. */
export interface StepWords {
  readonly words: string;
  readonly quoted: string | null;
  /** Something of it goes on. */
  readonly running: boolean;
  readonly failed: number;
}

export function stepWords(steps: readonly Step[]): StepWords {
  const looks = steps.flatMap((step) => (step.kind === 'look' ? [step.call] : []));
  const reads = looks.filter((call) => call.toolKind === 'read');
  const searches = looks.filter((call) => call.toolKind === 'search');
  const others = looks.length - reads.length - searches.length;
  const files = [...new Set(reads.flatMap((call) => call.locations.map(({ path }) => path)))];
  const parts = [
    thoughtWords(steps),
    reads.length === 0 ? null : readWords(files, reads.length),
    others === 0 ? null : texts.didOther(others),
    searches.length === 0
      ? null
      : searches.length === 1
        ? 'one'
        : texts.searchedTimes(searches.length),
  ].filter((part) => part !== null);
  const single = searches.length === 1 ? searches[0] : undefined;
  const words = parts.map((part) => (part === 'one' ? texts.searched('').trim() : part)).join(', ');
  const last = steps.at(-1);
  return {
    words: words.charAt(0).toLocaleUpperCase() + words.slice(1),
    quoted: single === undefined ? null : single.title,
    running: last !== undefined && isRunning(last),
    failed: looks.filter((call) => call.status === 'failed').length,
  };
}

function thoughtWords(steps: readonly Step[]): string | null {
  const thoughts = steps.flatMap((step) => (step.kind === 'thought' ? [step] : []));
  if (thoughts.length === 0) return null;
  if (thoughts.some((thought) => thought.endedAt === null)) return texts.thinking;
  const ms = thoughts.reduce((sum, { at, endedAt }) => sum + Math.max(0, (endedAt ?? at) - at), 0);
  return ms < 1000 ? texts.thought : texts.thoughtFor(duration(ms));
}

function readWords(files: readonly string[], reads: number): string {
  const [only] = files;
  if (files.length === 1 && only !== undefined)
    return texts.readFile(only.slice(only.lastIndexOf('/') + 1));
  return texts.readFiles(files.length === 0 ? reads : files.length);
}

const isRunning = (step: Step): boolean =>
  step.kind === 'thought' ? step.endedAt === null : step.call.status === 'in_progress';
