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
  hashes: {
    'agent.agentCommandSchema': '21d266d73f3eeac3',
    'agent.agentSourceSchema': '76ee70fefbeb3547',
    'agent.agentInfoSchema': '909bc9ebf5488cf7',
    'attachment.attachmentSchema': '26f66da7213aef9a',
    'bridge.bridgeInfoSchema': '5c7b2085e7150de9',
    'command.expectationSchema': 'd8740877f72726ba',
    'command.commandSchema': 'dff1a8ace2a3a3fa',
    'command.commandHeadSchema': '94c31a47bfa181f9',
    'device.deviceInfoSchema': '6860d0c98565046b',
    'device.personInfoSchema': '96ad5e74961ce0fb',
    'ids.sessionIdSchema': '6f514b592f1f5453',
    'ids.commandIdSchema': '6f514b592f1f5453',
    'ids.projectIdSchema': '3c5be7198280ac98',
    'ids.agentIdSchema': '3c5be7198280ac98',
    'ids.personIdSchema': '3c5be7198280ac98',
    'ids.deviceIdSchema': '3c5be7198280ac98',
    'ids.bridgeIdSchema': '3c5be7198280ac98',
    'ids.epochSchema': '3c5be7198280ac98',
    'ids.taskIdSchema': '3c5be7198280ac98',
    'ids.noteIdSchema': '3c5be7198280ac98',
    'ids.promptIdSchema': '3c5be7198280ac98',
    'ids.itemIdSchema': '3c5be7198280ac98',
    'ids.turnIdSchema': '3c5be7198280ac98',
    'ids.permissionIdSchema': '3c5be7198280ac98',
    'ids.ruleIdSchema': '3c5be7198280ac98',
    'ids.sha256Schema': '6519bc80d5c0059f',
    'note.noteSchema': '8252706427efc312',
    'operation.operationStateSchema': 'a09119d54cc5113b',
    'operation.operationSchema': '367e25123ac4720f',
    'permission.optionKindSchema': 'b736bf2b7529e763',
    'permission.permissionOptionSchema': 'b88ea493d913a0bd',
    'permission.diffPreviewSchema': '8ade30a5572cec42',
    'permission.permissionSubjectSchema': '0d47c25ccf55a32d',
    'permission.permissionOutcomeSchema': '89ec98a8f8f27548',
    'permission.permissionRequestSchema': '4c3e27e603cbb4d9',
    'permission.permissionRuleSchema': '5af59874cda06750',
    'plan.planEntrySchema': '81a53658ebaff572',
    'plan.planSchema': '101094d8e8c37328',
    'project.worktreeSchema': 'e4c9f23876a025fa',
    'project.projectStatusSchema': 'b015d629b35e8ddc',
    'project.projectInfoSchema': 'ab59639d5ceca27d',
    'prompt.promptSchema': '4d5427e1ccfdbf33',
    'prompt.authorSchema': 'a0b80ae56d9ed749',
    'prompt.receiptSchema': '352ee1ea29dfee7c',
    'role.roleSchema': '7b2ba59a0e871e66',
    'role.scopeSchema': '917200df5e692237',
    'session.agentModeSchema': '1e501e81790ecd78',
    'session.runStateSchema': 'd5185a630e266e38',
    'session.worktreeChoiceSchema': 'c044796b5d3914c4',
    'session.sessionInfoSchema': '55f0e0582b1b104b',
    'session.slashCommandSchema': '155bc3448f5125dc',
    'session.sessionStateSchema': 'c5e20b1df8d38302',
    'transcript.stopReasonSchema': 'fb3307b22c31e785',
    'transcript.toolStatusSchema': '9ed50241686a8b0b',
    'transcript.toolOutputSchema': '7201110f4ab75ed1',
    'transcript.toolCallSchema': '6f5f45a7f29ba715',
    'transcript.transcriptItemSchema': 'ffdcecbe6196d526',
    'transcript.liveItemSchema': '4ffcb43c3f56ab88',
    'transcript.sealedSegmentSchema': '29f5d756fb530e82',
    'http.healthSchema': 'c13ff6bafbf560f6',
    'http.pairRequestSchema': 'c3cc2baafb5b2447',
    'http.bridgeIdentitySchema': '80a5c447076a8b7d',
    'http.pairResponseSchema': 'df3b50677bca2f6c',
    'http.meResponseSchema': '6e18420595609efe',
    'http.commandResponseSchema': 'd9fed3c6867cf701',
    'http.operationsResponseSchema': '86dedecf6955ec0a',
    'http.revocationStatementSchema': '1b35d4257446d24e',
    'http.errorResponseSchema': 'db5657c66e4546d9',
    'table.closeCodes': '9d4563fde7d5d317',
    'table.controlTypes': '555ade1f464dacdb',
    'table.failureStatus': '0ba8c30be41df339',
    'table.messageTypes': 'd70fc7c5e0e793e6',
    'table.muxSubprotocol': 'df743a5e0b13e9b0',
    'table.commandKinds': '08d7ea8874cc0982',
  },
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
