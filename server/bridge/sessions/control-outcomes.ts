import type { ControlOutcome } from '../../journal/contract.ts';
import type { Write } from '../../storage/contract.ts';

export const refused = (message: string): ControlOutcome => ({
  state: 'refused',
  message,
  writes: [],
});

export function done(parts: {
  readonly message?: string;
  readonly writes?: readonly Write[];
  readonly effect?: () => void;
}): ControlOutcome {
  const { message = null, writes = [], effect } = parts;
  return { state: 'done', message, writes, ...(effect === undefined ? {} : { effect }) };
}
