import type { CommandId } from '#lib/domain/ids.ts';

/**
 * Called before an entry of the queue may leave its list, so that the place beside it is known; what it returns is called when it
 * left, with the entry that came for it.
 */
export type Leave = (id: string) => (next: CommandId | null) => void;
