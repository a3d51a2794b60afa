import * as z from 'zod/mini';
import { failureStatus, type FailureCode } from '#lib/domain/failure.ts';
import {
  bridgeIdSchema,
  commandIdSchema,
  deviceIdSchema,
  epochSchema,
  personIdSchema,
} from '#lib/domain/ids.ts';
import { limits } from '#lib/domain/limits.ts';
import { operationSchema, operationStateSchema } from '#lib/domain/operation.ts';
import { roleSchema, scopeSchema } from '#lib/domain/role.ts';

/** A public key, ECDSA P-256, as base64url of its SPKI form. */
const publicKey = z.string().check(z.minLength(40), z.maxLength(1024));

export const healthSchema = z.object({
  status: z.literal('ok'),
  version: z.string(),
  protocol: z.number(),
  epoch: z.string(),
});
export type Health = z.infer<typeof healthSchema>;

/** `POST /api/pair`: `secret` is the fragment of the pairing link; `key` the device's public key, when it can have one. */
export const pairRequestSchema = z.strictObject({
  secret: z.string().check(z.minLength(16), z.maxLength(200)),
  name: z.string().check(z.minLength(1), z.maxLength(limits.deviceNameCharsMax)),
  key: z.optional(publicKey),
});
export type PairRequest = z.infer<typeof pairRequestSchema>;

export const bridgeIdentitySchema = z.object({
  id: bridgeIdSchema,
  key: publicKey,
  name: z.string(),
});
export type BridgeIdentity = z.infer<typeof bridgeIdentitySchema>;

/** A browser gets the credential as a cookie and no `token`; a program gets the token. */
export const pairResponseSchema = z.object({
  deviceId: deviceIdSchema,
  personId: personIdSchema,
  role: roleSchema,
  scope: scopeSchema,
  state: z.enum(['active', 'pending']),
  token: z.optional(z.string()),
  bridge: bridgeIdentitySchema,
  epoch: epochSchema,
});
export type PairResponse = z.infer<typeof pairResponseSchema>;

/** `GET /api/me`: who the bridge says this device is, now. */
export const meResponseSchema = z.object({
  deviceId: deviceIdSchema,
  deviceName: z.string(),
  personId: personIdSchema,
  personName: z.string(),
  role: roleSchema,
  scope: scopeSchema,
  bridge: bridgeIdentitySchema,
  epoch: epochSchema,
  seq: z.number(),
  paused: z.boolean(),
});
export type MeResponse = z.infer<typeof meResponseSchema>;

/** `POST /api/commands` → 202. */
export const commandResponseSchema = z.object({
  id: commandIdSchema,
  state: operationStateSchema,
  seq: z.number(),
  message: z.nullable(z.string()),
});
export type CommandResponse = z.infer<typeof commandResponseSchema>;

/** `GET /api/operations?epoch=&after=`: operations changed after that position, oldest change first. */
export const operationsResponseSchema = z.object({
  epoch: epochSchema,
  next: z.number(),
  operations: z.array(operationSchema),
});
export type OperationsResponse = z.infer<typeof operationsResponseSchema>;

/** The signed word that a device was revoked: the only thing that makes a browser erase its copies. */
export const revocationStatementSchema = z.object({
  deviceId: deviceIdSchema,
  revokedAt: z.number(),
  sig: z.string(),
});

export const errorResponseSchema = z.object({
  error: z.object({
    code: z.enum(Object.keys(failureStatus) as [FailureCode, ...FailureCode[]]),
    message: z.string(),
  }),
  statement: z.optional(revocationStatementSchema),
});
export type ErrorResponse = z.infer<typeof errorResponseSchema>;
