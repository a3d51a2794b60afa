import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import type { Scheduler } from '#lib/domain/clock.ts';
import { reasonOf } from '#lib/domain/failure.ts';
import { limits } from '#lib/domain/limits.ts';
import { AgentError, type AgentLaunch } from './contract.ts';
import { hasCode, killSurvivors, runMarker, signalled } from './process-survivors.ts';
import { TextTail } from './text-tail.ts';

export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: string | null;
}

/**
 * An agent's process, the leader of a group of its own, and all that it started. When the leader ends, by itself or not, the
 * rest of its group and every survivor that carries the run's marker are killed.
 */
export class AgentProcess {
  /** Resolves when the leader has ended, its output was read to the end and nothing of the run is left. */
  readonly ended: Promise<ProcessEnd>;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #pid: number;
  readonly #runId: string;
  readonly #scheduler: Scheduler;
  readonly #stderr = new TextTail(limits.agentStderrBytesKept);
  #stopped: Promise<void> | null = null;

  private constructor(
    child: ChildProcessWithoutNullStreams,
    pid: number,
    runId: string,
    scheduler: Scheduler,
  ) {
    this.#child = child;
    this.#pid = pid;
    this.#runId = runId;
    this.#scheduler = scheduler;
    child.stderr.on('data', (chunk: Buffer) => {
      this.#stderr.push(chunk);
    });
    // The agent closed its end: told by its exit or by the end of its output.
    child.stdin.on('error', () => undefined);
    child.on('error', () => undefined);
    const closed = once(child, 'close');
    this.ended = once(child, 'exit').then(async () => {
      await this.#sweep();
      await this.#drained(closed);
      return { code: child.exitCode, signal: child.signalCode };
    });
  }

  /**
   * Starts `launch` without a shell, in `directory`, with exactly its environment and the run's marker.
   *
   * @throws AgentError `not_found`, `did_not_start`
   */
  static async spawn(
    launch: AgentLaunch,
    directory: string,
    runId: string,
    scheduler: Scheduler,
  ): Promise<AgentProcess> {
    const found = await stat(directory).catch(() => null);
    if (found?.isDirectory() !== true) {
      throw new AgentError(
        'did_not_start',
        `${launch.name} was not started: expected a directory at ${directory}, found none`,
      );
    }
    try {
      const child = spawn(launch.command, launch.args, {
        cwd: directory,
        env: { ...launch.env, [runMarker]: runId },
        shell: false,
        detached: true,
        stdio: ['pipe', 'pipe', 'pipe'],
        windowsHide: true,
      });
      await once(child, 'spawn');
      if (child.pid === undefined) throw new Error('the process has no id');
      return new AgentProcess(child, child.pid, runId, scheduler);
    } catch (thrown) {
      throw notStarted(launch, thrown);
    }
  }

  get stdin(): ChildProcessWithoutNullStreams['stdin'] {
    return this.#child.stdin;
  }

  get stdout(): ChildProcessWithoutNullStreams['stdout'] {
    return this.#child.stdout;
  }

  get stderr(): Pick<TextTail, 'text' | 'lastLine'> {
    return this.#stderr;
  }

  /** Ends the leader's group at once. */
  kill(): void {
    signalled(-this.#pid, 'SIGKILL');
  }

  /**
   * Asks the process to end: its input is closed, after `limits.agentStdinGraceMs` its group gets SIGTERM, and after
   * `limits.agentStopGraceMs` SIGKILL. Resolves with {@link ended}.
   */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#child.stdin.end();
    const terminate = this.#scheduler.after(limits.agentStdinGraceMs, () => {
      signalled(-this.#pid, 'SIGTERM');
    });
    const kill = this.#scheduler.after(limits.agentStopGraceMs, () => {
      this.kill();
    });
    await this.ended;
    terminate();
    kill();
  }

  async #sweep(): Promise<void> {
    // The number of the group cannot have been given to another one while members are left.
    this.kill();
    await killSurvivors(this.#runId);
  }

  /** Waits for the rest of the output, but not for a stranger that holds the pipes open. */
  async #drained(closed: Promise<unknown>): Promise<void> {
    const late = Promise.withResolvers<null>();
    const cancel = this.#scheduler.after(limits.agentOutputDrainMs, () => {
      late.resolve(null);
    });
    await Promise.race([closed, late.promise]);
    cancel();
    this.#child.stdout.destroy();
    this.#child.stderr.destroy();
  }
}

function notStarted(launch: AgentLaunch, thrown: unknown): AgentError {
  return hasCode(thrown, 'ENOENT')
    ? new AgentError(
        'not_found',
        `${launch.name} was not found: there is no program ${launch.command} on its PATH`,
        { cause: thrown },
      )
    : new AgentError('did_not_start', `${launch.name} did not start: ${reasonOf(thrown)}`, {
        cause: thrown,
      });
}
