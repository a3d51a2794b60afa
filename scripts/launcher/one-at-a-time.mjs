import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { inProject, say } from './project.mjs';

const lockFile = inProject('.bootstrap.lock');
const retryMs = 250;

/**
 * Two commands in a fresh checkout (`npm start`, and `npm run rejoin` in another terminal) must not
 * install into the same node_modules at once: the second waits, and then finds the work done.
 *
 * @param {() => Promise<void>} work
 */
export async function oneAtATime(work) {
  for (let waited = false; !tryLock(); waited = true) {
    if (!waited) {
      say(`another command is installing or building here; waiting for it (it holds ${lockFile}).`);
    }
    await delay(retryMs);
  }
  const unlock = () => rmSync(lockFile, { force: true });
  process.once('exit', unlock);
  try {
    await work();
  } finally {
    process.off('exit', unlock);
    unlock();
  }
}

function tryLock() {
  try {
    const file = openSync(lockFile, 'wx');
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
  }
  if (!isHeld()) rmSync(lockFile, { force: true });
  return false;
}

/** A lock outlives its holder when that was killed. */
function isHeld() {
  try {
    const holder = Number(readFileSync(lockFile, 'utf8'));
    // Empty for the moment between its creation and its first byte.
    if (holder > 0) process.kill(holder, 0);
    return true;
  } catch (error) {
    // Anything else: it was unlocked just now, or is somebody else's process.
    return /** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH';
  }
}
