import type { AgentInfo } from '#lib/domain/agent.ts';
import {
  newName,
  newSessionId,
  type AgentId,
  type ProjectId,
  type SessionId,
} from '#lib/domain/ids.ts';
import type { ProjectInfo } from '#lib/domain/project.ts';
import type { WorktreeChoice } from '#lib/domain/session.ts';
import { sessionDocument } from '#lib/crdt/session-document.ts';
import { limits } from '#lib/domain/limits.ts';
import type { Workspace } from '#lib/sync/contract.ts';
import { sourceOf, type Documents } from './documents.ts';
import type { Environment } from './environment.ts';
import { observe, type Observed } from './observe.svelte.ts';
import { promptIdOf } from './prompts.svelte.ts';
import { editedText, type EditedText } from './shared-text.svelte.ts';

/** What a session begins with. */
export interface Beginning {
  readonly projectId: ProjectId;
  readonly agentId: AgentId;
  readonly worktree: WorktreeChoice;
  readonly summary: string;
}

/** The form that begins a session; works without the bridge, whose index then lists the session later. */
export class NewSession {
  /** The draft of the first prompt, on all of this person's devices. */
  readonly draft: EditedText;
  readonly #workspace: Workspace;
  readonly #documents: Documents;
  readonly #environment: Environment;
  readonly #projects: Observed<readonly ProjectInfo[]>;
  readonly #agents: Observed<readonly AgentInfo[]>;

  constructor(workspace: Workspace, documents: Documents, environment: Environment) {
    this.#workspace = workspace;
    this.#documents = documents;
    this.#environment = environment;
    this.#projects = observe(sourceOf(documents.bridge, (document) => document.projects));
    this.#agents = observe(sourceOf(documents.bridge, (document) => document.agents));
    this.draft = editedText(documents.person.document.draft('new'));
  }

  get projects(): readonly ProjectInfo[] {
    return this.#projects.current;
  }

  /** Those that were found first; the built-in one at their end. */
  get agents(): readonly AgentInfo[] {
    return this.#agents.current.toSorted((a, b) => rankOf(a) - rankOf(b));
  }

  /**
   * Writes the command down and puts the first prompt into the session's document; both are on this device then.
   *
   * @throws FailureError when the outbox takes no more
   */
  async start(beginning: Beginning): Promise<SessionId> {
    const { clock, random } = this.#environment;
    const { identity, person } = this.#documents;
    const sessionId = newSessionId(clock, random);
    const text = this.draft.current.trim();
    const title = titleOf(text);
    const { projectId, agentId, worktree, summary } = beginning;
    await this.#workspace.outbox.send('session.create', {
      projectId,
      params: { sessionId, agentId, worktree, title },
      summary,
    });
    const replica = this.#workspace.open({ kind: 'session', sessionId });
    await replica.whenLoaded;
    // As in a composer, the draft names the prompt: the same draft sent from two devices is one prompt of one session.
    const draftId = person.document.draftId('new').read() ?? newName(random);
    sessionDocument(replica.doc).putPrompt({
      v: 1,
      id: promptIdOf(draftId, text),
      text,
      blobs: [],
      personId: identity.personId,
      deviceId: identity.deviceId,
      writtenAt: clock.now(),
    });
    person.document.draft('new').replace('');
    person.document.setDraftId('new', null);
    replica.release();
    return sessionId;
  }
}

/** The first words of a prompt, as the bridge titles a session that nobody named. */
export function titleOf(text: string): string {
  const line = text.split('\n')[0]?.trim() ?? '';
  const most = Math.min(80, limits.titleCharsMax);
  return line.length <= most ? line : `${line.slice(0, most - 1)}…`;
}

function rankOf(agent: AgentInfo): number {
  if (!agent.found) return 2;
  return agent.source === 'built-in' ? 1 : 0;
}
