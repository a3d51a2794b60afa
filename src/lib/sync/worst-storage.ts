import type { StorageState } from './contract.ts';

const severity: Record<StorageState['kind'], number> = {
  kept: 0,
  opening: 1,
  full: 2,
  memory_only: 3,
};

/** The state that needs a person most, of several. */
export const worstStorage = (states: readonly StorageState[]): StorageState =>
  states.reduce((worst, state) => (severity[state.kind] > severity[worst.kind] ? state : worst), {
    kind: 'kept',
  });
