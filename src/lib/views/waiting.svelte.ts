import type { ChangeLabel } from '#lib/crdt/origins.ts';
import { isUndelivered, type OutboxEntry } from '#lib/domain/outbox.ts';
import { roomName } from '#lib/domain/room.ts';
import type { SessionId } from '#lib/domain/ids.ts';
import type { WaitingChange, Workspace } from '#lib/sync/contract.ts';
import { observe, type Observed } from './observe.svelte.ts';

/** Something that is only on this device: an edit of a document or a command in the outbox. */
export interface WaitingEntry {
  readonly key: string;
  readonly kind: ChangeLabel['kind'] | 'command';
  readonly text: string;
  /** Device time of writing. */
  readonly at: number;
  /** False while only this tab's memory has it. */
  readonly onDevice: boolean;
}

/** All that the bridge has not confirmed to be on its disk, oldest first. */
export class Waiting {
  readonly #changes: Observed<readonly WaitingChange[]>;
  readonly #outbox: Observed<readonly OutboxEntry[]>;

  constructor(workspace: Workspace) {
    this.#changes = observe(workspace.waiting);
    this.#outbox = observe(workspace.outbox.entries);
  }

  get count(): number {
    return this.#changes.current.length + this.#undelivered.length;
  }

  get entries(): readonly WaitingEntry[] {
    const changes = this.#changes.current.map(({ room, label, at, onDevice }) => ({
      key: `${room} ${label.kind} ${label.entity}`,
      kind: label.kind,
      text: label.text,
      at,
      onDevice,
    }));
    const commands = this.#undelivered.map(({ command, summary }) => ({
      key: command.id,
      kind: 'command' as const,
      text: summary,
      at: command.createdAt,
      onDevice: true,
    }));
    return [...changes, ...commands].sort((a, b) => a.at - b.at);
  }

  /** Prompts of a session that are only here. */
  prompts(sessionId: SessionId): number {
    const name = roomName({ kind: 'session', sessionId });
    return this.#changes.current.filter(
      ({ room, label }) => room === name && label.kind === 'prompt',
    ).length;
  }

  get #undelivered(): readonly OutboxEntry[] {
    return this.#outbox.current.filter(isUndelivered);
  }
}
