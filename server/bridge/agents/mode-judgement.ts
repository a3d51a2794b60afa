import type { AgentMode } from '#lib/domain/session.ts';

/** A mode as an agent offers it, before it is judged. */
export interface OfferedMode {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
}

/**
 * Names under which agents are known to ask before they change anything, or to change nothing, the preferred first. Judged
 * by id alone: a description is the agent's words. Anything else ("build", "act", "agent", "auto", "yolo") may act unasked,
 * or does so depending on a configuration that cannot be seen from here.
 */
const planning = 'plan';
const askingNames = ['default', 'ask', 'manual', 'always-ask', 'read-only', planning];

/** Ids are words in many spellings, or an address whose fragment is the word. */
function wordOf(id: string): string {
  const fragment = id.slice(id.lastIndexOf('#') + 1);
  return fragment
    .replace(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replace(/[\s_]+/g, '-')
    .replace(/^readonly$/, 'read-only');
}

/** An address as id is how one known agent names its modes; its `agent` mode asks. */
const askingRank = (mode: OfferedMode): number => {
  if (/^https?:.*#agent$/.test(mode.id)) return 0;
  return askingNames.indexOf(wordOf(mode.id));
};

/** Programs that were seen to edit files without asking in every mode but the one that plans. */
const editsUnasked = new Set(['kimi']);

/** @param program the name of the agent's program, without its directory */
export const judged = (mode: OfferedMode, program: string): AgentMode => ({
  ...mode,
  asks: askingRank(mode) !== -1 && (!editsUnasked.has(program) || wordOf(mode.id) === planning),
});

/** The mode that asks before it changes anything, or `null` when none is known to; one that only plans is not taken by itself. */
export function askingMode(modes: readonly OfferedMode[]): OfferedMode | null {
  const ranked = modes
    .map((mode) => ({ mode, rank: askingRank(mode) }))
    .filter(({ mode, rank }) => rank !== -1 && wordOf(mode.id) !== planning)
    .sort((one, other) => one.rank - other.rank);
  return ranked[0]?.mode ?? null;
}
