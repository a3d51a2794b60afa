import * as z from 'zod/mini';
import { sessionIdSchema, type DeviceId, type PersonId, type SessionId } from './ids.ts';

export const roles = ['owner', 'editor', 'reviewer', 'viewer'] as const;
export const roleSchema = z.enum(roles);
export type Role = z.infer<typeof roleSchema>;

/** Where a role holds: everywhere, or only in named sessions (a guest). */
export const scopeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('workspace') }),
  z.strictObject({
    kind: z.literal('sessions'),
    sessions: z.array(sessionIdSchema).check(z.minLength(1), z.maxLength(100)),
  }),
]);
export type Scope = z.infer<typeof scopeSchema>;

/** Who is asking, as the bridge knows it from the credential; never from what a client says about itself. */
export interface Principal {
  readonly deviceId: DeviceId;
  readonly personId: PersonId;
  readonly role: Role;
  readonly scope: Scope;
}

export const inScope = (scope: Scope, sessionId: SessionId): boolean =>
  scope.kind === 'workspace' || scope.sessions.includes(sessionId);
