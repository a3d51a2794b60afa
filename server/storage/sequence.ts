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

/** The bridge's one sequence: numbers that were given out, those that are noted on disk, and the highest that is used there. */
export class Sequence {
  #allocated: number;
  #durable: number;
  #position: number;

  constructor(allocated: number, position: number) {
    this.#allocated = Math.max(allocated, position);
    this.#durable = this.#allocated;
    this.#position = position;
  }

  /** The highest number that was given out. */
  get allocated(): number {
    return this.#allocated;
  }

  /** The highest number of which the disk knows that it was given out. */
  get durable(): number {
    return this.#durable;
  }

  /** The highest number that something on disk has. */
  get position(): number {
    return this.#position;
  }

  allocate(): number {
    this.#allocated += 1;
    return this.#allocated;
  }

  /** Notes what is on disk now. */
  reached(position: number, allocated: number): void {
    this.#position = Math.max(this.#position, position);
    this.#durable = Math.max(this.#durable, allocated);
    this.#allocated = Math.max(this.#allocated, this.#durable);
  }
}
