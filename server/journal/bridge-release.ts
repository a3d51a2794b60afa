import type { Storage } from '../storage/contract.ts';
import type { ControlHandler } from './contract.ts';

/** `bridge.release`: a person has seen the state of a restored database and lets work go on in it. */
export function bridgeReleaseHandler(
  storage: Pick<Storage, 'life'>,
  released: () => void,
): ControlHandler<'bridge.release'> {
  return ({ params: { epoch } }) => {
    const { life } = storage;
    if (epoch !== life.epoch)
      return {
        state: 'refused',
        message: `The bridge is in epoch ${life.epoch}; the release was for ${epoch}.`,
        writes: [],
      };
    if (!life.paused) return { state: 'done', message: 'The bridge was not paused.', writes: [] };
    return { state: 'done', message: null, writes: [{ kind: 'released' }], effect: released };
  };
}
