import type { PermissionOption, PermissionRequest } from '#lib/domain/permission.ts';
import type { CommandOf } from '#lib/domain/command.ts';
import { assertNever } from '#lib/domain/failure.ts';
import type { CommandId, PermissionId } from '#lib/domain/ids.ts';
import type { OutboxEntry } from '#lib/domain/outbox.ts';
import type { Author } from '#lib/domain/prompt.ts';
import type { Outbox, Workspace } from '#lib/sync/contract.ts';
import { sourceOf, type SessionDocuments } from './documents.ts';
import type { IdentityView } from './identity.svelte.ts';
import { observe, type Observed } from './observe.svelte.ts';

/** How a request stands, seen from this device. */
export type PermissionStanding =
  | { readonly kind: 'asked' }
  /** This device's answer is on its way; only while `undelivered` can it be taken back. */
  | {
      readonly kind: 'answering';
      readonly commandId: CommandId;
      readonly answer: PermissionOption | null;
      readonly always: boolean;
      readonly undelivered: boolean;
    }
  /** The bridge said no to this device's answer; the request is open still. */
  | { readonly kind: 'answer_refused'; readonly message: string }
  | {
      readonly kind: 'answered';
      readonly option: PermissionOption;
      readonly by: Author;
      readonly at: number;
      readonly here: boolean;
    }
  /** Somebody else's answer came first; this device's changed nothing. */
  | {
      readonly kind: 'too_late';
      readonly option: PermissionOption;
      readonly by: Author;
      readonly at: number;
    }
  | { readonly kind: 'by_rule'; readonly option: PermissionOption; readonly at: number }
  | {
      readonly kind: 'gone';
      readonly why: 'turn_ended' | 'cancelled' | 'agent_ended' | 'bridge_restarted' | 'replaced';
      readonly at: number;
    };

export interface PermissionAnswer {
  readonly option: PermissionOption;
  /** Told to the agent with a rejection. */
  readonly reason?: string;
  /** Also make the bridge's own exact rule. */
  readonly always?: boolean;
  /** One line for the queue. */
  readonly summary: string;
}

/** What the agent asks leave for in one session, and this device's answers. */
export class PermissionsView {
  readonly #outbox: Outbox;
  readonly #session: SessionDocuments;
  readonly #requests: Observed<readonly PermissionRequest[]>;
  readonly #entries: Observed<readonly OutboxEntry[]>;
  readonly #identity: IdentityView;
  /** Ended while they were looked at: they stay until they are closed here, since nothing closes by itself. */
  #closed = $state.raw<readonly PermissionId[]>([]);
  /** Those that were open in the life of this view. */
  #seenOpen: readonly PermissionId[] = [];

  constructor(workspace: Workspace, session: SessionDocuments, identity: IdentityView) {
    this.#outbox = workspace.outbox;
    this.#session = session;
    this.#requests = observe(sourceOf(session.state, (document) => document.permissions));
    this.#entries = observe(workspace.outbox.entries);
    this.#identity = identity;
  }

  /** Oldest first: those that wait, and those that ended under the eyes of this person by another's hand. */
  get shown(): readonly PermissionRequest[] {
    const requests = this.#requests.current;
    const open = requests.filter((request) => request.outcome === null);
    const fresh = open.filter((request) => !this.#seenOpen.includes(request.id));
    if (fresh.length > 0)
      this.#seenOpen = [...this.#seenOpen, ...fresh.map((request) => request.id)];
    return requests.filter(
      (request) =>
        request.outcome === null ||
        (this.#seenOpen.includes(request.id) &&
          !this.#closed.includes(request.id) &&
          !this.#endedHere(request)),
    );
  }

  get openCount(): number {
    return this.#requests.current.filter((request) => request.outcome === null).length;
  }

  get mayAnswer(): boolean {
    return this.#identity.mayCommand('permission.answer', this.#session.sessionId);
  }

  standing(request: PermissionRequest): PermissionStanding {
    const own = this.#ownAnswer(request);
    const { outcome } = request;
    if (outcome === null) return own === null ? { kind: 'asked' } : standingOf(own, request);
    switch (outcome.kind) {
      case 'gone':
        return outcome;
      case 'by_rule':
        return { kind: 'by_rule', option: outcome.option, at: outcome.at };
      case 'answered': {
        const { option, by, at } = outcome;
        const here = by.deviceId === this.#identity.me.deviceId;
        if (!here && own !== null) return { kind: 'too_late', option, by, at };
        return { kind: 'answered', option, by, at, here };
      }
      default:
        return assertNever(outcome);
    }
  }

  /** Writes the answer down, bound to exactly what was shown (R4). */
  async answer(request: PermissionRequest, answer: PermissionAnswer): Promise<void> {
    const { option, reason, always, summary } = answer;
    await this.#outbox.send('permission.answer', {
      sessionId: this.#session.sessionId,
      summary,
      params: {
        permissionId: request.id,
        hash: request.hash,
        optionId: option.optionId,
        ...(reason === undefined || reason === '' ? {} : { reason }),
        ...(always === true ? { always } : {}),
      },
    });
  }

  /** @returns false when the answer has left this device */
  takeBack(commandId: CommandId): Promise<boolean> {
    return this.#outbox.cancel(commandId);
  }

  close(id: PermissionId): void {
    this.#closed = [...this.#closed, id];
  }

  #endedHere(request: PermissionRequest): boolean {
    const standing = this.standing(request);
    return standing.kind === 'by_rule' || (standing.kind === 'answered' && standing.here);
  }

  #ownAnswer(request: PermissionRequest): AnswerEntry | null {
    const answers = this.#entries.current.flatMap((entry) =>
      entry.command.kind === 'permission.answer' &&
      entry.command.params.permissionId === request.id &&
      entry.command.params.hash === request.hash
        ? [{ entry, command: entry.command }]
        : [],
    );
    return answers.at(-1) ?? null;
  }
}

interface AnswerEntry {
  readonly entry: OutboxEntry;
  readonly command: CommandOf<'permission.answer'>;
}

function standingOf(
  { entry, command }: AnswerEntry,
  request: PermissionRequest,
): PermissionStanding {
  const { state, operationState } = entry;
  const isRefused =
    state === 'refused' ||
    (state === 'settled' && operationState !== null && operationState !== 'done');
  if (isRefused) return { kind: 'answer_refused', message: entry.message ?? entry.lastError ?? '' };
  return {
    kind: 'answering',
    commandId: command.id,
    answer: request.options.find(({ optionId }) => optionId === command.params.optionId) ?? null,
    always: command.params.always === true,
    undelivered: state === 'waiting' || state === 'sending',
  };
}
