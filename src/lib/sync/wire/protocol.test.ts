import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import * as agent from '#lib/domain/agent.ts';
import * as attachment from '#lib/domain/attachment.ts';
import * as bridge from '#lib/domain/bridge.ts';
import { canonicalJson, type Json } from '#lib/domain/canonical.ts';
import * as command from '#lib/domain/command.ts';
import * as device from '#lib/domain/device.ts';
import { failureStatus } from '#lib/domain/failure.ts';
import * as ids from '#lib/domain/ids.ts';
import * as note from '#lib/domain/note.ts';
import * as operation from '#lib/domain/operation.ts';
import * as permission from '#lib/domain/permission.ts';
import * as plan from '#lib/domain/plan.ts';
import * as project from '#lib/domain/project.ts';
import * as prompt from '#lib/domain/prompt.ts';
import * as role from '#lib/domain/role.ts';
import * as session from '#lib/domain/session.ts';
import * as transcript from '#lib/domain/transcript.ts';
import * as http from './http.ts';
import {
  closeCodes,
  controlTypes,
  isFinalClose,
  messageTypes,
  muxSubprotocol,
  protocolVersion,
} from './protocol.ts';

/**
 * What was decided: the hash of each schema and table that crosses the wire, as it is in the protocol version named here.
 * `npx vitest run src/lib/sync/wire/protocol.test.ts` prints what it found when one differs.
 */
const decided: { readonly protocol: number; readonly hashes: Readonly<Record<string, string>> } = {
  protocol: 1,
  hashes: {},
};

const modules = {
  agent,
  attachment,
  bridge,
  command,
  device,
  ids,
  note,
  operation,
  permission,
  plan,
  project,
  prompt,
  role,
  session,
  transcript,
  http,
};

const tables = {
  closeCodes,
  controlTypes,
  failureStatus,
  messageTypes,
  muxSubprotocol,
  commandKinds: command.commandKinds,
};

const hashOf = (value: Json): string =>
  createHash('sha256').update(canonicalJson(value)).digest('hex').slice(0, 16);

const plain = (value: unknown): Json => JSON.parse(JSON.stringify(value));

function found(): Record<string, string> {
  const hashes: Record<string, string> = {};
  for (const [module, exported] of Object.entries(modules))
    for (const [name, value] of Object.entries(exported))
      if (value instanceof z.ZodMiniType)
        hashes[`${module}.${name}`] = hashOf(plain(z.toJSONSchema(value)));
  for (const [name, table] of Object.entries(tables))
    hashes[`table.${name}`] = hashOf(plain(table));
  return hashes;
}

const instructions = (now: Record<string, string>): string => `
What crosses the wire is not what was decided. Devices and bridges of different builds meet; decide what happens then:
1. An old build could misread the new form (a field changed its meaning or type, a required field came or went, a message
   type was used again): raise protocolVersion in protocol.ts, say there what the version changed, and write an ADR.
2. It could not (a further optional field, a further kind that old builds show as unknown): keep the version.
Then set the hashes in this file to:
${JSON.stringify(now, null, 2)}`;

describe('what crosses the wire', () => {
  test('[SY30] schemas and tables do not change without a decision', () => {
    const now = found();
    const different = Object.keys({ ...now, ...decided.hashes }).filter(
      (name) => now[name] !== decided.hashes[name],
    );
    expect(different, instructions(now)).toEqual([]);
    expect(protocolVersion, instructions(now)).toBe(decided.protocol);
  });

  test('[SY30] a changed field changes a hash', () => {
    const before = z.strictObject({ a: z.string() });
    const after = z.strictObject({ a: z.string(), b: z.optional(z.number()) });
    expect(hashOf(plain(z.toJSONSchema(before)))).not.toBe(hashOf(plain(z.toJSONSchema(after))));
  });

  test('[SY31] message types from 100 on are ours, those of y-protocols stay as they are', () => {
    const { sync, awareness, auth, queryAwareness, ...ours } = messageTypes;
    expect([sync, awareness, auth, queryAwareness]).toEqual([0, 1, 2, 3]);
    for (const type of Object.values(ours)) expect(type).toBeGreaterThanOrEqual(100);
  });

  test('[SY31] a close is final exactly where y-websocket takes it to be', () => {
    expect([4399, 4400, 4499, 4500, 1013, 1006].map(isFinalClose)).toEqual([
      false,
      true,
      true,
      false,
      false,
      false,
    ]);
    const { tryAgain, ...final } = closeCodes;
    expect(isFinalClose(tryAgain)).toBe(false);
    expect(Object.values(final).every(isFinalClose)).toBe(true);
  });
});
