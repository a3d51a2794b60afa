import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { textContent, type Turn } from './turn.ts';
import { NotDone, type Workplace } from './workplace.ts';

const outputCharsMax = 256 * 1024;
const reportEveryMs = 200;
const killAfterMs = 500;

/** Runs a command line in a shell, as the person wrote it, and tells its output while it runs. */
export async function runCommand(turn: Turn, place: Workplace, command: string): Promise<void> {
  const start = {
    title: `Run ${command}`,
    kind: 'execute',
    rawInput: { command, cwd: place.root },
  } as const;
  let ended = '';
  const { status } = await turn.tool(start, 'asks', async (report) => {
    const child = spawn('/bin/sh', ['-c', command], {
      cwd: place.root,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const stop = stopWith(child, turn);
    try {
      let output = '';
      const take = (chunk: string): void => {
        output = `${output}${chunk}`.slice(-outputCharsMax);
      };
      child.stdout.setEncoding('utf8').on('data', take);
      child.stderr.setEncoding('utf8').on('data', take);
      const closed = once(child, 'close', { signal: turn.signal });
      const reporting = reportWhile(turn, closed, () => output, report);
      const [code, signal]: unknown[] = await closed;
      await reporting;
      ended = typeof code === 'number' ? `with code ${String(code)}` : `by ${String(signal)}`;
      const shown = output === '' ? '(no output)' : output;
      return {
        status: code === 0 ? 'completed' : 'failed',
        content: [textContent(shown)],
        rawOutput: { exit_code: code },
      };
    } finally {
      stop();
    }
  });
  if (status === 'failed') throw new NotDone(`\`${command}\` ended ${ended}.`);
  await turn.say(`\`${command}\` ended ${ended}.\n\n`);
}

/** Kills the command and all it started as soon as the turn is cancelled. */
function stopWith(child: ChildProcess, turn: Turn): () => void {
  const kill = (signal: NodeJS.Signals): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, signal);
    } catch {
      // The whole group has ended by itself.
    }
  };
  const never = new AbortController();
  const stop = (): void => {
    kill('SIGTERM');
    void turn.wait(killAfterMs, never.signal).then(() => {
      kill('SIGKILL');
    });
  };
  turn.signal.addEventListener('abort', stop, { once: true });
  return () => {
    turn.signal.removeEventListener('abort', stop);
  };
}

async function reportWhile(
  turn: Turn,
  closed: Promise<unknown>,
  output: () => string,
  report: (content: ReturnType<typeof textContent>[]) => Promise<void>,
): Promise<void> {
  let told = '';
  let running = true;
  const over = (): void => {
    running = false;
  };
  closed.then(over, over);
  while (running && !turn.signal.aborted) {
    const tick = turn.wait(reportEveryMs, turn.signal).catch(() => undefined);
    await Promise.race([closed.catch(() => undefined), tick]);
    if (running && output() !== told) {
      told = output();
      await report([textContent(told)]);
    }
  }
}
