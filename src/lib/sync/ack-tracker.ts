import type { RoomMessage } from './wire/ack-frames.ts';

export interface AckListener {
  /** All edits up to this number are on the bridge's disk. */
  acknowledged(edits: number): void;
  /** The bridge said where it is. */
  position(epoch: string, seq: number): void;
  /** Something that was sent after the last acknowledged mark was refused. */
  refused(reason: string): void;
}

interface Mark {
  readonly n: number;
  readonly edits: number;
}

/**
 * Which edits of one document the bridge has acknowledged (DESIGN 4.4, types 100 to 102). Edits are numbered from 1 over the life of
 * the document; marks from 1 over each opening of its room.
 *
 * Marks are sent only after this opening carried our answer to the bridge's state vector: what was sent before may lack
 * predecessors, so an acknowledgement of it would promise too much.
 */
export class AckTracker {
  readonly #listener: AckListener;
  #send: ((message: RoomMessage) => void) | null = null;
  #answered = false;
  #markPlanned = false;
  #marks: Mark[] = [];
  #lastMark = 0;
  #marked = 0;
  #edits = 0;
  #acknowledged = 0;
  #confirmations: { mark: number | null; readonly resolve: () => void }[] = [];

  constructor(listener: AckListener) {
    this.#listener = listener;
  }

  /** How many edits there were. */
  get edits(): number {
    return this.#edits;
  }

  get acknowledgedEdits(): number {
    return this.#acknowledged;
  }

  /** Counts a change that did not come from the bridge. @returns its number */
  edited(): number {
    this.#edits += 1;
    this.#markSoon();
    return this.#edits;
  }

  /** The room was opened on a socket. */
  opened(send: (message: RoomMessage) => void): void {
    this.#send = send;
    this.#answered = false;
    this.#marks = [];
    this.#lastMark = 0;
    this.#marked = 0;
    for (const confirmation of this.#confirmations) confirmation.mark = null;
  }

  /** Everything this device has and the bridge lacks was sent on this opening. */
  answered(): void {
    this.#answered = true;
    this.#mark();
  }

  closed(): void {
    this.#send = null;
    this.#answered = false;
  }

  /** Resolves when all that is in the document now is on the bridge's disk, whoever changed it; waits for a connection. */
  confirm(): Promise<void> {
    return new Promise((resolve) => {
      this.#confirmations.push({ mark: null, resolve });
      this.#markSoon();
    });
  }

  receive(message: RoomMessage): void {
    switch (message.type) {
      case 'ack':
        this.#listener.position(message.epoch, message.seq);
        this.#acknowledge(message.n);
        break;
      case 'position':
        this.#listener.position(message.epoch, message.seq);
        break;
      case 'refusal':
        this.#answered = false;
        this.#listener.refused(message.reason);
        break;
      case 'mark':
        throw new Error('expected an acknowledgement from the bridge, got a mark');
    }
  }

  #markSoon(): void {
    if (this.#markPlanned || !this.#answered) return;
    this.#markPlanned = true;
    // After the provider has sent the edit, and once for all edits of one tick.
    queueMicrotask(() => {
      this.#markPlanned = false;
      this.#mark();
    });
  }

  #mark(): void {
    if (!this.#answered || this.#send === null) return;
    const unmarked = this.#confirmations.filter(({ mark }) => mark === null);
    // The first mark of an opening is sent in any case: it covers what was answered.
    if (this.#lastMark > 0 && this.#marked === this.#edits && unmarked.length === 0) return;
    this.#lastMark += 1;
    this.#marked = this.#edits;
    this.#marks.push({ n: this.#lastMark, edits: this.#edits });
    for (const confirmation of unmarked) confirmation.mark = this.#lastMark;
    this.#send({ type: 'mark', n: this.#lastMark });
  }

  #acknowledge(n: number): void {
    const covered = this.#marks.filter((mark) => mark.n <= n);
    this.#marks = this.#marks.filter((mark) => mark.n > n);
    const edits = covered.at(-1)?.edits ?? 0;
    if (edits > this.#acknowledged || (covered.length > 0 && edits === this.#edits)) {
      this.#acknowledged = Math.max(edits, this.#acknowledged);
      this.#listener.acknowledged(this.#acknowledged);
    }
    const confirmed = this.#confirmations.filter(({ mark }) => mark !== null && mark <= n);
    this.#confirmations = this.#confirmations.filter(({ mark }) => mark === null || mark > n);
    for (const { resolve } of confirmed) resolve();
  }
}
