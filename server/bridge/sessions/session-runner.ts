import type { Cancel } from '#lib/domain/clock.ts';
import { assertNever, reasonOf } from '#lib/domain/failure.ts';
import { newName, turnIdSchema } from '#lib/domain/ids.ts';
import { limits } from '#lib/domain/limits.ts';
import type { SessionState } from '#lib/domain/session.ts';
import type { SessionRow } from '../../storage/contract.ts';
import type { EngineParts } from './engine-parts.ts';
import type { IndexEntry } from './index-entry.ts';
import type { PermissionDesk } from './permission-desk.ts';
import {
  nextStep,
  type Phase,
  type Rest,
  type SessionAction,
  type SessionEvent,
} from './session-machine.ts';
import { makeSessionParts, type SessionParts } from './session-parts.ts';
import { closeLeft, putFirstState } from './session-recovery.ts';

/**
 * One session: holds its phase, lets {@link nextStep} decide, and carries out the actions. Whatever takes time comes back as an
 * event, so that there is one order of things.
 */
export class SessionRunner {
  readonly #parts: EngineParts;
  readonly #made: SessionParts;
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
  #cancelLook: Cancel = () => undefined;

  constructor(parts: EngineParts, row: SessionRow, origin: 'created' | 'stored') {
    this.#parts = parts;
    this.#origin = origin;
    this.#phase = phaseOf(row);
    this.#made = makeSessionParts(parts, row, {
      phase: () => this.#phase,
      isClosed: () => this.#closed,
      dispatch: (event) => {
        this.#dispatch(event);
      },
      ended: (stderrTail) => {
        this.#stderrTail = stderrTail;
      },
      onGap: () => {
        this.#made.book.hold();
        this.#dispatch({ type: 'cancel' });
      },
    });
  }

  get entry(): IndexEntry {
    return this.#made.entry;
  }

  get desk(): PermissionDesk {
    return this.#made.desk;
  }

  get mode(): SessionState['mode'] {
    return this.#made.words.mode;
  }

  get phase(): Phase {
    return this.#phase;
  }

  /** Closes what an earlier life left open, or writes the first state; once, before anything else. */
  open(): Promise<void> {
    // What failed left nothing on disk, so it is done again from the start when somebody needs the session.
    return (this.#opening ??= this.#open().catch((error: unknown) => {
      this.#opening = null;
      throw error;
    }));
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
      try {
        await this.#look();
      } catch (error) {
        // A room that is read anew, or a disk that is full for a moment: the queue is looked at again, nobody need ask.
        this.#parts.log.warn({ session: this.entry.info.id, reason: reasonOf(error) }, 'no look');
        this.#lookLater();
      }
      const again = this.#isToLookAgain();
      this.#looking = 'no';
      if (again) this.look();
    });
  }

  /** Starts the agent, or lets a queue that waits for a person go on. */
  start(): void {
    this.#made.book.release();
    this.#do('agent not started', async () => {
      await this.open();
      this.#dispatch({ type: 'start' });
    });
  }

  /** Ends the agent's process; prompts that are queued now wait for a person. */
  stop(message: string): void {
    this.#made.book.hold();
    this.desk.voidAll('cancelled');
    const at = this.#parts.clock.now();
    const rest: Rest = { kind: 'ended', why: 'asked', code: null, signal: null, message, at };
    this.#dispatch({ type: 'stop', rest });
  }

  cancel(): void {
    this.#dispatch({ type: 'cancel' });
  }

  setMode(modeId: string): void {
    this.#made.link.setMode(modeId)?.catch((error: unknown) => {
      this.#made.recorder.notice(
        'error',
        `The agent did not change its mode to “${modeId}”.`,
        reasonOf(error),
      );
    });
  }

  notice(level: 'info' | 'warning' | 'error', text: string): void {
    this.#made.recorder.notice(level, text);
  }

  forgetReceiptsBefore(time: number): void {
    if (this.#opening !== null) this.#made.book.forgetBefore(time);
  }

  /** Ends everything because the bridge stops: the running turn is interrupted, the process gone, the record on disk. */
  async shutDown(): Promise<void> {
    const phase = this.#phase;
    if (phase.kind === 'closing') await Promise.all(this.#work);
    this.#closed = true;
    this.#cancelGrace();
    this.#cancelLook();
    this.#made.watch.stop();
    await this.#made.link.gone();
    if (this.#opening === null) return;
    await this.#opening;
    this.desk.voidAll('bridge_restarted');
    this.#made.recorder.closeGrowing({ cut: true, unfinished: 'failed' });
    if (phase.kind === 'running' || phase.kind === 'handing')
      this.#made.turns.interrupt(phase.turn);
    this.#made.words.flush();
    if (phase.kind !== 'ended' && phase.kind !== 'login_needed')
      this.#made.record.put('run', { kind: 'none' });
    await this.#made.record.durable();
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
        this.#made.display.phase(phase);
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
        this.#made.link.stop();
        return;
      case 'look_for_prompts':
        this.look();
        return;
      case 'commit_receipt':
        this.#do('prompt not handed over', async () => {
          const event = await this.#made.turns.sign(action.turn);
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
          await this.#made.turns.close(action.turn, action.outcome);
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
      putFirstState(this.#made.record);
      await this.#made.book.open([]);
    } else {
      const turns = await closeLeft({
        record: this.#made.record,
        recorder: this.#made.recorder,
        book: this.#made.book,
        turns: row.turns,
        now: () => this.#parts.clock.now(),
      });
      const resting = info.run === 'ended' || info.run === 'login_needed';
      if (resting || info.trashedAt !== null) await this.#made.book.holdAll();
      this.entry.change(
        { run: resting ? info.run : 'none', openPermissions: 0, doing: null },
        { turns },
      );
      this.#made.display.permissions();
    }
    this.entry.show();
    await this.#made.record.durable();
    this.#do('working tree not read', () => this.#readTree());
  }

  async #look(): Promise<void> {
    await this.open();
    const next = await this.#made.book.next();
    this.#cancelLook();
    if (this.#closed || this.#parts.paused()) return;
    if (next.kind === 'blobs') this.#lookLater();
    if (next.kind !== 'ready') return;
    if (this.entry.info.trashedAt !== null) {
      this.entry.change({ trashedAt: null });
      this.#made.recorder.notice(
        'info',
        'A prompt arrived, so the session came back from the trash.',
      );
    }
    const turn = {
      turnId: turnIdSchema.parse(newName(this.#parts.random)),
      number: this.entry.row.turns + 1,
      startedAt: this.#parts.clock.now(),
      promptId: next.queued.prompt.id,
    };
    this.#dispatch({ type: 'prompt_ready', turn });
  }

  #isToLookAgain(): boolean {
    return this.#looking === 'again';
  }

  #lookLater(): void {
    this.#cancelLook();
    this.#cancelLook = this.#parts.scheduler.after(limits.blobWaitMs, () => {
      this.look();
    });
  }

  #startAgent(): void {
    const { agentSessionId, modeId, info } = this.entry.row;
    this.#stderrTail = '';
    this.#made.link.start({
      launch: () => this.#parts.agents.launchOf(info.agentId),
      directory: info.directory,
      resume: agentSessionId,
      modeId,
    });
  }

  async #givePrompt(): Promise<void> {
    const content = await this.#made.turns.content();
    if (content === null || this.#closed) return;
    for (const note of content.notes) this.#made.recorder.notice('warning', note);
    this.#made.link.prompt(content.text, content.images);
    // A stop that came before the agent had the prompt reaches it now.
    if (this.#phase.kind === 'running' && this.#phase.cut?.kind === 'cancel')
      this.#made.link.cancel();
  }

  #cancelTurn(): void {
    this.desk.voidAll('cancelled');
    this.#made.link.cancel();
    this.#cancelGrace = this.#parts.scheduler.after(limits.turnStopGraceMs, () => {
      this.#dispatch({ type: 'grace_over' });
    });
  }

  #announce(rest: Rest): void {
    this.#made.book.hold();
    this.desk.voidAll('agent_ended');
    const asked = rest.kind === 'ended' && rest.why === 'asked';
    const level = asked ? 'info' : rest.kind === 'login_needed' ? 'warning' : 'error';
    this.#made.recorder.closeGrowing({ cut: true, unfinished: 'failed' });
    this.#made.recorder.notice(
      level,
      rest.message,
      asked || this.#stderrTail === '' ? null : this.#stderrTail,
    );
  }

  /** Reads branch and paths again and shows them if they changed. */
  async #readTree(): Promise<void> {
    const head = await this.#made.tree.head();
    if (head !== null) this.entry.touch({ branch: head.branch });
    const paths = await this.#made.tree.paths();
    if (paths === null || this.#closed) return;
    const text = paths.join('\0');
    if (text === this.#shownPaths) return;
    this.#shownPaths = text;
    this.#made.record.put('paths', [...paths]);
  }

  /** Work that ends as an event; an error of our own is written where people see it, and the rest goes on. */
  #do(what: string, task: () => Promise<void>): void {
    const work = task()
      .catch((error: unknown) => {
        this.#parts.log.error({ session: this.entry.info.id, reason: reasonOf(error) }, what);
        if (!this.#closed)
          this.#made.recorder.notice(
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
