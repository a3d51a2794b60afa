import * as z from 'zod/mini';
import type { ChangeLabel } from '#lib/crdt/origins.ts';
import type { Clock, Scheduler } from '#lib/domain/clock.ts';
import type { BridgeId } from '#lib/domain/ids.ts';
import { parseRoomName, type RoomName } from '#lib/domain/room.ts';
import { changeLabelSchema, shortened, unnamedChange } from './change-labels.ts';
import { changeKey } from './pending-changes.ts';
import { SettableSource } from './settable-source.ts';
import type { Tables } from './tables.ts';

const markSchema = z.object({
  v: z.literal(1),
  bridgeId: z.string(),
  room: z.string(),
  tab: z.string(),
  /** Counts the writes of the row, so that it is removed only as it was read. */
  version: z.number(),
  changes: z.array(z.object({ label: changeLabelSchema, at: z.number() })),
});
export type DirtyMark = z.infer<typeof markSchema>;

interface OwnMark {
  readonly changes: Map<string, { readonly label: ChangeLabel; readonly at: number }>;
  /** Entries that the row names, or will when `written` settles. */
  readonly named: Set<string>;
  version: number;
  written: Promise<void>;
  isWritten: boolean;
  isClear: boolean;
  isPlanned: boolean;
}

/** How long a row outlives the last acknowledgement, and how late a longer text of a named change is written. */
const settleMs = 1000;

/**
 * Which rooms hold edits that the bridge has not acknowledged: one row per room and tab, on disk before the edit's own row is,
 * so that whatever happens to the tab, another one or the next start knows what to upload, without opening every document.
 */
export class DirtyMarks {
  /** Rows of all tabs and of earlier lives, for one bridge. */
  readonly rows = new SettableSource<readonly DirtyMark[]>([]);
  readonly #tables: Tables;
  readonly #bridgeId: BridgeId;
  readonly #tab: string;
  readonly #clock: Clock;
  readonly #scheduler: Scheduler;
  readonly #announce: () => void;
  readonly #own = new Map<RoomName, OwnMark>();

  constructor(options: {
    readonly tables: Tables;
    readonly bridgeId: BridgeId;
    readonly tab: string;
    readonly clock: Clock;
    readonly scheduler: Scheduler;
    /** Tells the other tabs that rows changed. */
    readonly announce: () => void;
  }) {
    this.#tables = options.tables;
    this.#bridgeId = options.bridgeId;
    this.#tab = options.tab;
    this.#clock = options.clock;
    this.#scheduler = options.scheduler;
    this.#announce = options.announce;
  }

  /** Notes a change of this tab. @returns when it is on disk, or `null` when it was already */
  note(room: RoomName, label: ChangeLabel): Promise<void> | null {
    const own = this.#ownMark(room);
    const key = changeKey(label);
    own.isClear = false;
    own.changes.set(key, { label: shortened(label), at: this.#clock.now() });
    if (!own.named.has(key)) {
      own.named.add(key);
      this.#write(room, own);
    } else this.#later(room, own);
    return own.isWritten ? null : own.written;
  }

  /** Nothing of this tab in the room is unacknowledged. */
  clear(room: RoomName): void {
    const own = this.#own.get(room);
    if (own === undefined || own.isClear) return;
    own.isClear = true;
    own.changes.clear();
    this.#later(room, own);
  }

  /** Reads the rows again, after another tab changed them. */
  async reload(): Promise<void> {
    const rows = await this.#tables.transact(['marks'], (transaction) => transaction.list('marks'));
    const marks = rows.flatMap(({ value }) => {
      const parsed = markSchema.safeParse(value);
      return parsed.success && parsed.data.bridgeId === this.#bridgeId ? [parsed.data] : [];
    });
    this.rows.set(marks);
  }

  /** Adds rows for rooms as if a tab that is gone had left them: all of them are uploaded. */
  async addFor(rooms: readonly RoomName[], tab: string): Promise<void> {
    const at = this.#clock.now();
    await this.#tables.transact(['marks'], (transaction) => {
      for (const room of rooms) {
        const parsed = parseRoomName(room);
        if (parsed === null) continue;
        transaction.put('marks', this.#key(room, tab), {
          v: 1,
          bridgeId: this.#bridgeId,
          room,
          tab,
          version: 1,
          changes: [{ label: unnamedChange(parsed), at }],
        } satisfies DirtyMark);
      }
    });
    await this.#changed();
  }

  /** Removes rows of other tabs whose content is on the bridge, unless they were written again since they were read. */
  async removeUploaded(marks: readonly DirtyMark[]): Promise<void> {
    await this.#tables.transact(['marks'], async (transaction) => {
      for (const mark of marks) {
        const key = this.#key(mark.room, mark.tab);
        const present = markSchema.safeParse(await transaction.get('marks', key));
        if (present.success && present.data.version === mark.version)
          transaction.remove('marks', key);
      }
    });
    await this.#changed();
  }

  #ownMark(room: RoomName): OwnMark {
    let own = this.#own.get(room);
    if (own === undefined) {
      own = {
        changes: new Map(),
        named: new Set(),
        version: 0,
        written: Promise.resolve(),
        isWritten: true,
        isClear: true,
        isPlanned: false,
      };
      this.#own.set(room, own);
    }
    return own;
  }

  #write(room: RoomName, own: OwnMark): void {
    own.version += 1;
    const version = own.version;
    const key = this.#key(room, this.#tab);
    own.isWritten = false;
    own.written = this.#tables.transact(['marks'], (transaction) => {
      if (own.changes.size === 0) transaction.remove('marks', key);
      else
        transaction.put('marks', key, {
          v: 1,
          bridgeId: this.#bridgeId,
          room,
          tab: this.#tab,
          version,
          changes: [...own.changes.values()],
        } satisfies DirtyMark);
    });
    void own.written.then(() => {
      if (own.version === version) own.isWritten = true;
      void this.#changed();
    });
  }

  #later(room: RoomName, own: OwnMark): void {
    if (own.isPlanned) return;
    own.isPlanned = true;
    this.#scheduler.after(settleMs, () => {
      own.isPlanned = false;
      // What is removed from the row must be named again before its next edit is stored.
      own.named.clear();
      for (const key of own.changes.keys()) own.named.add(key);
      this.#write(room, own);
    });
  }

  async #changed(): Promise<void> {
    this.#announce();
    await this.reload();
  }

  #key(room: RoomName, tab: string): string {
    return `${this.#bridgeId} ${room} ${tab}`;
  }
}
