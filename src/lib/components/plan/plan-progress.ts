import type { Plan, PlanEntry } from '#lib/domain/plan.ts';

/** More bars than this would be a texture, not a figure. */
const barsMax = 12;

export interface PlanProgress {
  readonly done: number;
  /** What is under way, else what comes next; `null` when all is done. */
  readonly current: string | null;
  readonly bars: readonly PlanEntry['status'][];
}

export function planProgress(plan: Plan): PlanProgress {
  const current =
    plan.find(({ status }) => status === 'in_progress') ??
    plan.find(({ status }) => status === 'pending');
  return {
    done: plan.filter(({ status }) => status === 'completed').length,
    current: current?.content ?? null,
    bars: plan.slice(0, barsMax).map(({ status }) => status),
  };
}
