import { reasonOf } from '#lib/domain/failure.ts';
import type { SessionRecord } from '../../journal/session-record.ts';
import type { SessionRow } from '../../storage/contract.ts';
import { createAgentLink, type AgentLink } from './agent-link.ts';
import { createAgentWords, type AgentWords } from './agent-words.ts';
import { createBlobDesk } from './blob-desk.ts';
import type { EngineParts } from './engine-parts.ts';
import { createHandoverBook, type HandoverBook } from './handover-book.ts';
import { createIndexEntry, type IndexEntry } from './index-entry.ts';
import { createItemHeads } from './item-heads.ts';
import { createPermissionDesk, type PermissionDesk } from './permission-desk.ts';
import { createRecordWatch, type RecordWatch } from './record-watch.ts';
import { createRunDisplay, type RunDisplay } from './run-display.ts';
import type { Phase, SessionEvent } from './session-machine.ts';
import { createSessionTree, type SessionTree } from './session-tree.ts';
import { createSessionTurns, type SessionTurns } from './session-turns.ts';
import { createTurnRecorder, type TurnRecorder } from './turn-recorder.ts';

/** What one session is made of; each part knows only the parts it needs. */
export interface SessionParts {
  readonly record: SessionRecord;
  readonly recorder: TurnRecorder;
  readonly entry: IndexEntry;
  readonly display: RunDisplay;
  readonly desk: PermissionDesk;
  readonly words: AgentWords;
  readonly watch: RecordWatch;
  readonly book: HandoverBook;
  readonly tree: SessionTree;
  readonly turns: SessionTurns;
  readonly link: AgentLink;
}

/** What the parts ask of the session that they are parts of. */
export interface SessionHooks {
  readonly phase: () => Phase;
  readonly isClosed: () => boolean;
  readonly dispatch: (event: SessionEvent) => void;
  /** The agent's process ended, having written this last to its standard error. */
  readonly ended: (stderrTail: string) => void;
  /** The record could not be written. */
  readonly onGap: () => void;
}

export function makeSessionParts(
  parts: EngineParts,
  row: SessionRow,
  hooks: SessionHooks,
): SessionParts {
  const { clock, random, scheduler, storage } = parts;
  const { id, directory, projectId, agentId } = row.info;
  const record = parts.record.session(id);
  const logged = (what: string) => (error: unknown) => {
    parts.log.error({ session: id, reason: reasonOf(error) }, what);
  };
  const entry = createIndexEntry({
    row,
    bridge: parts.record,
    record,
    commit: (batch) => storage.commit(batch),
    scheduler,
    onNotWritten: logged('session row not written'),
  });
  const heads = createItemHeads({
    record,
    clock,
    random,
    onItem: (seq) => {
      entry.touch({ lastSeq: seq, lastActivityAt: clock.now() });
    },
  });
  const blobs = createBlobDesk(storage, (message) => {
    recorder.notice('error', message);
  });
  const recorder = createTurnRecorder({ record, heads, blobs, clock, scheduler });
  const desk = createPermissionDesk({
    record,
    recorder,
    blobs,
    rules: parts.rules,
    place: { projectId, agentId },
    directory,
    clock,
    random,
    nameOf: parts.personName,
    onChange: () => {
      display.permissions();
    },
  });
  const display = createRunDisplay({ record, recorder, desk, entry, clock });
  const watch = createRecordWatch({
    record,
    scheduler,
    onGap: hooks.onGap,
    tell: (text, detail) => {
      recorder.notice('error', text, detail);
    },
  });
  const words = createAgentWords({
    record,
    recorder,
    desk,
    entry,
    scheduler,
    onProgress: () => {
      if (display.progress(hooks.phase())) watch.check();
    },
  });
  const book = createHandoverBook({ sessionId: id, record, prompts: parts.prompts, storage });
  const tree = createSessionTree({
    observer: parts.observer,
    directory,
    projectRepository: () => parts.projects.repositoryOf(projectId),
    onProblem: logged('working tree not read'),
  });
  const turns = createSessionTurns({
    record,
    recorder,
    book,
    tree,
    desk,
    entry,
    storage,
    clock,
    showRun: display.show,
    isClosed: hooks.isClosed,
    onNotWritten: (error) => {
      watch.failed(error);
    },
    amended: (outcome) => watch.amended(outcome),
  });
  const link = createAgentLink({
    starter: parts.starter,
    clock,
    heard: words,
    events: {
      started: (agentSessionId) => {
        entry.change({}, { agentSessionId });
        hooks.dispatch({ type: 'started' });
      },
      startFailed: (rest) => {
        hooks.dispatch({ type: 'start_failed', rest });
      },
      turnOver: (outcome, rest) => {
        hooks.dispatch({ type: 'turn_over', outcome, rest });
      },
      ended: (rest, stderrTail) => {
        hooks.ended(stderrTail);
        hooks.dispatch({ type: 'agent_ended', rest });
      },
      stopped: () => {
        hooks.dispatch({ type: 'stopped' });
      },
    },
  });
  return { record, recorder, entry, display, desk, words, watch, book, tree, turns, link };
}
