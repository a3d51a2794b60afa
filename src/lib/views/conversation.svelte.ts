import type { AgentInfo } from '#lib/domain/agent.ts';
import type { DeviceInfo, PersonInfo } from '#lib/domain/device.ts';
import type { DeviceId, PersonId } from '#lib/domain/ids.ts';
import type { SessionInfo } from '#lib/domain/session.ts';
import type { Identity, Workspace } from '#lib/sync/contract.ts';
import { ComposerView } from './composer.svelte.ts';
import type { Documents, SessionDocuments } from './documents.ts';
import type { Environment } from './environment.ts';
import { observe, type Observed } from './observe.svelte.ts';
import { OwnPresence } from './own-presence.ts';
import { PermissionsView } from './permissions.svelte.ts';
import { clearSettledPrompts, PromptsView } from './prompts.svelte.ts';
import { TranscriptView } from './transcript.svelte.ts';
import { TurnView } from './turn.svelte.ts';

export interface PersonShown {
  readonly name: string;
  readonly color: number;
  readonly isMe: boolean;
}

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
  readonly #sources: ConversationSources;
  readonly #identity: Identity;
  readonly #info: Observed<SessionInfo | null>;
  readonly #people: Observed<readonly PersonInfo[]>;
  readonly #participants: Observed<readonly PersonInfo[]>;
  readonly #devices: Observed<readonly DeviceInfo[]>;
  readonly #agents: Observed<readonly AgentInfo[]>;
  readonly #ends: readonly (() => void)[];

  constructor(sources: ConversationSources) {
    const { workspace, documents, session, environment } = sources;
    const bridge = documents.bridge.document;
    this.#sources = sources;
    this.#identity = documents.identity;
    this.presence = new OwnPresence(session.presence);
    this.transcript = new TranscriptView(workspace, session);
    this.prompts = new PromptsView(session, documents.identity);
    this.permissions = new PermissionsView(workspace, session);
    this.turn = new TurnView(workspace, session);
    this.composer = new ComposerView({ ...sources, presence: this.presence });
    this.#info = observe(session.state.document.field('info'));
    this.#people = observe(bridge.people);
    this.#participants = observe(session.state.document.people);
    this.#devices = observe(bridge.devices);
    this.#agents = observe(bridge.agents);
    this.#ends = [clearSettledPrompts(session, environment.scheduler)];
  }

  get info(): SessionInfo | null {
    return this.#info.current;
  }

  get bridgeName(): string {
    return this.#identity.bridgeName;
  }

  get agentName(): string | null {
    const id = this.#info.current?.agentId;
    if (id === undefined) return null;
    return this.#agents.current.find((agent) => agent.id === id)?.name ?? id;
  }

  person(id: PersonId): PersonShown {
    const isMe = id === this.#identity.personId;
    const known =
      this.#people.current.find((person) => person.id === id) ??
      this.#participants.current.find((person) => person.id === id);
    return {
      name: known?.name ?? (isMe ? this.#identity.personName : id),
      color: known?.color ?? 1,
      isMe,
    };
  }

  /** @returns `null` for a device that this one may not know of, or no longer does */
  deviceName(id: DeviceId): string | null {
    if (id === this.#identity.deviceId) return this.#identity.deviceName;
    return this.#devices.current.find((device) => device.id === id)?.name ?? null;
  }

  isThisDevice(id: DeviceId): boolean {
    return id === this.#identity.deviceId;
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
