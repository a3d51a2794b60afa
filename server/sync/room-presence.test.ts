import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate } from 'y-protocols/awareness';
import { afterEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { deviceIdSchema, personIdSchema } from '#lib/domain/ids.ts';
import { limits } from '#lib/domain/limits.ts';
import { ManualTime } from '../../tests/fixtures/manual-time.ts';
import type { RoomMember } from './room-member.ts';
import { RoomPresence } from './room-presence.ts';

/** A stock awareness on the other end of a member's wire; it sends again what it hears, as y-websocket does. */
interface Seat {
  readonly member: RoomMember;
  readonly awareness: Awareness;
  readonly device: string;
}

const seats: Seat[] = [];
const time = new ManualTime();
let presence = new RoomPresence(time, time, () => seats.map(({ member }) => member));

afterEach(() => {
  for (const { awareness } of seats.splice(0)) awareness.destroy();
  presence = new RoomPresence(time, time, () => seats.map(({ member }) => member));
});

function sit(device: string, person: string): Seat {
  const awareness = new Awareness(new Y.Doc());
  awareness.setLocalState(null);
  const member: RoomMember = {
    identity: () => ({
      deviceId: deviceIdSchema.parse(device),
      personId: personIdSchema.parse(person),
    }),
    mayWrite: () => true,
    committed: () => undefined,
    presence(frame) {
      const decoder = decoding.createDecoder(frame);
      decoding.readVarUint(decoder);
      applyAwarenessUpdate(awareness, decoding.readVarUint8Array(decoder), 'wire');
    },
    heldEnded: () => undefined,
    refused: () => undefined,
    resumed: () => undefined,
    closed: () => undefined,
  };
  awareness.on('update', (change: { added: number[]; updated: number[]; removed: number[] }) => {
    const clients = [...change.added, ...change.updated, ...change.removed];
    presence.receive(member, encodeAwarenessUpdate(awareness, clients));
  });
  const seat = { member, awareness, device };
  seats.push(seat);
  const present = presence.frame();
  if (present !== null) member.presence(present);
  return seat;
}

const leave = (seat: Seat): void => {
  seats.splice(seats.indexOf(seat), 1);
  presence.leave(seat.member);
};

const entry = (client: number, clock: number, state: unknown): Uint8Array =>
  encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, 1);
    encoding.writeVarUint(encoder, client);
    encoding.writeVarUint(encoder, clock);
    encoding.writeVarString(encoder, JSON.stringify(state));
  });

const seenBy = (seat: Seat): unknown[] =>
  [...seat.awareness.getStates()]
    .filter(([client]) => client !== seat.awareness.clientID)
    .map(([, state]) => state);

describe('presence', () => {
  test('[SY15] the identity in a state is that of the connection, whatever it says', () => {
    const laptop = sit('laptop', 'mara');
    const phone = sit('phone', 'ben');
    phone.awareness.setLocalState({ personId: 'mara', deviceId: 'laptop', typing: 'note' });
    expect(seenBy(laptop)).toEqual([{ personId: 'ben', deviceId: 'phone', typing: 'note' }]);
  });

  test('[SY15] nobody can speak for the client id of another, nor silence it with a great clock', () => {
    const laptop = sit('laptop', 'mara');
    const phone = sit('phone', 'ben');
    const guest = sit('guest', 'eve');
    laptop.awareness.setLocalState({ typing: 'prompt' });
    presence.receive(guest.member, entry(laptop.awareness.clientID, 10 ** 9, { typing: 'note' }));
    presence.receive(guest.member, entry(laptop.awareness.clientID, 10 ** 9, null));
    expect(seenBy(phone)).toEqual([{ personId: 'mara', deviceId: 'laptop', typing: 'prompt' }]);
    laptop.awareness.setLocalState({ typing: null });
    expect(seenBy(phone)).toEqual([{ personId: 'mara', deviceId: 'laptop', typing: null }]);
  });

  test('[SY15] a connection has one client id: further ones are not heard', () => {
    const laptop = sit('laptop', 'mara');
    const guest = sit('guest', 'eve');
    for (let client = 1; client < 1000; client += 1)
      presence.receive(guest.member, entry(client, 1, { typing: 'note' }));
    expect(seenBy(laptop)).toHaveLength(1);
    expect(presence.states()).toHaveLength(1);
  });

  test('[SY16] what a client heard and sends again makes it nobody else, in another tab of one device too', () => {
    const laptop = sit('laptop', 'mara');
    const tab = sit('laptop', 'mara');
    const phone = sit('phone', 'ben');
    laptop.awareness.setLocalState({ typing: 'prompt' });
    leave(tab);
    expect(seenBy(phone)).toHaveLength(1);
    phone.awareness.setLocalState({ typing: 'note' });
    expect(seenBy(laptop)).toEqual([{ personId: 'ben', deviceId: 'phone', typing: 'note' }]);
  });

  test('[SY16] a state that comes back after its owner left is not taken for the one who sends it', () => {
    const laptop = sit('laptop', 'mara');
    const phone = sit('phone', 'ben');
    laptop.awareness.setLocalState({ typing: 'prompt' });
    const echo = encodeAwarenessUpdate(phone.awareness, [laptop.awareness.clientID]);
    leave(laptop);
    presence.receive(phone.member, echo);
    expect(presence.states()).toEqual([]);
    phone.awareness.setLocalState({ typing: 'note' });
    expect(presence.states()).toMatchObject([{ deviceId: 'phone' }]);
  });

  test('[SY16] a device that comes back before its old connection was found dead is there once', () => {
    const laptop = sit('laptop', 'mara');
    const phone = sit('phone', 'ben');
    phone.awareness.setLocalState({ typing: 'note' });
    const again: RoomMember = { ...phone.member };
    seats.push({ ...phone, member: again });
    const present = presence.frame();
    if (present !== null) again.presence(present);
    presence.receive(again, entry(phone.awareness.clientID, 7, { typing: null }));
    expect(seenBy(laptop)).toMatchObject([{ deviceId: 'phone', typing: null }]);
    leave(phone);
    expect(seenBy(laptop)).toHaveLength(1);
  });

  test('[SY15] who leaves is gone for the others, and can come back after a restart of the bridge', () => {
    const laptop = sit('laptop', 'mara');
    const phone = sit('phone', 'ben');
    phone.awareness.setLocalState({ typing: 'note' });
    leave(phone);
    expect(seenBy(laptop)).toEqual([]);
    time.advance(10);
    presence = new RoomPresence(time, time, () => seats.map(({ member }) => member));
    seats.push(phone);
    phone.awareness.setLocalState({ typing: null });
    expect(seenBy(laptop)).toHaveLength(1);
  });

  test('[SY15] states are bounded in size and rate, and the latest always arrives', () => {
    const laptop = sit('laptop', 'mara');
    const phone = sit('phone', 'ben');
    phone.awareness.setLocalState({ text: 'x'.repeat(limits.awarenessBytesMax) });
    expect(seenBy(laptop)).toEqual([]);
    let heard = 0;
    laptop.awareness.on('update', () => {
      heard += 1;
    });
    for (let n = 0; n < 500; n += 1) phone.awareness.setLocalState({ n });
    expect(heard).toBeLessThanOrEqual(limits.awarenessPerSecondMax);
    time.advance(1000);
    expect(seenBy(laptop)).toMatchObject([{ n: 499 }]);
  });
});
