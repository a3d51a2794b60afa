import type { StorageState } from './contract.ts';

/** One object each: saying the same state again tells nobody, so whoever reads anew at `kept` does not with every write. */
export const opening: StorageState = { kind: 'opening' };
export const kept: StorageState = { kind: 'kept' };
export const full: StorageState = { kind: 'full' };

const severity: Record<StorageState['kind'], number> = {
  kept: 0,
  opening: 1,
  full: 2,
  memory_only: 3,
};

/** The state that needs a person most, of several. */
export const worstStorage = (states: readonly StorageState[]): StorageState =>
  states.reduce(
    (worst, state) => (severity[state.kind] > severity[worst.kind] ? state : worst),
    kept,
  );
