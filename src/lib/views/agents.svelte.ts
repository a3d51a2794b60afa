import type { AgentInfo } from '#lib/domain/agent.ts';
import { agentIdSchema, type AgentId, type CommandId } from '#lib/domain/ids.ts';
import type { OutboxEntry } from '#lib/domain/outbox.ts';
import type { Workspace } from '#lib/sync/contract.ts';
import { launchOf, type AgentDraft } from './agent-form.ts';
import { newestAsked, type Asked } from './asked.ts';
import { sourceOf, type Documents } from './documents.ts';
import { IdentityView } from './identity.svelte.ts';
import { observe, type Observed } from './observe.svelte.ts';

export interface AgentChange {
  readonly name: string;
  readonly effect: 'set' | 'remove';
}

/** An agent of the bridge, and what this device asked to become of it. */
export interface ShownAgent {
  readonly info: AgentInfo;
  readonly asked: Asked<AgentChange> | null;
}

/** The programs that the bridge may start (R11): what they are comes from the bridge, and is set by an owner's command only. */
export class Agents {
  readonly #workspace: Workspace;
  readonly #identity: IdentityView;
  readonly #agents: Observed<readonly AgentInfo[]>;
  readonly #entries: Observed<readonly OutboxEntry[]>;
  readonly #loaded: Observed<boolean>;

  constructor(workspace: Workspace, documents: Documents) {
    this.#workspace = workspace;
    this.#identity = new IdentityView(documents);
    this.#agents = observe(sourceOf(documents.bridge, (document) => document.agents));
    this.#entries = observe(workspace.outbox.entries);
    this.#loaded = observe(documents.bridge.replica.loaded);
  }

  get loaded(): boolean {
    return this.#loaded.current;
  }

  /** Those that can be started first, the built-in one last of them; then by name. */
  get all(): readonly ShownAgent[] {
    return this.#agents.current
      .toSorted((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name))
      .map((info) => ({ info, asked: this.#asked(info.id) }));
  }

  /** New agents that this device asked for and that are not in the bridge's list. */
  get added(): readonly Asked<AgentChange>[] {
    const ids = this.#entries.current.flatMap(({ command }) =>
      command.kind === 'agent.set' ? [command.params.agentId] : [],
    );
    return ids
      .filter((id, at) => ids.indexOf(id) === at && !this.ids.includes(id))
      .flatMap((id) => this.#asked(id) ?? []);
  }

  get ids(): readonly AgentId[] {
    return this.#agents.current.map(({ id }) => id);
  }

  get maySet(): boolean {
    return this.#identity.mayCommand('agent.set');
  }

  /** @throws FailureError when the outbox takes no more */
  async set(draft: AgentDraft, summary: string): Promise<void> {
    await this.#workspace.outbox.send('agent.set', {
      params: {
        agentId: agentIdSchema.parse(draft.id.trim()),
        name: draft.name.trim(),
        launch: launchOf(draft),
      },
      summary,
    });
  }

  /** @throws FailureError when the outbox takes no more */
  async remove({ id, name }: AgentInfo, summary: string): Promise<void> {
    await this.#workspace.outbox.send('agent.set', {
      params: { agentId: id, name, launch: null },
      summary,
    });
  }

  dismiss(id: CommandId): Promise<void> {
    return this.#workspace.outbox.dismiss(id);
  }

  #asked(id: AgentId): Asked<AgentChange> | null {
    return newestAsked(this.#entries.current, ({ kind, params }) =>
      kind === 'agent.set' && params.agentId === id
        ? { name: params.name, effect: params.launch === null ? 'remove' : 'set' }
        : null,
    );
  }
}

function rank({ found, source }: AgentInfo): number {
  if (!found) return 2;
  return source === 'built-in' ? 1 : 0;
}
