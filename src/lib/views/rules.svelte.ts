import type { AgentInfo } from '#lib/domain/agent.ts';
import type { CommandId, RuleId } from '#lib/domain/ids.ts';
import type { OutboxEntry } from '#lib/domain/outbox.ts';
import type { PermissionRule } from '#lib/domain/permission.ts';
import type { ProjectInfo } from '#lib/domain/project.ts';
import type { Workspace } from '#lib/sync/contract.ts';
import { newestAsked, type Asked } from './asked.ts';
import { sourceOf, type Documents } from './documents.ts';
import { IdentityView, type ShownAuthor } from './identity.svelte.ts';
import { observe, type Observed } from './observe.svelte.ts';

/** An "always" rule with names instead of ids. Command and directory are whole: they are what it matches. */
export interface ShownRule {
  readonly id: RuleId;
  readonly command: string;
  readonly directory: string;
  readonly toolKind: string;
  readonly agent: string;
  readonly project: string;
  readonly by: ShownAuthor;
  readonly madeAt: number;
  readonly asked: Asked<RuleId> | null;
}

/** The bridge's own rules, each an exact match (R4); revocable from any device that may answer requests. */
export class Rules {
  readonly #workspace: Workspace;
  readonly #identity: IdentityView;
  readonly #rules: Observed<readonly PermissionRule[]>;
  readonly #agents: Observed<readonly AgentInfo[]>;
  readonly #projects: Observed<readonly ProjectInfo[]>;
  readonly #entries: Observed<readonly OutboxEntry[]>;
  readonly #loaded: Observed<boolean>;

  constructor(workspace: Workspace, documents: Documents) {
    this.#workspace = workspace;
    this.#identity = new IdentityView(documents);
    this.#rules = observe(sourceOf(documents.bridge, (document) => document.rules));
    this.#agents = observe(sourceOf(documents.bridge, (document) => document.agents));
    this.#projects = observe(sourceOf(documents.bridge, (document) => document.projects));
    this.#entries = observe(workspace.outbox.entries);
    this.#loaded = observe(documents.bridge.replica.loaded);
  }

  get loaded(): boolean {
    return this.#loaded.current;
  }

  /** Newest first. */
  get all(): readonly ShownRule[] {
    return this.#rules.current
      .toSorted((a, b) => b.madeAt - a.madeAt || (a.id < b.id ? -1 : 1))
      .map((rule) => ({
        id: rule.id,
        command: rule.command,
        directory: rule.directory,
        toolKind: rule.toolKind,
        agent: this.#agents.current.find(({ id }) => id === rule.agentId)?.name ?? rule.agentId,
        project:
          this.#projects.current.find(({ id }) => id === rule.projectId)?.name ?? rule.projectId,
        by: this.#identity.author(rule.by),
        madeAt: rule.madeAt,
        asked: newestAsked(this.#entries.current, ({ kind, params }) =>
          kind === 'rule.revoke' && params.ruleId === rule.id ? params.ruleId : null,
        ),
      }));
  }

  get mayRevoke(): boolean {
    return this.#identity.mayCommand('rule.revoke');
  }

  async revoke(id: RuleId, summary: string): Promise<void> {
    await this.#workspace.outbox.send('rule.revoke', { params: { ruleId: id }, summary });
  }

  dismiss(id: CommandId): Promise<void> {
    return this.#workspace.outbox.dismiss(id);
  }
}
