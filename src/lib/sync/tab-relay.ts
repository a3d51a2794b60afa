import * as Y from 'yjs';
import * as z from 'zod/mini';
import type { Room } from '#lib/domain/room.ts';
import {
  changeLabelSchema,
  labelOf,
  RelayedEdit,
  shortened,
  unnamedChange,
} from './change-labels.ts';
import type { OpenTabChannel, TabChannel } from './tab-channel.ts';

const bytes = z.custom<Uint8Array>((value) => value instanceof Uint8Array);
const relayMessageSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('update'), update: bytes, label: changeLabelSchema }),
  /** A tab opened the document and says what it has. */
  z.object({ kind: z.literal('hello'), vector: bytes }),
  z.object({ kind: z.literal('answer'), update: bytes, vector: bytes }),
  /** The bridge refused a change: the copy is being replaced by the bridge's state, whose vector this is. */
  z.object({ kind: z.literal('set_aside'), vector: bytes }),
  z.object({ kind: z.literal('replaced') }),
]);
type RelayMessage = z.infer<typeof relayMessageSchema>;

export interface RelayListener {
  setAside(bridgeVector: Uint8Array): void;
  replaced(): void;
}

/**
 * Tells the other tabs of this browser what was edited here, with an origin of its own on their side, so that each tab stores it,
 * sends it to the bridge and counts it as unacknowledged: an edit survives the tab that made it. y-websocket's own channel is
 * off, since its updates look as if the bridge had sent them.
 */
export class TabRelay {
  readonly #doc: Y.Doc;
  readonly #room: Room;
  readonly #channel: TabChannel;
  #isMuted = false;
  readonly #onUpdate: (
    update: Uint8Array,
    origin: unknown,
    doc: Y.Doc,
    transaction: Y.Transaction,
  ) => void;

  constructor(name: string, room: Room, doc: Y.Doc, open: OpenTabChannel, listener: RelayListener) {
    this.#doc = doc;
    this.#room = room;
    this.#channel = open(name, (message) => {
      const parsed = relayMessageSchema.safeParse(message);
      // Another version of the app may run in the other tab.
      if (parsed.success) this.#receive(parsed.data, listener);
    });
    this.#onUpdate = (update, origin, _doc, transaction) => {
      if (transaction.local && !(origin instanceof RelayedEdit))
        this.#post({ kind: 'update', update, label: shortened(labelOf(origin, room)) });
    };
    doc.on('update', this.#onUpdate);
  }

  /** Once what this tab has was loaded: exchanges it with the others. */
  greet(): void {
    this.#post({ kind: 'hello', vector: Y.encodeStateVector(this.#doc) });
  }

  post(message: Extract<RelayMessage, { kind: 'set_aside' | 'replaced' }>): void {
    this.#post(message);
  }

  /** Neither gives nor takes edits any more, so that what is set aside reaches no fresh copy; still tells of the replacement. */
  mute(): void {
    this.#isMuted = true;
    this.#doc.off('update', this.#onUpdate);
  }

  close(): void {
    this.mute();
    this.#channel.close();
  }

  #post(message: RelayMessage): void {
    this.#channel.post(message);
  }

  #receive(message: RelayMessage, listener: RelayListener): void {
    const doc = this.#doc;
    if (this.#isMuted && message.kind !== 'set_aside' && message.kind !== 'replaced') return;
    switch (message.kind) {
      case 'update':
        Y.applyUpdate(doc, message.update, new RelayedEdit(message.label));
        break;
      case 'hello':
        this.#post({
          kind: 'answer',
          update: Y.encodeStateAsUpdate(doc, message.vector),
          vector: Y.encodeStateVector(doc),
        });
        break;
      case 'answer': {
        Y.applyUpdate(doc, message.update, new RelayedEdit(unnamedChange(this.#room)));
        const lacking = Y.encodeStateAsUpdate(doc, message.vector);
        // An update of nothing is two zeros.
        if (lacking.length > 2)
          this.#post({ kind: 'update', update: lacking, label: unnamedChange(this.#room) });
        break;
      }
      case 'set_aside':
        listener.setAside(message.vector);
        break;
      case 'replaced':
        listener.replaced();
        break;
    }
  }
}
