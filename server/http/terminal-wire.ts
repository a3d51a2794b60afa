import * as z from 'zod/mini';
import { deviceInfoSchema } from '#lib/domain/device.ts';
import { personIdSchema } from '#lib/domain/ids.ts';
import { limits } from '#lib/domain/limits.ts';
import { roleSchema, scopeSchema } from '#lib/domain/role.ts';

/** `POST /api/pairings`. Without a person: an owner's link is for whoever makes it, another begins a new person. */
export const pairingRequestSchema = z.strictObject({
  role: roleSchema,
  scope: scopeSchema,
  person: z.optional(
    z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('existing'), id: personIdSchema }),
      z.strictObject({
        kind: z.literal('new'),
        name: z.string().check(z.minLength(1), z.maxLength(limits.deviceNameCharsMax)),
      }),
    ]),
  ),
});
export type PairingRequest = z.infer<typeof pairingRequestSchema>;

export const pairingResponseSchema = z.object({
  url: z.string(),
  expiresAt: z.number(),
  role: roleSchema,
  scope: scopeSchema,
  personName: z.string(),
});
export type PairingResponse = z.infer<typeof pairingResponseSchema>;

/** `GET /api/devices`, by order of pairing. */
export const devicesResponseSchema = z.object({
  devices: z.array(z.object({ ...deviceInfoSchema.shape, personName: z.string() })),
});
export type DevicesResponse = z.infer<typeof devicesResponseSchema>;
