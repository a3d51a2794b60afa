import type { AgentInfo } from '#lib/domain/agent.ts';
import type { CommandKind } from '#lib/domain/command.ts';
import type { Plan } from '#lib/domain/plan.ts';
import type { SessionInfo } from '#lib/domain/session.ts';
import type { Workspace } from '#lib/sync/contract.ts';
import { createContext } from 'svelte';
import { ComposerView } from './composer.svelte.ts';
import { sourceOf, type Documents, type SessionDocuments } from './documents.ts';
import type { Environment } from './environment.ts';
import { IdentityView } from './identity.svelte.ts';
import { observe, type Observed } from './observe.svelte.ts';
import { OwnPresence } from './own-presence.ts';
import { PermissionsView } from './permissions.svelte.ts';
import { clearSettledPrompts, PromptsView } from './prompts.svelte.ts';
import { TranscriptView } from './transcript.svelte.ts';
import { TurnView } from './turn.svelte.ts';

export interface ConversationSources {
  readonly workspace: Workspace;
  readonly documents: Documents;
  readonly session: SessionDocuments;
  readonly environment: Environment;
}

/** All that the conversation of one session shows and does. Made when it is opened, closed with it. */
export class Conversation {
  readonly transcript: TranscriptView;
  readonly prompts: PromptsView;
  readonly permissions: PermissionsView;
  readonly turn: TurnView;
  readonly composer: ComposerView;
  readonly presence: OwnPresence;
  readonly identity: IdentityView;
  readonly #sources: ConversationSources;
  readonly #info: Observed<SessionInfo | null>;
  readonly #plan: Observed<Plan | null>;
  readonly #agents: Observed<readonly AgentInfo[]>;
  readonly #ends: readonly (() => void)[];

  constructor(sources: ConversationSources) {
    const { workspace, documents, session, environment } = sources;
    this.#sources = sources;
    this.identity = new IdentityView(documents);
    this.presence = new OwnPresence(session.presence);
    this.transcript = new TranscriptView(workspace, session);
    this.prompts = new PromptsView(session, documents.identity);
    this.permissions = new PermissionsView(workspace, session, this.identity);
    this.turn = new TurnView(workspace, session);
    this.composer = new ComposerView({ ...sources, presence: this.presence });
    this.#info = observe(sourceOf(session.state, (document) => document.field('info')));
    this.#plan = observe(sourceOf(session.state, (document) => document.field('plan')));
    this.#agents = observe(sourceOf(documents.bridge, (document) => document.agents));
    this.#ends = [clearSettledPrompts(session, environment.scheduler)];
  }

  get info(): SessionInfo | null {
    return this.#info.current;
  }

  get plan(): Plan {
    return this.#plan.current ?? [];
  }

  get bridgeName(): string {
    return this.identity.me.bridgeName;
  }

  get agentName(): string | null {
    const id = this.#info.current?.agentId;
    if (id === undefined) return null;
    return this.#agents.current.find((agent) => agent.id === id)?.name ?? id;
  }

  /** Whether this device may write prompts here. */
  get mayWrite(): boolean {
    return this.identity.mayWriteIn(this.#sources.session.sessionId);
  }

  may(kind: CommandKind): boolean {
    return this.identity.mayCommand(kind, this.#sources.session.sessionId);
  }

  /** Remembers, on all of this person's devices, that everything up to the newest item was seen. */
  markSeen(): void {
    const { documents, session } = this.#sources;
    const seq = this.transcript.lastSeq;
    if (seq > 0) documents.person.document.markRead(session.sessionId, seq);
  }

  close(): void {
    for (const end of this.#ends) end();
    this.presence.leave();
    this.composer.close();
    this.transcript.close();
  }
}

export const [getConversation, setConversation] = createContext<Conversation>();
