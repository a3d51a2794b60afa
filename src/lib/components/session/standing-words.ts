import { sessionTexts as texts } from '#lib/components/messages/session.ts';
import { assertNever } from '#lib/domain/failure.ts';
import type { ListedSession } from '#lib/views/session-list.svelte.ts';
import type { SessionStanding } from '#lib/views/session-standing.ts';

/** The mark of a state; what runs turns only while the bridge says so now. */
export function markOf(standing: SessionStanding, live: boolean) {
  switch (standing.kind) {
    case 'needs':
    case 'login_needed':
      return 'needs';
    case 'conflict':
      return 'conflict';
    case 'starting':
    case 'running':
      return live ? 'running' : 'held';
    case 'ended':
    case 'refused':
      return 'failed';
    case 'waiting':
      return 'waiting';
    case 'begun':
      return standing.delivered ? 'held' : 'waiting';
    case 'unread':
      return 'unread';
    case 'idle':
      return 'idle';
    default:
      return assertNever(standing);
  }
}

export function toneOf({ kind }: SessionStanding): string {
  switch (kind) {
    case 'needs':
    case 'login_needed':
      return 'needs';
    case 'conflict':
      return 'conflict';
    case 'ended':
    case 'refused':
      return 'fail';
    case 'waiting':
    case 'begun':
      return 'waiting';
    case 'starting':
    case 'running':
    case 'unread':
    case 'idle':
      return 'plain';
    default:
      return assertNever(kind);
  }
}

/** The second line of a session in a list: its state, and what of it is only on this device. */
export function wordsOf(session: ListedSession): string {
  const words = standingWords(session);
  const said = session.standing.kind === 'waiting';
  return session.promptsHere > 0 && !said
    ? `${words} · ${texts.promptsHere(session.promptsHere)}`
    : words;
}

function standingWords({ standing, agentName, branch }: ListedSession): string {
  switch (standing.kind) {
    case 'needs':
      return standing.what ?? texts.needsYou;
    case 'login_needed':
      return texts.loginNeeded;
    case 'conflict':
      return texts.conflict;
    case 'starting':
      return texts.starting;
    case 'running':
      return standing.doing ?? texts.running;
    case 'ended':
      return standing.message ?? texts.ended;
    case 'waiting':
      return texts.promptsHere(standing.prompts);
    case 'begun':
      return standing.delivered ? texts.accepted : texts.onDevice;
    case 'refused':
      return texts.refused(standing.why);
    case 'unread':
      return texts.finishedUnread;
    case 'idle':
      return texts.agentAndBranch(agentName, branch);
    default:
      return assertNever(standing);
  }
}
