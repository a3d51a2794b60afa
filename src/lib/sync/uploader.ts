import type { Scheduler } from '#lib/domain/clock.ts';
import { limits } from '#lib/domain/limits.ts';
import { parseRoomName } from '#lib/domain/room.ts';
import type { DirtyMark, DirtyMarks } from './dirty-marks.ts';
import type { Replicas } from './replicas.ts';
import type { TabLife } from './tab-life.ts';

/** How often it looks for rows that a tab left behind. */
const lookEveryMs = 15_000;

/**
 * Brings to the bridge what tabs that are gone had not: each room that a row of theirs names is loaded, sent and confirmed, then
 * the row is removed. Any tab may do it and doing it twice is harmless; that one tab leads only saves work.
 */
export class Uploader {
  readonly #marks: DirtyMarks;
  readonly #replicas: Replicas;
  readonly #life: TabLife;
  readonly #scheduler: Scheduler;
  readonly #isOnline: () => boolean;
  readonly #uploading = new Set<string>();
  readonly #unsubscribe: () => void;
  #stopped = false;

  constructor(options: {
    readonly marks: DirtyMarks;
    readonly replicas: Replicas;
    readonly life: TabLife;
    readonly scheduler: Scheduler;
    readonly isOnline: () => boolean;
  }) {
    this.#marks = options.marks;
    this.#replicas = options.replicas;
    this.#life = options.life;
    this.#scheduler = options.scheduler;
    this.#isOnline = options.isOnline;
    this.#unsubscribe = this.#life.leading.subscribe(() => {
      this.look();
    });
    this.#lookLater();
  }

  stop(): void {
    this.#stopped = true;
    this.#unsubscribe();
  }

  /** Looks now: after a start, a connection, or when another tab says that it left something. */
  look(): void {
    if (this.#stopped || !this.#isOnline() || !this.#life.leading.read()) return;
    void this.#uploadAll();
  }

  #lookLater(): void {
    this.#scheduler.after(lookEveryMs, () => {
      if (this.#stopped) return;
      this.look();
      this.#lookLater();
    });
  }

  async #uploadAll(): Promise<void> {
    await this.#marks.reload();
    const alive = await this.#life.alive();
    const left = this.#marks.rows.read().filter(({ tab }) => !alive.has(tab));
    const rooms = [...Map.groupBy(left, ({ room }) => room)].filter(
      ([room]) => !this.#uploading.has(room),
    );
    const next = rooms.values();
    await Promise.all(
      Array.from({ length: limits.roomsUploadedAtOnceMax }, async () => {
        for (const [room, marks] of next) await this.#upload(room, marks);
      }),
    );
  }

  async #upload(name: string, marks: readonly DirtyMark[]): Promise<void> {
    const room = parseRoomName(name);
    if (room === null || this.#stopped) return;
    this.#uploading.add(name);
    const replica = this.#replicas.open(room);
    try {
      await replica.whenLoaded;
      replica.shared.askAgain();
      const { copy } = replica.shared;
      // What this tab could not read from the disk it cannot vouch for: then the row stays.
      await copy.persistence.catchUp();
      await this.#confirmed(copy.tracker.confirm());
      if (replica.shared.copy === copy) await this.#marks.removeUploaded(marks);
    } catch {
      // Looked at again later; the row says so until then.
    } finally {
      replica.release();
      this.#uploading.delete(name);
    }
  }

  async #confirmed(confirmation: Promise<void>): Promise<void> {
    const late = Promise.withResolvers<never>();
    const cancel = this.#scheduler.after(limits.requestMsMax, () => {
      late.reject(new Error('the bridge did not acknowledge in time'));
    });
    try {
      await Promise.race([confirmation, late.promise]);
    } finally {
      cancel();
    }
  }
}
