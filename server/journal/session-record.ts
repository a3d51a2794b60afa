import type { AgentInfo } from '#lib/domain/agent.ts';
import type { BridgeInfo } from '#lib/domain/bridge.ts';
import type { DeviceInfo, PersonInfo } from '#lib/domain/device.ts';
import type { ItemId, PromptId, SessionId } from '#lib/domain/ids.ts';
import type { Operation } from '#lib/domain/operation.ts';
import type { PermissionRequest, PermissionRule } from '#lib/domain/permission.ts';
import type { ProjectInfo } from '#lib/domain/project.ts';
import type { Author, Prompt, Receipt } from '#lib/domain/prompt.ts';
import type { RunState, SessionInfo, SessionState } from '#lib/domain/session.ts';
import type { LiveItem, TranscriptItem } from '#lib/domain/transcript.ts';

/**
 * The bridge's writing hand on what devices read. The parts that run agents and commands call it; the projector
 * (`server/sync`) implements it over the bridge-written rooms. Calls of one session take effect in order; each returns at once,
 * and `durable` tells when all that was called before is on disk.
 */
export interface SessionRecord {
  /** Replaces one value of room `state/<id>`. */
  put<K extends keyof SessionState>(key: K, value: SessionState[K]): void;
  putPermission(request: PermissionRequest): void;
  putReceipt(receipt: Receipt): void;
  /** A receipt is no longer needed by any device. */
  dropReceipt(promptId: PromptId): void;
  /** Appends a finished item; its `seq` was taken from `nextSeq`. */
  append(item: TranscriptItem): void;
  /** Begins an item that grows; its place in the transcript is that of its `seq`. */
  openLive(item: LiveItem): void;
  /** Replaces the head of a growing item (a tool call's new status). */
  updateLive(item: LiveItem): void;
  /** Adds text to a growing answer or thought; collected and written every `limits.liveFlushMs`. */
  extendLive(id: ItemId, text: string): void;
  /** Takes the growing item away and appends what it became, in one step. */
  closeLive(id: ItemId, final: TranscriptItem): void;
  /** Items that were still growing when the bridge stopped, with their text: to be closed as cut. */
  leftLive(): Promise<readonly { readonly item: LiveItem; readonly text: string }[]>;
  /** What room `state/<id>` says: where an earlier life of the bridge left the session. Read before anything is put. */
  leftState(): Promise<LeftState>;
  /** The next number of the bridge's sequence. */
  nextSeq(): number;
  /** Resolves when everything called before is on disk; rejects with a FailureError when it could not be written. */
  durable(): Promise<void>;
}

export interface LeftState {
  /** `null`: the session has no state yet. */
  readonly run: RunState | null;
  /** Every receipt that is kept, of any state. */
  readonly receipts: readonly Receipt[];
  /** Requests without an outcome. */
  readonly openPermissions: readonly PermissionRequest[];
}

/** The whole of what the bridge publishes (room `bridge`), and the records of its sessions. */
export interface BridgeRecord {
  session(sessionId: SessionId): SessionRecord;
  putProject(project: ProjectInfo): void;
  putAgent(agent: AgentInfo): void;
  dropAgent(id: AgentInfo['id']): void;
  putPerson(person: PersonInfo): void;
  putDevice(device: DeviceInfo): void;
  putSession(info: SessionInfo): void;
  dropSession(id: SessionId): void;
  putRule(rule: PermissionRule): void;
  dropRule(id: PermissionRule['id']): void;
  putOperation(operation: Operation): void;
  putBridge(info: BridgeInfo): void;
  durable(): Promise<void>;
}

/** A prompt that waits for the agent, as the bridge sees it. */
export interface QueuedPrompt {
  readonly prompt: Prompt;
  /** Who brought it; `verified` is false when the entry claims somebody else. */
  readonly author: Author;
  readonly arrivedAt: number;
  /** Open in a connected device's editor: not handed over meanwhile. */
  readonly held: boolean;
}

/** Prompts out of `session/<id>`, in rank order, without those that have an equal receipt. The bridge only reads there (R1). */
export interface PromptQueue {
  /** The present queue of a session. */
  queued(sessionId: SessionId): Promise<readonly QueuedPrompt[]>;
  /** Calls `listener` after a queue changed (also when a hold ends); returns the end of the subscription. */
  onChange(listener: (sessionId: SessionId) => void): () => void;
}
