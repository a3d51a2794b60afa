import type { AgentId, ProjectId, RuleId } from '#lib/domain/ids.ts';
import { canBeRule, type PermissionRule, type PermissionSubject } from '#lib/domain/permission.ts';
import type { BridgeRecord } from '../../journal/session-record.ts';

/** Where a rule holds: the agent and the project of a session. */
export interface RulePlace {
  readonly projectId: ProjectId;
  readonly agentId: AgentId;
}

/** "Always": the bridge's own rules, each an exact match of agent, project, tool kind, command and directory. */
export interface PermissionRules {
  get(id: RuleId): PermissionRule | null;
  matching(place: RulePlace, subject: PermissionSubject): PermissionRule | null;
  /** Makes a rule hold and shows it; it was or is being written by the caller. */
  add(rule: PermissionRule): void;
  remove(id: RuleId): void;
}

export function createPermissionRules(
  rules: readonly PermissionRule[],
  record: Pick<BridgeRecord, 'putRule' | 'dropRule'>,
): PermissionRules {
  const known = new Map(rules.map((rule) => [rule.id, rule]));
  return {
    get: (id) => known.get(id) ?? null,
    matching(place, subject) {
      if (!canBeRule(subject)) return null;
      for (const rule of known.values()) {
        const matches =
          rule.projectId === place.projectId &&
          rule.agentId === place.agentId &&
          rule.toolKind === subject.toolKind &&
          rule.command === subject.command &&
          rule.directory === subject.directory;
        if (matches) return rule;
      }
      return null;
    },
    add(rule) {
      known.set(rule.id, rule);
      record.putRule(rule);
    },
    remove(id) {
      known.delete(id);
      record.dropRule(id);
    },
  };
}
