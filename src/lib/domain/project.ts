import * as z from 'zod/mini';
import { projectIdSchema } from './ids.ts';

export const worktreeSchema = z.object({
  path: z.string(),
  branch: z.nullable(z.string()),
  /** The main working tree of the repository, as opposed to a linked one. */
  main: z.boolean(),
});
export type Worktree = z.infer<typeof worktreeSchema>;

/** What the *observe* profile read of a repository, or why it could not (a repository that vanished). */
export const projectStatusSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('read'),
    branch: z.nullable(z.string()),
    head: z.nullable(z.string()),
    changedFiles: z.number(),
    worktrees: z.array(worktreeSchema),
    readAt: z.number(),
  }),
  z.object({ kind: z.literal('missing'), message: z.string(), since: z.number() }),
]);
export type ProjectStatus = z.infer<typeof projectStatusSchema>;

export const projectInfoSchema = z.object({
  v: z.literal(1),
  id: projectIdSchema,
  name: z.string(),
  path: z.string(),
  playground: z.boolean(),
  status: projectStatusSchema,
});
export type ProjectInfo = z.infer<typeof projectInfoSchema>;
