import * as z from 'zod/mini';
import { deviceIdSchema, personIdSchema } from './ids.ts';
import { roleSchema, scopeSchema } from './role.ts';

/** A device as listed in room `bridge`; `terminal` is the bridge's own command line. */
export const deviceInfoSchema = z.object({
  v: z.literal(1),
  id: deviceIdSchema,
  name: z.string(),
  personId: personIdSchema,
  role: roleSchema,
  scope: scopeSchema,
  kind: z.enum(['browser', 'program', 'terminal']),
  pairedAt: z.number(),
  revokedAt: z.nullable(z.number()),
});
export type DeviceInfo = z.infer<typeof deviceInfoSchema>;

/** A person; `color` counts 1 to 8 in order of joining. */
export const personInfoSchema = z.object({
  v: z.literal(1),
  id: personIdSchema,
  name: z.string(),
  color: z.number(),
  joinedAt: z.number(),
});
export type PersonInfo = z.infer<typeof personInfoSchema>;
