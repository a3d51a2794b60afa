/**
 * The version of everything that crosses the wire: schemas, message types, room shapes. Raised when an old build could
 * misread a new one. `protocol.test.ts` hashes the schemas and fails when they change without a decision here.
 *
 * 1: first version.
 */
export const protocolVersion = 1;

/** The subprotocol of the socket that carries all rooms of a tab. */
export const muxSubprotocol = 'rejoin.1';

/** Close codes of rooms and sockets. 4400 to 4499 are final for y-websocket 3.1: it does not come back by itself. */
export const closeCodes = {
  noCredential: 4401,
  notAllowed: 4403,
  deleted: 4404,
  outdated: 4409,
  sealed: 4410,
  tooLarge: 4413,
  tryAgain: 1013,
} as const;

/** A code after which the same room, opened again in the same way, would be closed in the same way. */
export const isFinalClose = (code: number): boolean => code >= 4400 && code < 4500;

/** Message types inside a room's channel. 0 and 1 are y-protocols'; from 100 on they are ours, for clients that spoke one first. */
export const messageTypes = {
  sync: 0,
  awareness: 1,
  auth: 2,
  queryAwareness: 3,
  ack: 100,
  position: 101,
  refusal: 102,
} as const;

/** Kinds of control frame on channel 0. */
export const controlTypes = { open: 0, close: 1, beat: 2, hello: 3 } as const;
