import * as z from 'zod/mini';
import { agentCommandSchema } from '#lib/domain/agent.ts';
import { agentIdSchema, deviceIdSchema, personIdSchema, projectIdSchema } from '#lib/domain/ids.ts';
import { operationSchema } from '#lib/domain/operation.ts';
import { permissionRuleSchema } from '#lib/domain/permission.ts';
import { roleSchema, scopeSchema } from '#lib/domain/role.ts';
import { sessionInfoSchema } from '#lib/domain/session.ts';
import { sealedSegmentSchema, transcriptItemSchema } from '#lib/domain/transcript.ts';
import type {
  AgentRow,
  DeviceRow,
  PairingRow,
  PersonRow,
  ProjectRow,
  SessionRow,
} from './contract.ts';

/** Shapes of the JSON columns; what does not fit any more is left in its place and reported, never dropped. */
export const deviceRowSchema: z.ZodMiniType<DeviceRow> = z.object({
  id: deviceIdSchema,
  personId: personIdSchema,
  name: z.string(),
  role: roleSchema,
  scope: scopeSchema,
  kind: z.enum(['browser', 'program', 'terminal']),
  tokenHash: z.string(),
  publicKey: z.nullable(z.string()),
  pairedAt: z.number(),
  revokedAt: z.nullable(z.number()),
});

export const personRowSchema: z.ZodMiniType<PersonRow> = z.object({
  id: personIdSchema,
  name: z.string(),
  color: z.number(),
  joinedAt: z.number(),
});

export const pairingRowSchema: z.ZodMiniType<PairingRow> = z.object({
  secretHash: z.string(),
  role: roleSchema,
  scope: scopeSchema,
  personId: z.nullable(personIdSchema),
  personName: z.string(),
  madeBy: z.nullable(deviceIdSchema),
  expiresAt: z.number(),
  usedAt: z.nullable(z.number()),
});

export const sessionRowSchema: z.ZodMiniType<SessionRow> = z.object({
  info: sessionInfoSchema,
  agentSessionId: z.nullable(z.string()),
  modeId: z.nullable(z.string()),
  turns: z.number(),
  openSegment: z.number(),
  sealed: z.array(sealedSegmentSchema),
  deletedAt: z.nullable(z.number()),
});

export const agentRowSchema: z.ZodMiniType<AgentRow> = z.object({
  id: agentIdSchema,
  name: z.string(),
  launch: z.nullable(agentCommandSchema),
  setBy: deviceIdSchema,
  setAt: z.number(),
});

export const projectRowSchema: z.ZodMiniType<ProjectRow> = z.object({
  id: projectIdSchema,
  name: z.string(),
  path: z.string(),
  playground: z.boolean(),
  addedAt: z.number(),
});

export { operationSchema, permissionRuleSchema, sealedSegmentSchema, transcriptItemSchema };
