import { isUndelivered, type OutboxEntry } from '#lib/domain/outbox.ts';
import type { SessionInfo } from '#lib/domain/session.ts';

/** The one state that a list shows of a session: the first that applies, in this order. */
export type SessionStanding =
  | { readonly kind: 'needs'; readonly what: string | null }
  | { readonly kind: 'login_needed' }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'running'; readonly doing: string | null }
  | { readonly kind: 'ended'; readonly message: string | null }
  /** Prompts that only this device has. */
  | { readonly kind: 'waiting'; readonly prompts: number }
  | { readonly kind: 'unread' }
  | { readonly kind: 'idle' }
  /** Begun here; the bridge does not list it yet. */
  | { readonly kind: 'begun'; readonly delivered: boolean }
  | { readonly kind: 'refused'; readonly why: string };

export interface StandingInputs {
  readonly info: SessionInfo;
  /** The newest item that this person saw; 0 for none. */
  readonly readSeq: number;
  readonly promptsHere: number;
  readonly hasConflict: boolean;
}

export function standingOf({
  info,
  readSeq,
  promptsHere,
  hasConflict,
}: StandingInputs): SessionStanding {
  if (info.openPermissions > 0 || info.needs !== null) return { kind: 'needs', what: info.needs };
  if (info.run === 'login_needed') return { kind: 'login_needed' };
  if (hasConflict) return { kind: 'conflict' };
  if (info.run === 'running') return { kind: 'running', doing: info.doing };
  if (info.run === 'starting') return { kind: 'starting' };
  if (promptsHere > 0) return { kind: 'waiting', prompts: promptsHere };
  if (info.run === 'ended') return { kind: 'ended', message: info.endedMessage };
  return info.lastSeq > readSeq ? { kind: 'unread' } : { kind: 'idle' };
}

/** The standing of a session that only its `session.create` tells of. */
export function standingOfBegun(entry: OutboxEntry): SessionStanding {
  if (entry.state === 'refused')
    return { kind: 'refused', why: entry.message ?? entry.lastError ?? '' };
  if (entry.state === 'settled' && entry.operationState !== 'done')
    return { kind: 'refused', why: entry.message ?? '' };
  return { kind: 'begun', delivered: !isUndelivered(entry) };
}

/** Whether a person has to do something before it goes on. */
export const needsPerson = ({ kind }: SessionStanding): boolean =>
  kind === 'needs' || kind === 'login_needed' || kind === 'conflict';
