import { newName, promptIdSchema, type SessionId } from '#lib/domain/ids.ts';
import type { Task } from '#lib/domain/task.ts';
import type { Workspace } from '#lib/sync/contract.ts';
import { openSession, type Documents } from './documents.ts';
import type { Environment } from './environment.ts';

/** Puts a task's words into the queue of a session as a prompt; the task stays as it is. */
export async function makePrompt(
  workspace: Workspace,
  documents: Documents,
  environment: Environment,
  task: Task & { readonly sessionId: SessionId },
): Promise<void> {
  const { session, release } = openSession(workspace, task.sessionId);
  try {
    await session.replica.whenLoaded;
    session.document.putPrompt({
      v: 1,
      id: promptIdSchema.parse(newName(environment.random)),
      text: task.body.trim() === '' ? task.title : `${task.title}\n\n${task.body.trim()}`,
      blobs: [],
      personId: documents.identity.personId,
      deviceId: documents.identity.deviceId,
      writtenAt: environment.clock.now(),
    });
    await session.replica.whenDurable();
  } finally {
    release();
  }
}
