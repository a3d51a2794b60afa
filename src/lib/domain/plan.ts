import * as z from 'zod/mini';

export const planEntrySchema = z.object({
  content: z.string(),
  priority: z.enum(['high', 'medium', 'low']),
  status: z.enum(['pending', 'in_progress', 'completed']),
});
/** The agent's plan; each update replaces the whole. */
export const planSchema = z.array(planEntrySchema);
export type PlanEntry = z.infer<typeof planEntrySchema>;
export type Plan = z.infer<typeof planSchema>;
