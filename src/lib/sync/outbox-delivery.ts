import type { Cancel, Clock, Random, Scheduler } from '#lib/domain/clock.ts';
import type { OutboxEntry } from '#lib/domain/outbox.ts';
import { retryDelay } from '#lib/domain/retry.ts';
import type { BridgeHttp } from './bridge-http.ts';
import type { DeviceOutbox } from './outbox.ts';
import { afterAttempt, inNewEpoch, nextToDeliver } from './outbox-entries.ts';
import type { TabLife } from './tab-life.ts';

/** How long it waits for another tab that seems to deliver; then it does so itself, which is safe. */
const otherTabMsMax = 5000;

export interface DeliveryOptions {
  readonly outbox: DeviceOutbox;
  readonly http: BridgeHttp;
  readonly life: TabLife;
  readonly clock: Clock;
  readonly random: Random;
  readonly scheduler: Scheduler;
  /** Whether the bridge has proved its key: nothing is sent to another. */
  readonly isOnline: () => boolean;
  /** Brings up contents that commands name. */
  readonly uploadBlobs: () => Promise<void>;
  /** The bridge does not know this device's credential. */
  readonly unauthorized: () => void;
  readonly delivered: () => void;
}

/**
 * Brings commands to the bridge, in order, each again until there is an answer. Any tab may deliver at any time: a command is
 * accepted once by its id, so the lock among tabs saves requests and protects nothing.
 */
export class OutboxDelivery {
  readonly #options: DeliveryOptions;
  #running = false;
  #again = false;
  #stopped = false;
  #cancelRetry: Cancel = () => undefined;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** Tries what is due. */
  deliver(): void {
    void this.#run((task) => this.#options.life.alone('outbox', task));
  }

  /** The bridge is there (again): what had used up its attempts is tried too. */
  async connected(isNewEpoch: boolean): Promise<void> {
    if (isNewEpoch) await this.#options.outbox.updateAll(inNewEpoch);
    await this.#options.outbox.askAgain();
    this.deliver();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelRetry();
  }

  async #run(alone: (task: () => Promise<void>) => Promise<boolean>): Promise<void> {
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.#running = true;
    this.#cancelRetry();
    try {
      do {
        this.#again = false;
        const isMine = await alone(() => this.#deliverDue());
        if (!isMine && nextToDeliver(this.#options.outbox.entries.read()) !== null)
          this.#later(otherTabMsMax, async (task) => {
            await task();
            return true;
          });
      } while (this.#again);
    } finally {
      this.#running = false;
    }
  }

  async #deliverDue(): Promise<void> {
    const { clock, isOnline, outbox, uploadBlobs } = this.#options;
    for (;;) {
      const entry = nextToDeliver(outbox.entries.read());
      if (entry === null || this.#stopped || !isOnline()) return;
      // Its attempts are used up: it waits for a person or the next connection, and those behind it wait with it.
      if (entry.attempts > 0 && entry.nextAttemptAt === null) return;
      const wait = (entry.nextAttemptAt ?? 0) - clock.now();
      if (wait > 0) {
        this.#later(wait, (task) => this.#options.life.alone('outbox', task));
        return;
      }
      await uploadBlobs();
      if (!(await this.#attempt(entry))) return;
    }
  }

  /** @returns whether the next entry may go */
  async #attempt(entry: OutboxEntry): Promise<boolean> {
    const { clock, delivered, http, outbox, random, unauthorized } = this.#options;
    const { id } = entry.command;
    // On disk before the request leaves: from now on the bridge may have it.
    await outbox.update(id, (present) => ({ ...present, state: 'sending' }));
    const answer = await http.command(entry.command);
    const attempted = afterAttempt(entry, answer, clock.now(), (attempts) =>
      retryDelay(attempts, random),
    );
    await outbox.update(id, (present) =>
      // Another tab may have heard the answer first.
      present.state === 'sending' || present.state === 'waiting' ? attempted.entry : present,
    );
    switch (attempted.kind) {
      case 'delivered':
        delivered();
        return true;
      case 'refused':
        return true;
      case 'held':
        unauthorized();
        return false;
      case 'again':
        this.#again = true;
        return false;
    }
  }

  #later(delayMs: number, alone: (task: () => Promise<void>) => Promise<boolean>): void {
    this.#cancelRetry();
    this.#cancelRetry = this.#options.scheduler.after(delayMs, () => {
      if (!this.#stopped) void this.#run(alone);
    });
  }
}
