import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { projectDirectory } from './project.mjs';

/** @import { ChildProcess, StdioOptions } from 'node:child_process' */

/** How long a tool may take to end after it was asked to, before it is killed. */
const graceMs = 8_000;
const parentCheckMs = 500;
const stopSignals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/** @type {Set<ChildProcess>} what ends with this process */
const running = new Set();

/**
 * Starts a program that ends when this process ends.
 *
 * @param {readonly string[]} commandLine program and arguments, never through a shell
 * @param {{ stdio: StdioOptions, env?: Record<string, string>, cwd?: string }} options `env` is added
 *   to this process's
 * @returns {ChildProcess}
 */
export function spawnTool([program = '', ...args], { stdio, env = {}, cwd = projectDirectory }) {
  const child = spawn(program, args, { stdio, cwd, env: { ...process.env, ...env } });
  running.add(child);
  const forget = () => running.delete(child);
  child.once('exit', forget);
  child.once('error', forget);
  return child;
}

/**
 * @param {ChildProcess} child
 * @returns {Promise<number>} its exit code; as a shell has it, 128 + n after signal n
 */
export function exitCodeOf(child) {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

/**
 * @param {ChildProcess} child
 * @returns {Promise<never>} ends this process with the child's exit code
 */
export async function exitLike(child) {
  process.exit(await exitCodeOf(child));
}

/**
 * From here on: a signal, or the end of the npm that started us, ends what `spawnTool` started and then
 * this process. npm does not pass a signal on to what it runs (it ends its shell, and the shell ends alone), so
 * the end of a parent is watched for.
 *
 * Once a command has installed handlers of its own (the bridge has), they decide: see `handOverSignals`.
 */
export function endWithParent() {
  for (const signal of stopSignals) process.on(signal, stopAll);
  const parents = parentsToOutlive();
  setInterval(() => {
    if (process.ppid !== parents.direct || (parents.npm !== undefined && !isAlive(parents.npm))) {
      stopForLostParent();
    }
  }, parentCheckMs).unref();
}

/** Leaves SIGINT, SIGTERM and SIGHUP to the handlers of the command that now runs in this process. */
export function handOverSignals() {
  for (const signal of stopSignals) process.off(signal, stopAll);
}

/** @type {NodeJS.Timeout | undefined} */
let lastResort;

/** @param {NodeJS.Signals} signal */
function stopAll(signal) {
  const code = 128 + constants.signals[signal];
  if (running.size === 0) process.exit(code);
  if (lastResort !== undefined) return;
  lastResort = setTimeout(() => {
    for (const child of running) child.kill('SIGKILL');
    process.exit(code);
  }, graceMs);
  for (const child of running) {
    child.once('close', () => {
      if (running.size === 0) process.exit(code);
    });
    // A terminal's Ctrl-C has reached it as well: it is in the same process group.
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill('SIGTERM');
  }
}

function stopForLostParent() {
  if (lastResort !== undefined) return;
  if (process.listenerCount('SIGTERM') === 0) process.exit(143);
  process.emit('SIGTERM', 'SIGTERM');
  lastResort ??= setTimeout(() => process.exit(143), graceMs).unref();
}

/**
 * @returns {{ direct: number, npm: number | undefined }} the parent and, where npm put a shell
 *   between itself and us, npm: killed with SIGKILL it leaves that shell waiting.
 */
function parentsToOutlive() {
  const direct = process.ppid;
  if (process.platform === 'win32' || process.env['npm_lifecycle_event'] === undefined) {
    return { direct, npm: undefined };
  }
  const { parent, command } = describeProcess(direct);
  return { direct, npm: /(^|[/-])(sh|dash|bash|zsh|ash)$/.test(command) ? parent : undefined };
}

/**
 * @param {number} pid
 * @returns {{ parent: number | undefined, command: string }}
 */
function describeProcess(pid) {
  try {
    // proc(5): "pid (comm) state ppid …"; a small image has /proc but no ps.
    const line =
      process.platform === 'linux'
        ? readFileSync(`/proc/${pid}/stat`, 'utf8').replace(/^\d+ \((.*)\) \S (\d+) .*$/s, '$2 $1')
        : spawnSync('ps', ['-o', 'ppid=,comm=', '-p', String(pid)], { encoding: 'utf8' }).stdout;
    const [, parent, command = ''] = /^\s*(\d+)\s+(.*?)\s*$/.exec(line) ?? [];
    return { parent: parent === undefined ? undefined : Number(parent), command };
  } catch {
    return { parent: undefined, command: '' };
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: alive, and somebody else's.
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
  }
}
