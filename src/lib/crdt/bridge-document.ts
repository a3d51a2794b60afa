import type * as Y from 'yjs';
import { bridgeInfoSchema, type BridgeInfo } from '#lib/domain/bridge.ts';
import { agentInfoSchema, type AgentInfo } from '#lib/domain/agent.ts';
import {
  deviceInfoSchema,
  personInfoSchema,
  type DeviceInfo,
  type PersonInfo,
} from '#lib/domain/device.ts';
import { operationSchema, type Operation } from '#lib/domain/operation.ts';
import { permissionRuleSchema, type PermissionRule } from '#lib/domain/permission.ts';
import { projectInfoSchema, type ProjectInfo } from '#lib/domain/project.ts';
import type { Parsed, Schema } from '#lib/domain/schema.ts';
import { sessionInfoSchema, type SessionInfo } from '#lib/domain/session.ts';
import { classify, derived, observed, plainEntries, putPlain, valuesOf } from './plain-values.ts';
import type { Source } from './source.ts';

/** Root maps of room `bridge` (id → plain value); `info` holds the one key `bridge`. */
export const bridgeMaps = [
  'projects',
  'agents',
  'people',
  'devices',
  'sessions',
  'operations',
  'rules',
  'info',
] as const;
export type BridgeMap = (typeof bridgeMaps)[number];

/** Room `bridge` as devices read it: what the bridge says about the workspace. No device can write it (R1). */
export interface BridgeDocument {
  readonly info: Source<BridgeInfo | null>;
  readonly projects: Source<readonly ProjectInfo[]>;
  readonly agents: Source<readonly AgentInfo[]>;
  readonly people: Source<readonly PersonInfo[]>;
  readonly devices: Source<readonly DeviceInfo[]>;
  readonly sessions: Source<readonly SessionInfo[]>;
  /** Newest first. */
  readonly operations: Source<readonly Operation[]>;
  readonly rules: Source<readonly PermissionRule[]>;
}

export function bridgeDocument(doc: Y.Doc): BridgeDocument {
  const list = <S extends Schema>(name: BridgeMap, schema: S): Source<Parsed<S>[]> => {
    const entries = plainEntries(doc.getMap<unknown>(name), schema);
    return derived([entries], () => valuesOf(entries.read()));
  };
  const operations = list('operations', operationSchema);
  const people = list('people', personInfoSchema);
  const info = doc.getMap<unknown>('info');
  const infoVersion = plainEntries(info, bridgeInfoSchema);
  return {
    info: derived([infoVersion], () => {
      const entry = classify(bridgeInfoSchema, 'bridge', info.get('bridge'));
      return entry.kind === 'value' ? entry.value : null;
    }),
    projects: list('projects', projectInfoSchema),
    agents: list('agents', agentInfoSchema),
    people: derived([people], () => people.read().toSorted((a, b) => a.joinedAt - b.joinedAt)),
    devices: list('devices', deviceInfoSchema),
    sessions: list('sessions', sessionInfoSchema),
    operations: derived([operations], () =>
      operations.read().toSorted((a, b) => b.number - a.number),
    ),
    rules: list('rules', permissionRuleSchema),
  };
}

/** Writes or, with `null`, removes one entry; the bridge's hand only. */
export function putInBridgeDocument(
  doc: Y.Doc,
  map: BridgeMap,
  key: string,
  value: object | null,
): void {
  putPlain(doc.getMap<unknown>(map), key, value);
}

export const observeBridgeMap = (doc: Y.Doc, map: BridgeMap, listener: () => void): (() => void) =>
  observed(doc.getMap<unknown>(map), listener);
