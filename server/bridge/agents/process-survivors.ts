import { readdir, readFile } from 'node:fs/promises';
import { reasonOf } from '#lib/domain/failure.ts';

/** The variable that marks everything an agent's run started, however it was detached. */
export const runMarker = 'REJOIN_RUN';

/** A program that forks as fast as it is killed must not keep us here for ever. */
const roundsMax = 5;

/**
 * The processes whose environment at their start held the marker of a run. Linux only: elsewhere there is no `/proc`, and a
 * process that left the agent's group is not found.
 */
export async function processesOfRun(runId: string): Promise<number[]> {
  const entries = await readdir('/proc').catch(() => []);
  const pids = entries.filter((entry) => /^\d+$/.test(entry)).map(Number);
  const marked = await Promise.all(
    pids.map(async (pid) => {
      // Of other users, or gone meanwhile: not ours.
      const environment = await readFile(`/proc/${String(pid)}/environ`, 'latin1').catch(() => '');
      return environment.split('\0').includes(`${runMarker}=${runId}`);
    }),
  );
  return pids.filter((_, index) => marked[index] === true);
}

/** Kills what is left of a run outside its process group. Resolves with what it could not kill, usually nothing. */
export async function killSurvivors(runId: string): Promise<readonly number[]> {
  let left = await processesOfRun(runId);
  for (let round = 0; round < roundsMax && left.length > 0; round += 1) {
    for (const pid of left) signalled(pid, 'SIGKILL');
    left = await processesOfRun(runId);
  }
  return left;
}

/** Sends a signal to a process, or to a group when `pid` is negative; false when there is nobody there any more. */
export function signalled(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (thrown) {
    if (hasCode(thrown, 'ESRCH') || hasCode(thrown, 'EPERM')) return false;
    throw new Error(`could not signal process ${String(pid)}: ${reasonOf(thrown)}`, {
      cause: thrown,
    });
  }
}

/** Whether an error of Node carries a system error code such as `ENOENT`. */
export const hasCode = (thrown: unknown, code: string): boolean =>
  thrown instanceof Error && 'code' in thrown && thrown.code === code;
