import { deviceInfo, personInfo } from '../identity/published.ts';
import type { PromptQueue } from '../journal/session-record.ts';
import { openDocuments } from '../sync/documents.ts';
import { openProjector, type Projector } from '../sync/projector.ts';
import { createPromptQueue } from '../sync/prompt-queue.ts';
import { createSyncServer, type SyncServer } from '../sync/sync-server.ts';
import type { Assembly } from './assembly.ts';
import type { Foundation } from './foundation.ts';

/** The documents that devices and the bridge share, and the bridge's own hand in them. */
export interface SharedDocuments {
  readonly sync: SyncServer;
  readonly projector: Projector;
  readonly prompts: PromptQueue;
  /** Says what the bridge is now: again when a paused epoch was released. */
  readonly publishBridge: () => void;
}

export async function openSharedDocuments(
  { ambient, log, version, parts }: Assembly,
  { storage, identity }: Foundation,
): Promise<SharedDocuments> {
  const { directory, bridge, key } = identity;
  const documents = await openDocuments({ storage, ...ambient, log });
  parts.defer(() => {
    documents.close();
  });
  const projector = await openProjector({ storage, documents, ...ambient, log });
  parts.defer(() => projector.durable());
  const sync = createSyncServer({
    documents,
    principalOf: (id) => directory.principalOf(id),
    bridge: key,
    epoch: () => storage.life.epoch,
    position: () => storage.position(),
    ...ambient,
    log,
  });
  const prompts = createPromptQueue({
    documents,
    clock: ambient.clock,
    personOf: (id) => directory.device(id)?.personId ?? null,
  });
  directory.subscribe({
    person: (row) => {
      projector.putPerson(personInfo(row));
    },
    device: (row) => {
      projector.putDevice(deviceInfo(row));
      sync.roleChanged(row.id);
    },
  });
  const publishBridge = (): void => {
    const { epoch, paused } = storage.life;
    projector.putBridge({ v: 1, name: bridge.name, version, epoch, paused });
  };
  publishBridge();
  return { sync, projector, prompts, publishBridge };
}
