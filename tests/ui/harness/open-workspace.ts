import { putInBridgeDocument } from '#lib/crdt/bridge-document.ts';
import { sessionDocument } from '#lib/crdt/session-document.ts';
import type { ConnectionState } from '#lib/domain/connection.ts';
import { failure, type FailureCode } from '#lib/domain/failure.ts';
import { promptIdSchema } from '#lib/domain/ids.ts';
import type { Role } from '#lib/domain/role.ts';
import type { SessionInfo } from '#lib/domain/session.ts';
import type { NotAccepted, StorageState, Workspace } from '#lib/sync/contract.ts';
import type { BrowserEnvironment } from '#lib/sync/environment.ts';
import { conversationVerbs } from './conversation-verbs.ts';
import { MemoryWorkspace } from './memory-workspace.ts';
import { devices, here, ilse, laptop, storyTime } from './people.ts';
import { scenarios, type Scenario } from './scenarios.ts';
import { sessionIdOf } from './ids.ts';
import { knownSessions } from './sessions.ts';

/** What a spec does from outside: the bridge's part, the network's, and the browser's. */
export interface Harness {
  connection(state: ConnectionState): void;
  storage(state: StorageState): void;
  /** Puts prompts into another session, as only this device has them. */
  writePrompts(count: number): void;
  /** Another of this person's devices writes into the draft of the new session. */
  writeDraft(text: string, at: number): void;
  /** The bridge takes its time with acknowledgements, or has caught up. */
  holdAcks(hold: boolean): void;
  /** Another device or the bridge changes a session. */
  session(n: number, fields: Partial<SessionInfo>): void;
  pauseBridge(): void;
  refuse(copy: Omit<NotAccepted, 'update' | 'at'>): void;
  role(role: Role): void;
  pairingFails(code: FailureCode, message: string): void;
}

declare global {
  interface Window {
    /** Set before the page's scripts run. */
    rejoinScenario?: Scenario;
    rejoinHarness?: Harness;
  }
}

/** In the place of the app's own `openWorkspace`: the same contract, in memory, filled by a scenario. */
export function openWorkspace(environment: BrowserEnvironment): Promise<Workspace> {
  const workspace = new MemoryWorkspace(environment, here);
  scenarios[window.rejoinScenario ?? 'busy'](workspace);
  window.rejoinHarness = harnessOf(workspace);
  window.rejoinConversation = conversationVerbs(workspace);
  return Promise.resolve(workspace);
}

function harnessOf(workspace: MemoryWorkspace): Harness {
  const bridge = () => workspace.replica({ kind: 'bridge' });
  return {
    connection: (state) => {
      workspace.connection.set(state);
    },
    storage: (state) => {
      workspace.storage.set(state);
    },
    writePrompts(count) {
      const sessionId = sessionIdOf(5);
      const session = sessionDocument(workspace.replica({ kind: 'session', sessionId }).doc);
      for (let index = 0; index < count; index += 1)
        session.putPrompt({
          v: 1,
          id: promptIdSchema.parse(`prompt-w${String(index)}`),
          text: `Then squash to ${String(index + 1)} commits and keep my message`,
          blobs: [],
          personId: ilse,
          deviceId: laptop,
          writtenAt: storyTime,
        });
    },
    writeDraft(text, at) {
      const { doc } = workspace.replica({ kind: 'person', personId: ilse });
      doc.transact(() => {
        doc.getText('draft/new').insert(at, text);
      }, 'another device');
    },
    holdAcks(hold) {
      workspace.holdAcks(hold);
    },
    session(n, fields) {
      const info = knownSessions.find(({ id }) => id === sessionIdOf(n));
      if (info === undefined) throw new Error(`expected a session of the story, got ${String(n)}`);
      const next = { ...info, ...fields };
      putInBridgeDocument(bridge().doc, 'sessions', next.id, next);
    },
    pauseBridge() {
      putInBridgeDocument(bridge().doc, 'info', 'bridge', {
        v: 1,
        name: here.bridgeName,
        version: '0.1.0',
        epoch: here.epoch,
        paused: true,
      });
    },
    refuse(copy) {
      const refused = { ...copy, at: storyTime, update: '' };
      workspace.notAccepted.set([...workspace.notAccepted.read(), refused]);
    },
    role(role) {
      const listed = devices.find(({ id }) => id === here.deviceId);
      if (listed !== undefined)
        putInBridgeDocument(bridge().doc, 'devices', listed.id, { ...listed, role });
      workspace.identity.set({ ...here, role });
      // What the bridge lists of this device counts more than what it said at pairing.
      for (const one of devices.filter(({ id }) => id === laptop))
        putInBridgeDocument(bridge().doc, 'devices', one.id, { ...one, role });
    },
    pairingFails(code, message) {
      workspace.pairingFailure = failure(code, message);
    },
  };
}
