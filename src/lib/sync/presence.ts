import * as z from 'zod/mini';
import { derived } from '#lib/crdt/plain-values.ts';
import type { Source } from '#lib/crdt/source.ts';
import type { ConnectionState } from '#lib/domain/connection.ts';
import { deviceIdSchema, personIdSchema, promptIdSchema } from '#lib/domain/ids.ts';
import type { Identity, Presence, PresenceState } from './contract.ts';
import { SettableSource } from './settable-source.ts';
import type { SharedRoom } from './shared-room.ts';

const presenceSchema = z.object({
  personId: personIdSchema,
  deviceId: deviceIdSchema,
  typing: z.nullable(z.enum(['prompt', 'shared draft', 'note'])),
  editing: z.nullable(promptIdSchema),
});

type Doing = Pick<PresenceState, 'typing' | 'editing'>;

/** A use of a room, given back when nobody looks and nothing is said. */
export interface RoomUse {
  readonly shared: SharedRoom;
  release(): void;
}

/**
 * What others do in a room now, over the awareness of its connection; nothing of it is stored. What others say about themselves
 * is parsed like everything that comes in.
 */
export class RoomPresence implements Presence {
  readonly others: Source<readonly PresenceState[]>;
  readonly #open: () => RoomUse;
  readonly #identity: () => Identity | null;
  readonly #seen = new SettableSource<readonly PresenceState[]>([]);
  #watchers = 0;
  #doing: Doing | null = null;
  #use: { readonly room: RoomUse; unfollow(): void } | null = null;
  #forget: () => void = () => undefined;

  constructor(
    open: () => RoomUse,
    identity: () => Identity | null,
    connection: Source<ConnectionState>,
  ) {
    this.#open = open;
    this.#identity = identity;
    const others = derived([this.#seen, connection], () =>
      connection.read().kind === 'online' ? this.#seen.read() : [],
    );
    this.others = {
      read: () => others.read(),
      subscribe: (listener) => {
        const end = others.subscribe(listener);
        this.#watchers += 1;
        this.#settle();
        return () => {
          end();
          this.#watchers -= 1;
          this.#settle();
        };
      },
    };
  }

  set(state: Doing): void {
    this.#doing = state.typing === null && state.editing === null ? null : state;
    this.#settle();
    this.#tell();
  }

  /** Holds the room open exactly while it is needed. */
  #settle(): void {
    const isNeeded = this.#watchers > 0 || this.#doing !== null;
    if (isNeeded && this.#use === null) {
      const room = this.#open();
      const unfollow = room.shared.connection.subscribe(() => {
        this.#follow(room.shared);
      });
      this.#use = { room, unfollow };
      this.#follow(room.shared);
    } else if (!isNeeded && this.#use !== null) {
      this.#tell();
      this.#forget();
      this.#use.unfollow();
      this.#use.room.release();
      this.#use = null;
    }
  }

  #follow(room: SharedRoom): void {
    this.#forget();
    this.#forget = () => undefined;
    const awareness = room.connection.read()?.awareness ?? null;
    if (awareness === null) {
      this.#seen.set([]);
      return;
    }
    const look = (): void => {
      this.#seen.set(
        [...awareness.getStates()].flatMap(([client, state]) => {
          const parsed = presenceSchema.safeParse(state);
          const isOther = client !== awareness.clientID;
          return isOther && parsed.success && parsed.data.deviceId !== this.#identity()?.deviceId
            ? [parsed.data]
            : [];
        }),
      );
    };
    awareness.on('change', look);
    this.#forget = () => {
      awareness.off('change', look);
    };
    look();
    this.#tell();
  }

  #tell(): void {
    const identity = this.#identity();
    const awareness = this.#use?.room.shared.connection.read()?.awareness;
    if (identity === null || awareness === undefined) return;
    const { deviceId, personId } = identity;
    const next = this.#doing === null ? null : { personId, deviceId, ...this.#doing };
    // Saying nothing again would still be a message.
    if (next !== null || awareness.getLocalState() !== null) awareness.setLocalState(next);
  }
}
