import type { Cancel } from '#lib/domain/clock.ts';
import { assertNever, reasonOf } from '#lib/domain/failure.ts';
import { newName, turnIdSchema } from '#lib/domain/ids.ts';
import { limits } from '#lib/domain/limits.ts';
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
import {
  nextStep,
  type Phase,
  type Rest,
  type SessionAction,
  type SessionEvent,
} from './session-machine.ts';
import { closeLeft, putFirstState } from './session-recovery.ts';
import { createSessionTree, type SessionTree } from './session-tree.ts';
import { createSessionTurns, type SessionTurns } from './session-turns.ts';
import { createTurnRecorder, type TurnRecorder } from './turn-recorder.ts';

/**
 * One session: holds its phase, lets {@link nextStep} decide, and carries out the actions. Whatever takes time comes back as an
 * event, so that there is one order of things.
 */
export class SessionRunner {
  readonly entry: IndexEntry;
  readonly desk: PermissionDesk;
  readonly words: AgentWords;
  readonly #parts: EngineParts;
  readonly #record: SessionRecord;
  readonly #recorder: TurnRecorder;
  readonly #book: HandoverBook;
  readonly #tree: SessionTree;
  readonly #turns: SessionTurns;
  readonly #display: RunDisplay;
  readonly #watch: RecordWatch;
  readonly #link: AgentLink;
  readonly #origin: 'created' | 'stored';
  readonly #work = new Set<Promise<void>>();
  #phase: Phase;
  #events: SessionEvent[] | null = null;
  #opening: Promise<void> | null = null;
  #looking: 'no' | 'looking' | 'again' = 'no';
  #shownPaths = '';
  #stderrTail = '';
  #closed = false;
  #cancelGrace: Cancel = () => undefined;
  #cancelBlobWait: Cancel = () => undefined;

  constructor(parts: EngineParts, row: SessionRow, origin: 'created' | 'stored') {
    this.#parts = parts;
    this.#origin = origin;
    this.#phase = phaseOf(row);
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
    const display = createRunDisplay({
      record,
      recorder,
      desk: () => this.desk,
      entry,
      clock,
    });
    this.#record = record;
    this.#recorder = recorder;
    this.#display = display;
    this.entry = entry;
    this.desk = createPermissionDesk({
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
    this.words = createAgentWords({
      record,
      recorder,
      desk: this.desk,
      entry,
      scheduler,
      onProgress: () => {
        if (display.progress(this.#phase)) this.#watch.check();
      },
    });
    this.#watch = createRecordWatch({
      record,
      scheduler,
      onGap: () => {
        this.#book.hold();
        this.#dispatch({ type: 'cancel' });
      },
      tell: (text, detail) => {
        recorder.notice('error', text, detail);
      },
    });
    this.#book = createHandoverBook({ sessionId: id, record, prompts: parts.prompts, storage });
    this.#tree = createSessionTree({
      observer: parts.observer,
      directory,
      projectRepository: () => parts.projects.repositoryOf(projectId),
      onProblem: logged('working tree not read'),
    });
    this.#turns = createSessionTurns({
      record,
      recorder,
      book: this.#book,
      tree: this.#tree,
      desk: this.desk,
      entry,
      storage,
      clock,
      showRun: display.show,
      isClosed: () => this.#closed,
      onNotWritten: (error) => {
        logged('end of a turn not written')(error);
        this.#watch.failed(error);
      },
      amended: (outcome) => this.#watch.amended(outcome),
    });
    this.#link = createAgentLink({
      starter: parts.starter,
      clock,
      heard: this.words,
      events: {
        started: (agentSessionId) => {
          entry.change({}, { agentSessionId });
          this.#dispatch({ type: 'started' });
        },
        startFailed: (rest) => {
          this.#dispatch({ type: 'start_failed', rest });
        },
        turnOver: (outcome, rest) => {
          this.#dispatch({ type: 'turn_over', outcome, rest });
        },
        ended: (rest, stderrTail) => {
          this.#stderrTail = stderrTail;
          this.#dispatch({ type: 'agent_ended', rest });
        },
        stopped: () => {
          this.#dispatch({ type: 'stopped' });
        },
      },
    });
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** Closes what an earlier life left open, or writes the first state; once, before anything else. */
  open(): Promise<void> {
    return (this.#opening ??= this.#open());
  }

  /** Prompts may have arrived, been edited or let go. Several calls at once share one look. */
  look(): void {
    if (this.#closed) return;
    if (this.#looking !== 'no') {
      this.#looking = 'again';
      return;
    }
    this.#looking = 'looking';
    this.#do('queue not read', async () => {
      await this.#look().finally(() => {
        const again = this.#looking === 'again';
        this.#looking = 'no';
        if (again) this.look();
      });
    });
  }

  /** Starts the agent, or lets a queue that waits for a person go on. */
  start(): void {
    this.#book.release();
    this.#do('agent not started', async () => {
      await this.open();
      this.#dispatch({ type: 'start' });
    });
  }

  /** Ends the agent's process; prompts that are queued now wait for a person. */
  stop(message: string): void {
    this.#book.hold();
    this.desk.voidAll('cancelled');
    const at = this.#parts.clock.now();
    const rest: Rest = { kind: 'ended', why: 'asked', code: null, signal: null, message, at };
    this.#dispatch({ type: 'stop', rest });
  }

  cancel(): void {
    this.#dispatch({ type: 'cancel' });
  }

  setMode(modeId: string): void {
    this.#link.setMode(modeId)?.catch((error: unknown) => {
      this.#recorder.notice(
        'error',
        `The agent did not change its mode to “${modeId}”.`,
        reasonOf(error),
      );
    });
  }

  notice(level: 'info' | 'warning' | 'error', text: string): void {
    this.#recorder.notice(level, text);
  }

  forgetReceiptsBefore(time: number): void {
    if (this.#opening !== null) this.#book.forgetBefore(time);
  }

  /** Ends everything because the bridge stops: the running turn is interrupted, the process gone, the record on disk. */
  async shutDown(): Promise<void> {
    const phase = this.#phase;
    if (phase.kind === 'closing') await Promise.all(this.#work);
    this.#closed = true;
    this.#cancelGrace();
    this.#cancelBlobWait();
    this.#watch.stop();
    await this.#link.gone();
    if (this.#opening === null) return;
    await this.#opening;
    this.desk.voidAll('bridge_restarted');
    this.#recorder.closeGrowing({ cut: true, unfinished: 'failed' });
    if (phase.kind === 'running' || phase.kind === 'handing') this.#turns.interrupt(phase.turn);
    this.words.flush();
    if (phase.kind !== 'ended' && phase.kind !== 'login_needed')
      this.#record.put('run', { kind: 'none' });
    await this.#record.durable();
    if (phase.kind !== 'ended' && phase.kind !== 'login_needed')
      this.entry.change({ run: 'none', doing: null });
    this.entry.flush();
  }

  /** The one door for everything that happens; what happens meanwhile waits its turn. */
  #dispatch(event: SessionEvent): void {
    if (this.#closed) return;
    if (this.#events !== null) {
      this.#events.push(event);
      return;
    }
    const events = (this.#events = [event]);
    try {
      for (let next = events.shift(); next !== undefined; next = events.shift()) {
        const { phase, actions } = nextStep(this.#phase, next, this.#parts.clock.now());
        this.#phase = phase;
        this.#display.phase(phase);
        for (const action of actions) this.#act(action);
      }
    } finally {
      this.#events = null;
    }
  }

  #act(action: SessionAction): void {
    switch (action.type) {
      case 'start_agent':
        this.#startAgent();
        return;
      case 'abort_start':
      case 'stop_agent':
        this.#link.stop();
        return;
      case 'look_for_prompts':
        this.look();
        return;
      case 'commit_receipt':
        this.#do('prompt not handed over', async () => {
          const event = await this.#turns.sign(action.turn);
          if (event !== null) this.#dispatch(event);
        });
        return;
      case 'give_prompt':
        this.#do('prompt not given', () => this.#givePrompt());
        return;
      case 'cancel_turn':
        this.#cancelTurn();
        return;
      case 'close_turn':
        this.#do('turn not closed', async () => {
          this.#cancelGrace();
          await this.#turns.close(action.turn, action.outcome);
          this.#dispatch({ type: 'turn_closed' });
          this.#parts.afterTurn(this.entry.info);
          await this.#readTree();
        });
        return;
      case 'announce_end':
        this.#announce(action.rest);
        return;
      default:
        assertNever(action);
    }
  }

  async #open(): Promise<void> {
    const { row, info } = this.entry;
    if (this.#origin === 'created') {
      putFirstState(this.#record);
      await this.#book.open([]);
    } else {
      const turns = await closeLeft({
        record: this.#record,
        recorder: this.#recorder,
        book: this.#book,
        turns: row.turns,
        now: () => this.#parts.clock.now(),
      });
      const resting = info.run === 'ended' || info.run === 'login_needed';
      if (resting || info.trashedAt !== null) await this.#book.holdAll();
      this.entry.change(
        { run: resting ? info.run : 'none', openPermissions: 0, doing: null },
        { turns },
      );
      this.#display.permissions();
    }
    this.entry.show();
    await this.#record.durable();
    this.#do('working tree not read', () => this.#readTree());
  }

  async #look(): Promise<void> {
    await this.open();
    const next = await this.#book.next();
    this.#cancelBlobWait();
    if (this.#closed || this.#parts.paused()) return;
    if (next.kind === 'blobs')
      this.#cancelBlobWait = this.#parts.scheduler.after(limits.blobWaitMs, () => {
        this.look();
      });
    if (next.kind !== 'ready') return;
    if (this.entry.info.trashedAt !== null) {
      this.entry.change({ trashedAt: null });
      this.#recorder.notice('info', 'A prompt arrived, so the session came back from the trash.');
    }
    const turn = {
      turnId: turnIdSchema.parse(newName(this.#parts.random)),
      number: this.entry.row.turns + 1,
      startedAt: this.#parts.clock.now(),
      promptId: next.queued.prompt.id,
    };
    this.#dispatch({ type: 'prompt_ready', turn });
  }

  #startAgent(): void {
    const { agentSessionId, modeId, info } = this.entry.row;
    this.#stderrTail = '';
    this.#link.start({
      launch: () => this.#parts.agents.launchOf(info.agentId),
      directory: info.directory,
      resume: agentSessionId,
      modeId,
    });
  }

  async #givePrompt(): Promise<void> {
    const content = await this.#turns.content();
    if (content === null || this.#closed) return;
    for (const note of content.notes) this.#recorder.notice('warning', note);
    this.#link.prompt(content.text, content.images);
    // A stop that came before the agent had the prompt reaches it now.
    if (this.#phase.kind === 'running' && this.#phase.cut?.kind === 'cancel') this.#link.cancel();
  }

  #cancelTurn(): void {
    this.desk.voidAll('cancelled');
    this.#link.cancel();
    this.#cancelGrace = this.#parts.scheduler.after(limits.turnStopGraceMs, () => {
      this.#dispatch({ type: 'grace_over' });
    });
  }

  #announce(rest: Rest): void {
    this.#book.hold();
    this.desk.voidAll('agent_ended');
    const asked = rest.kind === 'ended' && rest.why === 'asked';
    const level = asked ? 'info' : rest.kind === 'login_needed' ? 'warning' : 'error';
    this.#recorder.closeGrowing({ cut: true, unfinished: 'failed' });
    this.#recorder.notice(
      level,
      rest.message,
      asked || this.#stderrTail === '' ? null : this.#stderrTail,
    );
  }

  /** Reads branch and paths again and shows them if they changed. */
  async #readTree(): Promise<void> {
    const head = await this.#tree.head();
    if (head !== null) this.entry.touch({ branch: head.branch });
    const paths = await this.#tree.paths();
    if (paths === null || this.#closed) return;
    const text = paths.join('\0');
    if (text === this.#shownPaths) return;
    this.#shownPaths = text;
    this.#record.put('paths', [...paths]);
  }

  /** Work that ends as an event; an error of our own is written where people see it, and the rest goes on. */
  #do(what: string, task: () => Promise<void>): void {
    const work = task()
      .catch((error: unknown) => {
        this.#parts.log.error({ session: this.entry.info.id, reason: reasonOf(error) }, what);
        if (!this.#closed)
          this.#recorder.notice(
            'error',
            `The bridge met an error of its own: ${what}.`,
            reasonOf(error),
          );
      })
      .finally(() => this.#work.delete(work));
    this.#work.add(work);
  }
}

function phaseOf({ info }: SessionRow): Phase {
  const message = info.endedMessage ?? '';
  const at = info.lastActivityAt;
  if (info.run === 'ended')
    return { kind: 'ended', why: 'died', code: null, signal: null, message, at };
  return info.run === 'login_needed' ? { kind: 'login_needed', message, at } : { kind: 'none' };
}
