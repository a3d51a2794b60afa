import { spawn } from 'node:child_process';
import type { Scheduler } from '#lib/domain/clock.ts';
import { reasonOf } from '#lib/domain/failure.ts';

/** One git process: an argument vector, never a shell line. `environment` is added to the runner's own. */
export interface GitCall {
  readonly args: readonly string[];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly outputBytesMax: number;
  readonly stdin?: Uint8Array;
}

/** `too_much` keeps what came within the bound; the process was ended. */
export type GitEnd =
  | {
      readonly kind: 'exited';
      readonly code: number;
      readonly stdout: Buffer;
      readonly stderr: string;
    }
  | { readonly kind: 'too_much'; readonly stdout: Buffer }
  | { readonly kind: 'timed_out' }
  | { readonly kind: 'not_started'; readonly message: string };

export interface GitRunner {
  run(call: GitCall): Promise<GitEnd>;
}

const stderrBytesKept = 8 * 1024;

/** Variables of the bridge's own environment that git may see; anything named GIT_… is left behind. */
const inherited = [
  'PATH',
  'HOME',
  'XDG_CONFIG_HOME',
  'USERPROFILE',
  'SystemRoot',
  'TMPDIR',
  'TEMP',
] as const;

/** Runs git as a process in a group of its own, so that a timeout ends what git started too. */
export function createProcessGitRunner(deps: {
  readonly gitPath: string;
  readonly scheduler: Scheduler;
  readonly environment: Readonly<Record<string, string | undefined>>;
}): GitRunner {
  const base: Record<string, string> = {};
  for (const name of inherited) {
    const value = deps.environment[name];
    if (value !== undefined) base[name] = value;
  }
  return {
    run: (call) =>
      new Promise((resolve) => {
        const child = spawn(deps.gitPath, [...call.args], {
          cwd: call.directory,
          env: { ...base, ...call.environment },
          shell: false,
          detached: process.platform !== 'win32',
          windowsHide: true,
          stdio: ['pipe', 'pipe', 'pipe'],
        });
        const kept: Buffer[] = [];
        let keptBytes = 0;
        let stderr = '';
        let ended: GitEnd | null = null;
        const cancelTimeout = deps.scheduler.after(call.timeoutMs, () => {
          end({ kind: 'timed_out' });
        });

        const end = (how: GitEnd): void => {
          if (ended !== null) return;
          ended = how;
          cancelTimeout();
          if (how.kind === 'timed_out' || how.kind === 'too_much') killGroup(child.pid);
          resolve(how);
        };
        child.on('error', (error) => {
          end({ kind: 'not_started', message: reasonOf(error) });
        });
        child.stdout.on('data', (chunk: Buffer) => {
          const room = call.outputBytesMax - keptBytes;
          kept.push(chunk.subarray(0, room));
          keptBytes += Math.min(chunk.length, room);
          if (chunk.length > room) end({ kind: 'too_much', stdout: Buffer.concat(kept) });
        });
        child.stderr.on('data', (chunk: Buffer) => {
          if (stderr.length < stderrBytesKept) stderr += chunk.toString('utf8');
        });
        child.on('close', (code) => {
          end({ kind: 'exited', code: code ?? 128, stdout: Buffer.concat(kept), stderr });
        });
        // Git may end before it has read its input; that is no failure of the call.
        child.stdin.on('error', () => undefined);
        child.stdin.end(call.stdin ?? Buffer.alloc(0));
      }),
  };
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // Already gone: that is what was wanted.
  }
}
