import { assertNever } from './failure.ts';
import {
  commandIdSchema,
  personIdSchema,
  sessionIdSchema,
  type CommandId,
  type PersonId,
  type SessionId,
} from './ids.ts';
import { limits } from './limits.ts';
import { inScope, type Principal } from './role.ts';

/** One document, by what it holds (DESIGN 4.1). Each has exactly one class of writer (R1). */
export type Room =
  | { readonly kind: 'workspace' }
  | { readonly kind: 'tasks' }
  | { readonly kind: 'session'; readonly sessionId: SessionId }
  | { readonly kind: 'review'; readonly sessionId: SessionId }
  | { readonly kind: 'merge'; readonly operationId: CommandId }
  | { readonly kind: 'person'; readonly personId: PersonId }
  | { readonly kind: 'bridge' }
  | { readonly kind: 'state'; readonly sessionId: SessionId }
  | { readonly kind: 'transcript'; readonly sessionId: SessionId; readonly segment: number };

/** The name of a room on the wire and in storage, e.g. `transcript/<session>/3`. */
export type RoomName = string;

export function roomName(room: Room): RoomName {
  switch (room.kind) {
    case 'workspace':
    case 'tasks':
    case 'bridge':
      return room.kind;
    case 'session':
    case 'review':
    case 'state':
      return `${room.kind}/${room.sessionId}`;
    case 'merge':
      return `merge/${room.operationId}`;
    case 'person':
      return `person/${room.personId}`;
    case 'transcript':
      return `transcript/${room.sessionId}/${String(room.segment)}`;
    default:
      return assertNever(room);
  }
}

/** Parses a room's name. @returns `null` for a name that no room has. */
export function parseRoomName(name: string): Room | null {
  if (name.length > limits.roomNameCharsMax) return null;
  const [kind, id, segment, ...rest] = name.split('/');
  if (rest.length > 0) return null;
  if (kind === 'workspace' || kind === 'tasks' || kind === 'bridge')
    return id === undefined ? { kind } : null;
  if (kind === 'transcript') return parseTranscript(id, segment);
  if (segment !== undefined) return null;
  if (kind === 'session' || kind === 'review' || kind === 'state') {
    const sessionId = sessionIdSchema.safeParse(id);
    return sessionId.success ? { kind, sessionId: sessionId.data } : null;
  }
  if (kind === 'merge') {
    const operationId = commandIdSchema.safeParse(id);
    return operationId.success ? { kind, operationId: operationId.data } : null;
  }
  if (kind === 'person') {
    const personId = personIdSchema.safeParse(id);
    return personId.success ? { kind, personId: personId.data } : null;
  }
  return null;
}

function parseTranscript(id: string | undefined, segment: string | undefined): Room | null {
  const sessionId = sessionIdSchema.safeParse(id);
  if (!sessionId.success || segment === undefined || !/^(0|[1-9]\d{0,6})$/.test(segment))
    return null;
  return { kind: 'transcript', sessionId: sessionId.data, segment: Number(segment) };
}

export type RoomWriter = 'devices' | 'bridge';

/** R1: the one class of writer of a room. `merge/…` is the devices' after the bridge's first update. */
export function writerOf(room: Room): RoomWriter {
  switch (room.kind) {
    case 'bridge':
    case 'state':
    case 'transcript':
      return 'bridge';
    case 'workspace':
    case 'tasks':
    case 'session':
    case 'review':
    case 'merge':
    case 'person':
      return 'devices';
    default:
      return assertNever(room);
  }
}

/** Whether a device may read the room at all; one that may not is answered 4403 before any byte of it. */
export function mayRead(principal: Principal, room: Room): boolean {
  switch (room.kind) {
    case 'workspace':
    case 'tasks':
    case 'bridge':
    case 'merge':
      return principal.scope.kind === 'workspace';
    case 'session':
    case 'review':
    case 'state':
    case 'transcript':
      return inScope(principal.scope, room.sessionId);
    case 'person':
      return principal.personId === room.personId;
    default:
      return assertNever(room);
  }
}

/** Whether an update that a device sends may change the room (DESIGN 4.1, last column). */
export function mayWrite(principal: Principal, room: Room): boolean {
  if (!mayRead(principal, room)) return false;
  switch (room.kind) {
    case 'bridge':
    case 'state':
    case 'transcript':
      return false;
    case 'person':
      return true;
    case 'review':
      return principal.role !== 'viewer';
    case 'workspace':
    case 'tasks':
    case 'session':
    case 'merge':
      return principal.role === 'owner' || principal.role === 'editor';
    default:
      return assertNever(room);
  }
}
