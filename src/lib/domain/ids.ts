import * as z from 'zod/mini';
import type { Clock, Random } from './clock.ts';

const uuid = z
  .string()
  .check(z.regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/));
/** 16 random bytes in base64url, or a short name that the bridge chose. */
const name = z.string().check(z.regex(/^[A-Za-z0-9_-]{1,64}$/));

export const sessionIdSchema = uuid.brand('SessionId');
export const commandIdSchema = uuid.brand('CommandId');
export const projectIdSchema = name.brand('ProjectId');
export const agentIdSchema = name.brand('AgentId');
export const personIdSchema = name.brand('PersonId');
export const deviceIdSchema = name.brand('DeviceId');
export const bridgeIdSchema = name.brand('BridgeId');
export const epochSchema = name.brand('Epoch');
export const taskIdSchema = name.brand('TaskId');
export const noteIdSchema = name.brand('NoteId');
export const promptIdSchema = name.brand('PromptId');
export const itemIdSchema = name.brand('ItemId');
export const turnIdSchema = name.brand('TurnId');
export const permissionIdSchema = name.brand('PermissionId');
export const ruleIdSchema = name.brand('RuleId');
export const sha256Schema = z
  .string()
  .check(z.regex(/^[0-9a-f]{64}$/))
  .brand('Sha256');

export type SessionId = z.infer<typeof sessionIdSchema>;
/** A command keeps its id as an operation. */
export type CommandId = z.infer<typeof commandIdSchema>;
export type ProjectId = z.infer<typeof projectIdSchema>;
export type AgentId = z.infer<typeof agentIdSchema>;
export type PersonId = z.infer<typeof personIdSchema>;
export type DeviceId = z.infer<typeof deviceIdSchema>;
export type BridgeId = z.infer<typeof bridgeIdSchema>;
/** One unbroken life of the bridge's database. */
export type Epoch = z.infer<typeof epochSchema>;
export type TaskId = z.infer<typeof taskIdSchema>;
export type NoteId = z.infer<typeof noteIdSchema>;
export type PromptId = z.infer<typeof promptIdSchema>;
export type ItemId = z.infer<typeof itemIdSchema>;
export type TurnId = z.infer<typeof turnIdSchema>;
export type PermissionId = z.infer<typeof permissionIdSchema>;
export type RuleId = z.infer<typeof ruleIdSchema>;
export type Sha256 = z.infer<typeof sha256Schema>;

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * A UUID version 7 (RFC 9562, 5.7): 48 bits of milliseconds, then randomness. It sorts roughly by time for people who read
 * logs; nothing is decided by that order (R7).
 */
export function newUuid(clock: Clock, random: Random): string {
  const bytes = random.bytes(16);
  const time = BigInt(Math.max(0, Math.floor(clock.now())));
  for (let index = 0; index < 6; index += 1)
    bytes[index] = Number((time >> BigInt(8 * (5 - index))) & 0xffn);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x70;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const text = hex(bytes);
  return [
    text.slice(0, 8),
    text.slice(8, 12),
    text.slice(12, 16),
    text.slice(16, 20),
    text.slice(20),
  ].join('-');
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** 132 random bits as 22 characters of base64url: the name of an entry that any device may create. */
export function newName(random: Random): string {
  return Array.from(random.bytes(22), (byte) => alphabet.charAt(byte & 63)).join('');
}

export const newSessionId = (clock: Clock, random: Random): SessionId =>
  sessionIdSchema.parse(newUuid(clock, random));
export const newCommandId = (clock: Clock, random: Random): CommandId =>
  commandIdSchema.parse(newUuid(clock, random));
