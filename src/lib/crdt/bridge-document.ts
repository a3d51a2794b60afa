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
import type { Schema } from '#lib/domain/schema.ts';
import { sessionInfoSchema, type SessionInfo } from '#lib/domain/session.ts';
import { foreignEntries, type ForeignEntry } from './foreign-entries.ts';
import { derived, observed, plainEntries, putPlain, valuesOf, type Entry } from './plain-values.ts';
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
  /** What a newer version of the bridge said, or what cannot be read. */
  readonly foreign: Source<readonly ForeignEntry[]>;
}

export function bridgeDocument(doc: Y.Doc): BridgeDocument {
  const entriesOf = <S extends Schema>(name: BridgeMap, schema: S) =>
    plainEntries(doc.getMap<unknown>(name), schema);
  const values = <T>(entries: Source<readonly Entry<T>[]>): Source<T[]> =>
    derived([entries], () => valuesOf(entries.read()));
  const maps = {
    projects: entriesOf('projects', projectInfoSchema),
    agents: entriesOf('agents', agentInfoSchema),
    people: entriesOf('people', personInfoSchema),
    devices: entriesOf('devices', deviceInfoSchema),
    sessions: entriesOf('sessions', sessionInfoSchema),
    operations: entriesOf('operations', operationSchema),
    rules: entriesOf('rules', permissionRuleSchema),
    info: entriesOf('info', bridgeInfoSchema),
  };
  const { info, operations, people } = maps;
  return {
    info: derived([info], () => {
      const entry = info.read().find(({ key }) => key === 'bridge');
      return entry?.kind === 'value' ? entry.value : null;
    }),
    projects: values(maps.projects),
    agents: values(maps.agents),
    people: derived([people], () =>
      valuesOf(people.read()).toSorted((a, b) => a.joinedAt - b.joinedAt),
    ),
    devices: values(maps.devices),
    sessions: values(maps.sessions),
    operations: derived([operations], () =>
      valuesOf(operations.read()).toSorted((a, b) => b.number - a.number),
    ),
    rules: values(maps.rules),
    foreign: foreignEntries(maps),
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
