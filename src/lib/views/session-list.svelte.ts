import { createContext } from 'svelte';
import type { SessionLabels } from '#lib/crdt/workspace-document.ts';
import type { AgentInfo } from '#lib/domain/agent.ts';
import type { ProjectId, SessionId } from '#lib/domain/ids.ts';
import type { Operation } from '#lib/domain/operation.ts';
import type { OutboxEntry } from '#lib/domain/outbox.ts';
import type { ProjectInfo } from '#lib/domain/project.ts';
import type { SessionInfo } from '#lib/domain/session.ts';
import type { Workspace } from '#lib/sync/contract.ts';
import { sourceOf, type Documents } from './documents.ts';
import { observe, type Observed } from './observe.svelte.ts';
import {
  needsPerson,
  standingOf,
  standingOfBegun,
  type SessionStanding,
} from './session-standing.ts';
import { Waiting } from './waiting.svelte.ts';

/** A session as lists show it. */
export interface ListedSession {
  readonly id: SessionId;
  /** `null`: nobody gave it one, and neither did the bridge. */
  readonly title: string | null;
  readonly projectId: ProjectId;
  readonly agentName: string;
  readonly branch: string | null;
  readonly standing: SessionStanding;
  /** Prompts that only this device has, whatever else is shown. */
  readonly promptsHere: number;
  readonly lastActivityAt: number;
  readonly pinned: boolean;
  readonly archived: boolean;
  readonly trashedAt: number | null;
}

export type SessionGroup =
  | { readonly kind: 'needs'; readonly sessions: readonly ListedSession[] }
  | { readonly kind: 'pinned'; readonly sessions: readonly ListedSession[] }
  | {
      readonly kind: 'project';
      readonly id: ProjectId;
      /** `null`: a project that this device has not heard of. */
      readonly name: string | null;
      readonly sessions: readonly ListedSession[];
    }
  | { readonly kind: 'archived'; readonly sessions: readonly ListedSession[] }
  | { readonly kind: 'trash'; readonly sessions: readonly ListedSession[] };

const noLabels: SessionLabels = { title: null, pinned: false, archived: false };

/** All sessions: those of the bridge's index and those that were begun here and are not in it yet. */
export class SessionList {
  readonly #documents: Documents;
  readonly #outbox: Observed<readonly OutboxEntry[]>;
  readonly #waiting: Waiting;
  readonly #index: Observed<readonly SessionInfo[]>;
  readonly #labels: Observed<ReadonlyMap<string, SessionLabels>>;
  readonly #readMarks: Observed<ReadonlyMap<string, number>>;
  readonly #projects: Observed<readonly ProjectInfo[]>;
  readonly #agents: Observed<readonly AgentInfo[]>;
  readonly #operations: Observed<readonly Operation[]>;

  constructor(workspace: Workspace, documents: Documents) {
    const { bridge, workspace: labels, person } = documents;
    this.#documents = documents;
    this.#outbox = observe(workspace.outbox.entries);
    this.#waiting = new Waiting(workspace);
    this.#index = observe(sourceOf(bridge, (document) => document.sessions));
    this.#labels = observe(sourceOf(labels, (document) => document.sessions));
    this.#readMarks = observe(sourceOf(person, (document) => document.readMarks));
    this.#projects = observe(sourceOf(bridge, (document) => document.projects));
    this.#agents = observe(sourceOf(bridge, (document) => document.agents));
    this.#operations = observe(sourceOf(bridge, (document) => document.operations));
  }

  get all(): readonly ListedSession[] {
    const conflicts = this.#operations.current.filter(({ state }) => state === 'conflict');
    const indexed = this.#index.current.map((info) =>
      this.#listed(
        info,
        conflicts.some(({ sessionId }) => sessionId === info.id),
      ),
    );
    const begun = this.#outbox.current.flatMap((entry) => this.#begun(entry));
    return [...begun, ...indexed];
  }

  find(id: SessionId): ListedSession | null {
    return this.all.find((session) => session.id === id) ?? null;
  }

  /** Groups in their order, the newest first in each; empty ones are absent. */
  get groups(): readonly SessionGroup[] {
    const sorted = this.all.toSorted((a, b) => b.lastActivityAt - a.lastActivityAt);
    const trash = sorted.filter(({ trashedAt }) => trashedAt !== null);
    const kept = sorted.filter(({ trashedAt }) => trashedAt === null);
    const needs = kept.filter(({ standing }) => needsPerson(standing));
    const others = kept.filter(({ standing }) => !needsPerson(standing));
    const archived = others.filter((session) => session.archived);
    const pinned = others.filter((session) => session.pinned && !session.archived);
    const rest = others.filter((session) => !session.pinned && !session.archived);
    const groups: readonly SessionGroup[] = [
      { kind: 'needs', sessions: needs },
      { kind: 'pinned', sessions: pinned },
      ...this.#byProject(rest),
      { kind: 'archived', sessions: archived },
      { kind: 'trash', sessions: trash },
    ];
    return groups.filter(({ sessions }) => sessions.length > 0);
  }

  get needYou(): number {
    return this.all.filter(({ standing, trashedAt }) => trashedAt === null && needsPerson(standing))
      .length;
  }

  rename(id: SessionId, title: string): void {
    this.#documents.workspace.document.rename(id, title);
  }

  pin(id: SessionId, pinned: boolean): void {
    this.#documents.workspace.document.pin(id, pinned);
  }

  archive(id: SessionId, archived: boolean): void {
    this.#documents.workspace.document.archive(id, archived);
  }

  #byProject(sessions: readonly ListedSession[]): readonly SessionGroup[] {
    const order: ProjectId[] = this.#projects.current.map(({ id }) => id);
    for (const { projectId } of sessions) if (!order.includes(projectId)) order.push(projectId);
    return order.map((id) => ({
      kind: 'project',
      id,
      name: this.#projects.current.find((project) => project.id === id)?.name ?? null,
      sessions: sessions.filter(({ projectId }) => projectId === id),
    }));
  }

  #listed(info: SessionInfo, hasConflict: boolean): ListedSession {
    const { title, pinned, archived } = this.#labels.current.get(info.id) ?? noLabels;
    const promptsHere = this.#waiting.prompts(info.id);
    const readSeq = this.#readMarks.current.get(info.id) ?? 0;
    return {
      id: info.id,
      title: title ?? (info.title === '' ? null : info.title),
      projectId: info.projectId,
      agentName: this.#agentName(info.agentId),
      branch: info.branch,
      standing: standingOf({ info, readSeq, promptsHere, hasConflict }),
      promptsHere,
      lastActivityAt: info.lastActivityAt,
      pinned,
      archived,
      trashedAt: info.trashedAt,
    };
  }

  #begun(entry: OutboxEntry): ListedSession[] {
    const { command } = entry;
    if (command.kind !== 'session.create' || command.projectId === undefined) return [];
    const id = command.params.sessionId;
    // Once it was done the index tells of it; one that is gone from there does not come back by this.
    const done = entry.state === 'settled' && entry.operationState === 'done';
    if (done || this.#index.current.some((info) => info.id === id)) return [];
    const { title, pinned, archived } = this.#labels.current.get(id) ?? noLabels;
    return [
      {
        id,
        title: title ?? command.params.title ?? null,
        projectId: command.projectId,
        agentName: this.#agentName(command.params.agentId),
        branch: null,
        standing: standingOfBegun(entry),
        promptsHere: this.#waiting.prompts(id),
        lastActivityAt: command.createdAt,
        pinned,
        archived,
        trashedAt: null,
      },
    ];
  }

  #agentName(id: AgentInfo['id']): string {
    return this.#agents.current.find((agent) => agent.id === id)?.name ?? id;
  }
}

export const [getSessionList, setSessionList] = createContext<SessionList>();
