import * as Y from 'yjs';
import { dependenciesOf, endOf, type Struct } from './update-content.ts';

export interface CausalOrder {
  /** What can be placed, each after everything it refers to; what is known already is left out. */
  readonly ready: readonly Struct[];
  /** What lacks predecessors, in the order of each client's clock. */
  readonly blocked: readonly Struct[];
}

/**
 * Orders the structs of an update so that each prefix of them is a valid update.
 *
 * @param known how far the receiver has each client's structs already
 */
export function causalOrder(
  structs: readonly Struct[],
  known: (client: number) => number,
): CausalOrder {
  const queues = Map.groupBy(structs, ({ id }) => id.client);
  const reached = new Map<number, number>();
  const next = new Map<number, number>();
  const waiters = new Map<number, Set<number>>();
  const ready: Struct[] = [];

  const stateOf = (client: number): number => reached.get(client) ?? known(client);
  const missingClient = (struct: Struct): number | null =>
    dependenciesOf(struct).find(
      ({ client, clock }) => client !== struct.id.client && clock >= stateOf(client),
    )?.client ?? null;

  /** Places what it can of one client; true when that was anything. */
  const advance = (client: number): boolean => {
    const queue = queues.get(client) ?? [];
    const from = next.get(client) ?? 0;
    let index = from;
    for (; index < queue.length; index += 1) {
      const struct = queue[index];
      if (struct === undefined || endOf(struct) <= stateOf(client)) continue;
      if (struct.id.clock > stateOf(client) || struct instanceof Y.Skip) break;
      const missing = missingClient(struct);
      if (missing !== null) {
        const waiting = waiters.get(missing) ?? new Set();
        waiters.set(missing, waiting.add(client));
        break;
      }
      ready.push(struct);
      reached.set(client, endOf(struct));
    }
    next.set(client, index);
    return index > from;
  };

  const work = [...queues.keys()];
  for (let client = work.pop(); client !== undefined; client = work.pop()) {
    if (!advance(client)) continue;
    work.push(...(waiters.get(client) ?? []));
    waiters.delete(client);
  }
  const blocked = [...queues].flatMap(([client, queue]) => queue.slice(next.get(client) ?? 0));
  return { ready, blocked };
}
