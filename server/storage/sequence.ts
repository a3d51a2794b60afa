import type { Write } from './contract.ts';

/** The position that a write stands at; 0 for what has none. */
export function positionOf(write: Write): number {
  switch (write.kind) {
    case 'update':
    case 'snapshot':
    case 'time_mark':
      return write.seq;
    case 'operation':
      return write.row.operation.seq;
    case 'item':
      return write.item.seq;
    default:
      return 0;
  }
}

/** The bridge's one sequence: numbers that were given out, and the highest that is on disk. */
export class Sequence {
  #allocated: number;
  #position: number;

  constructor(allocated: number, position: number) {
    this.#allocated = Math.max(allocated, position);
    this.#position = position;
  }

  get allocated(): number {
    return this.#allocated;
  }

  get position(): number {
    return this.#position;
  }

  allocate(): number {
    this.#allocated += 1;
    return this.#allocated;
  }

  /** Notes that batches with these highest positions are on disk. */
  reached(position: number): void {
    this.#position = Math.max(this.#position, position);
    this.#allocated = Math.max(this.#allocated, position);
  }
}
